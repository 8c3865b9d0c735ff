"""The store in memory keeps the promises of the real one, so that what is proved on it holds."""

import pytest

from tests.support.order_store_contract import OrderStoreContract
from tests.support.orders import InMemoryOrders


class TestInMemoryOrders(OrderStoreContract):
    @pytest.fixture
    def store(self) -> InMemoryOrders:
        return InMemoryOrders()
