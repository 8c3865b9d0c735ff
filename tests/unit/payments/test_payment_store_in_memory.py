"""The store in memory keeps the promises of the real one, so that what is proved on it holds."""

import pytest

from tests.support.payment_store_contract import PaymentStoreContract
from tests.support.payments import InMemoryPayments


class TestInMemoryPayments(PaymentStoreContract):
    @pytest.fixture
    def store(self) -> InMemoryPayments:
        return InMemoryPayments()
