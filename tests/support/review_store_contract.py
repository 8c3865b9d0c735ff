"""What every store of reviews promises; run on the one in memory and on DynamoDB.

`store` is a fixture of the user: it holds one order, PROCESSING by EXECUTION.
"""

from typing import Any

import pytest

from orderflow.orders.order import HistoryEntry
from orderflow.orders.review_wait import Verdict, Wait
from orderflow.orders.reviewing import ReviewOverError
from orderflow.orders.status import OrderStatus
from orderflow.runtime.clock import iso
from orderflow.runtime.idempotency.once import Once
from tests.support.frozen import START
from tests.support.reviews import NEXT_TOKEN, ORDER_ID, TIME_TO_DECIDE, TOKEN, decision, review_request

DEADLINE = iso(START + TIME_TO_DECIDE)
ANOTHER = "arn:aws:states:eu-central-1:123456789012:execution:test-order-processing:another"


class ReviewStoreContract:
    """Inherit it and give a `store`."""

    def test_an_order_at_work_is_held_once_with_its_token_and_its_deadline(self, store: Any) -> None:
        assert store.hold(review_request(), START, DEADLINE) is True
        assert store.wait(ORDER_ID) == Wait(ORDER_ID, OrderStatus.REVIEW, TOKEN, DEADLINE)
        order = store.find(ORDER_ID)
        assert (order.status, order.version, order.updated_at) == (OrderStatus.REVIEW, 2, iso(START))
        assert order.history[-1] == HistoryEntry(OrderStatus.REVIEW, iso(START), "workflow")
        assert store.hold(review_request(NEXT_TOKEN), START, DEADLINE) is False
        assert store.wait(ORDER_ID).token == TOKEN

    def test_an_order_of_another_execution_is_neither_held_nor_renewed(self, store: Any) -> None:
        assert store.hold(review_request(execution=ANOTHER), START, DEADLINE) is False
        assert store.hold(review_request(), START, DEADLINE) is True
        assert store.renew(review_request(NEXT_TOKEN, ANOTHER)) is None
        assert store.wait(ORDER_ID).token == TOKEN

    def test_the_token_of_an_order_that_was_never_held_is_not_renewed(self, store: Any) -> None:
        assert store.renew(review_request()) is None
        assert store.wait(ORDER_ID) is None

    def test_a_held_order_keeps_its_deadline_when_its_token_is_renewed(self, store: Any) -> None:
        store.hold(review_request(), START, DEADLINE)
        assert store.renew(review_request(NEXT_TOKEN)) == DEADLINE
        assert store.wait(ORDER_ID) == Wait(ORDER_ID, OrderStatus.REVIEW, NEXT_TOKEN, DEADLINE)

    def test_a_token_is_renewed_after_the_decision_too_so_that_it_can_be_told(self, store: Any) -> None:
        store.hold(review_request(), START, DEADLINE)
        store.decide(decision(), START)
        assert store.hold(review_request(NEXT_TOKEN), START, DEADLINE) is False
        assert store.renew(review_request(NEXT_TOKEN)) == DEADLINE
        assert store.wait(ORDER_ID) == Wait(ORDER_ID, OrderStatus.PROCESSING, NEXT_TOKEN, DEADLINE, Verdict.APPROVED)

    @pytest.mark.parametrize("verdict", [Verdict.APPROVED, Verdict.REJECTED])
    def test_a_decision_gives_the_order_back_to_its_workflow_once(self, store: Any, verdict: Verdict) -> None:
        store.hold(review_request(), START, DEADLINE)
        store.decide(decision(verdict), START)
        order = store.find(ORDER_ID)
        assert (order.status, order.version) == (OrderStatus.PROCESSING, 3)
        entry = HistoryEntry(OrderStatus.PROCESSING, iso(START), "admin", f"REVIEW_{verdict}")
        assert order.history[-1] == entry
        assert store.wait(ORDER_ID).verdict is verdict
        with pytest.raises(ReviewOverError):
            store.decide(decision(Verdict.REJECTED), START)
        assert store.wait(ORDER_ID).verdict is verdict

    def test_an_order_that_is_not_in_review_is_not_decided_about(self, store: Any) -> None:
        with pytest.raises(ReviewOverError):
            store.decide(decision(), START)
        assert store.find(ORDER_ID).version == 1

    @pytest.mark.parametrize("once", [None, Once("id", "fingerprint")])
    def test_who_decided_is_recognised_by_the_key_that_came_with_it(self, store: Any, once: Once | None) -> None:
        assert store.once_of(ORDER_ID) is None
        store.hold(review_request(), START, DEADLINE)
        store.decide(decision(once=once), START)
        assert store.once_of(ORDER_ID) == once

    def test_a_token_is_forgotten_unless_another_took_its_place(self, store: Any) -> None:
        store.hold(review_request(), START, DEADLINE)
        seen = store.wait(ORDER_ID)
        store.renew(review_request(NEXT_TOKEN))
        store.forget(seen)
        assert store.wait(ORDER_ID).token == NEXT_TOKEN
        store.forget(store.wait(ORDER_ID))
        assert store.wait(ORDER_ID) is None

    def test_nobody_waits_for_an_order_that_is_not_there(self, store: Any) -> None:
        assert (store.wait("01JFR0ZEN00000000000000009"), store.once_of("01JFR0ZEN00000000000000009")) == (None, None)
