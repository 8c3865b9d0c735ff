"""Who may cancel what, and what a cancellation says; races are in test_cancelling_races.py."""

from dataclasses import dataclass, field
from datetime import datetime

import pytest

from orderflow.orders.cancelling import Cancellation, OrderMovedError, cancel_order
from orderflow.orders.errors import IllegalActionError, OrderNotFoundError, WorkflowUnavailableError
from orderflow.orders.order import Order, StatusReason
from orderflow.orders.status import CANCELLABLE, Actor, OrderStatus
from orderflow.runtime.caller import Caller
from tests.support.frozen import START, FrozenClock
from tests.support.orders import ADMIN, CUSTOMER, STRANGER, InMemoryOrders, new_order

ORDER_ID = "01JFR0ZEN00000000000000001"


@dataclass
class Recorder:
    """A store and a starter that remember, in order, what they were asked."""

    asked: list[tuple[str, Cancellation]] = field(default_factory=list)
    down: bool = False
    ended: list[str] = field(default_factory=list)

    def end_wait(self, order_id: str) -> None:
        self.ended.append(order_id)

    def start(self, cancellation: Cancellation) -> None:
        if self.down:
            raise WorkflowUnavailableError("Step Functions could not be reached; try again.")
        self.asked.append(("start", cancellation))

    def cancel(self, order: Order, cancellation: Cancellation, at: datetime) -> None:
        assert at == START
        self.asked.append(("cancel", cancellation))

    def tell_request(self, order: Order, cancellation: Cancellation, at: datetime) -> None:
        self.asked.append(("told", cancellation))


def cancel(
    status: OrderStatus, recorder: Recorder, caller: Caller = CUSTOMER, reason: str | None = None, **parts: object
) -> Order:
    orders = InMemoryOrders()
    orders.add(new_order(ORDER_ID, status=status))
    given = {"orders": orders, "store": recorder, "starter": recorder, "end_wait": recorder.end_wait, **parts}
    return cancel_order(ORDER_ID, caller, reason=reason, correlation_id="c-1", clock=FrozenClock(), **given)


@pytest.mark.parametrize("status", CANCELLABLE)
def test_an_order_that_may_be_cancelled_is_started_first_and_written_then(status: OrderStatus) -> None:
    recorder = Recorder()
    cancel(status, recorder)
    expected = Cancellation(
        ORDER_ID, Actor.CUSTOMER, StatusReason("CANCELLED_BY_CUSTOMER", "The customer cancelled the order."), "c-1"
    )
    assert recorder.asked == [("start", expected), ("cancel", expected)]


def test_the_customers_own_words_are_the_reason() -> None:
    recorder = Recorder()
    cancel(OrderStatus.CONFIRMED, recorder, reason="Ordered by mistake")
    assert recorder.asked[0][1].reason == StatusReason("CANCELLED_BY_CUSTOMER", "Ordered by mistake")


def test_an_administrator_cancels_as_one() -> None:
    recorder = Recorder()
    cancel(OrderStatus.CONFIRMED, recorder, caller=ADMIN)
    cancellation = recorder.asked[0][1]
    assert (cancellation.by, cancellation.reason.code) == (Actor.ADMIN, "CANCELLED_BY_ADMIN")


def test_a_strangers_order_does_not_exist_and_nothing_starts() -> None:
    recorder = Recorder()
    with pytest.raises(OrderNotFoundError):
        cancel(OrderStatus.CONFIRMED, recorder, caller=STRANGER)
    assert recorder.asked == []


def test_a_cancelled_order_is_answered_again_and_nothing_starts() -> None:
    recorder = Recorder()
    assert cancel(OrderStatus.CANCELLED, recorder).order_id == ORDER_ID
    assert recorder.asked == []


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - set(CANCELLABLE) - {OrderStatus.CANCELLED}))
def test_an_order_that_has_gone_too_far_is_refused_with_its_status_and_what_is_legal(status: OrderStatus) -> None:
    recorder = Recorder()
    with pytest.raises(IllegalActionError) as refusal:
        cancel(status, recorder)
    assert refusal.value.http_status == 409
    assert refusal.value.details == (
        {"field": "status", "issue": f"is {status.value}"},
        {"field": "allowedActions", "issue": "legal next actions: none"},
    )
    assert recorder.asked == []


def test_the_refusal_names_every_legal_action() -> None:
    error = IllegalActionError(ORDER_ID, "SHIPPED", "cancel", ("deliver", "return"))
    assert error.details[1]["issue"] == "legal next actions: deliver, return"


def test_when_the_workflow_cannot_be_started_nothing_is_written() -> None:
    recorder = Recorder(down=True)
    with pytest.raises(WorkflowUnavailableError):
        cancel(OrderStatus.CONFIRMED, recorder)
    assert recorder.asked == []


@pytest.mark.parametrize(
    ("meanwhile", "refused"), [(OrderStatus.CANCELLED, False), (OrderStatus.SHIPPED, True), (OrderStatus.FAILED, True)]
)
def test_an_order_that_moved_meanwhile_is_answered_by_where_it_went(meanwhile: OrderStatus, refused: bool) -> None:
    orders = InMemoryOrders()
    orders.add(new_order(ORDER_ID, status=OrderStatus.CONFIRMED))

    class Slow(Recorder):
        def cancel(self, order: Order, cancellation: Cancellation, at: datetime) -> None:
            orders.orders[ORDER_ID] = new_order(ORDER_ID, status=meanwhile)
            raise OrderMovedError

    slow = Slow()
    if refused:
        with pytest.raises(IllegalActionError):
            cancel(OrderStatus.CONFIRMED, slow, orders=orders)
    else:
        assert cancel(OrderStatus.CONFIRMED, slow, orders=orders).status is OrderStatus.CANCELLED
    # Who asked for what somebody else wrote is told all the same.
    assert [what for what, _ in slow.asked] == (["start"] if refused else ["start", "told"])


def test_an_order_that_its_workflow_moves_on_meanwhile_is_cancelled_where_it_stands_then() -> None:
    orders = InMemoryOrders()
    orders.add(new_order(ORDER_ID))
    over = []

    class Overtaken(Recorder):
        def cancel(self, order: Order, cancellation: Cancellation, at: datetime) -> None:
            over.append(order.status)
            if len(over) < 3:
                moved = (OrderStatus.PROCESSING, OrderStatus.CONFIRMED)[len(over) - 1]
                orders.orders[ORDER_ID] = new_order(ORDER_ID, status=moved)
                raise OrderMovedError

    assert cancel(OrderStatus.PENDING, Overtaken(), orders=orders).status is OrderStatus.CONFIRMED
    assert over == [OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.CONFIRMED]


@pytest.mark.parametrize("status", CANCELLABLE)
def test_a_workflow_that_may_wait_for_a_review_is_told_after_the_order_is_cancelled(status: OrderStatus) -> None:
    recorder = Recorder()
    cancel(status, recorder)
    # A confirmed order waits for nobody.
    assert recorder.ended == ([] if status is OrderStatus.CONFIRMED else [ORDER_ID])


def test_a_cancellation_stands_when_the_waiting_workflow_cannot_be_told() -> None:
    def unreachable(_order_id: str) -> None:
        raise WorkflowUnavailableError("Step Functions could not be reached; try again.")

    recorder = Recorder()
    assert cancel(OrderStatus.REVIEW, recorder, end_wait=unreachable).order_id == ORDER_ID
    assert [what for what, _ in recorder.asked] == ["start", "cancel"]
