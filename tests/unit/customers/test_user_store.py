"""The profiles in memory, by which the use cases are tested, keep what every store of them promises."""

import pytest

from orderflow.customers.user import User
from tests.support.user_store_contract import UserStoreContract
from tests.support.users import InMemoryUsers


class TestInMemoryUsers(UserStoreContract):
    @pytest.fixture
    def store(self) -> InMemoryUsers:
        return InMemoryUsers()

    def lose_the_claim(self, store: InMemoryUsers, user: User) -> None:
        del store.claims[user.email]
