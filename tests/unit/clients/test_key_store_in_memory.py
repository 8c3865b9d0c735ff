"""The client keys in memory keep the promises of the real store: the other tests rest on it."""

import pytest

from tests.support.client_key_contract import ClientKeyStoreContract
from tests.support.client_keys import InMemoryKeys


class TestInMemoryKeys(ClientKeyStoreContract):
    @pytest.fixture
    def store(self) -> InMemoryKeys:
        return InMemoryKeys()
