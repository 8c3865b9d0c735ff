"""The reviews in memory keep the promises of the real store: the other tests rest on it."""

import pytest

from tests.support.review_store_contract import ReviewStoreContract
from tests.support.reviews import InMemoryReviews


class TestInMemoryReviews(ReviewStoreContract):
    @pytest.fixture
    def store(self) -> InMemoryReviews:
        return InMemoryReviews()

    # The double knows one order.
    def test_nobody_waits_for_an_order_that_is_not_there(self, store: InMemoryReviews) -> None:
        assert store.find("01JFR0ZEN00000000000000009") is None
