"""The records in memory keep what every store of idempotency keys promises."""

import pytest

from tests.support.idempotency import InMemoryRecords
from tests.support.idempotency_contract import RecordsContract


class TestInMemoryRecords(RecordsContract):
    @pytest.fixture
    def records(self) -> InMemoryRecords:
        return InMemoryRecords()
