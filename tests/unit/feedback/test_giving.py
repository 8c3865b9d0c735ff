"""Who may judge what: one's own order, unless it was not bought."""

from datetime import timedelta

import pytest

from orderflow.feedback.errors import ForeignFeedbackError, OrderNotBoughtError
from orderflow.feedback.feedback import BOUGHT, KEPT, NOT_BOUGHT, WAITING, feedback_id_of
from orderflow.orders.errors import OrderNotFoundError
from orderflow.orders.limits import MAX_LINES
from orderflow.orders.status import OrderStatus
from orderflow.runtime.clock import iso
from tests.support.feedback import ORDER_ID, FeedbackWorld
from tests.support.orders import ADMIN, CUSTOMER, STRANGER


def test_every_status_of_an_order_says_what_its_feedback_is_worth() -> None:
    assert sorted([*WAITING, *BOUGHT, *KEPT, *NOT_BOUGHT]) == sorted(OrderStatus)
    assert {
        OrderStatus.REJECTED,
        OrderStatus.PAYMENT_FAILED,
        OrderStatus.CANCELLED,
        OrderStatus.FAILED,
    } == NOT_BOUGHT


def test_the_largest_order_fits_into_one_transaction() -> None:
    assert 2 * MAX_LINES <= 100, "docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"


@pytest.mark.parametrize("status", OrderStatus)
def test_an_order_is_judged_unless_it_was_not_bought_and_counts_once_it_is_paid_for(
    world: FeedbackWorld, status: OrderStatus
) -> None:
    world.product("A")
    world.order("A", status=status)
    if status in NOT_BOUGHT:
        with pytest.raises(OrderNotBoughtError) as refusal:
            world.give()
        assert (refusal.value.http_status, refusal.value.code) == (409, "ORDER_NOT_BOUGHT")
        assert world.store.find(feedback_id_of(ORDER_ID)) is None
        return
    given = world.give()
    assert bool(given.counted) is (status not in WAITING)
    assert (given.check_after is None) is (status in KEPT), "what can still change is looked at again"


def test_feedback_says_for_how_long_it_may_change(world: FeedbackWorld) -> None:
    world.order("A")
    given = world.give()
    assert given.editable_until - world.clock() == timedelta(days=1)
    assert (given.created_at, given.updated_at, given.version) == (iso(world.clock()), iso(world.clock()), 1)


def test_the_order_of_another_customer_is_unknown(world: FeedbackWorld) -> None:
    world.order("A", user=STRANGER)
    with pytest.raises(OrderNotFoundError):
        world.give()


def test_not_even_an_administrator_judges_what_another_bought(world: FeedbackWorld) -> None:
    world.order("A")
    with pytest.raises(OrderNotFoundError):
        world.give(user=ADMIN)


@pytest.mark.parametrize("caller", [CUSTOMER, ADMIN])
def test_nobody_judges_in_the_name_of_another(world: FeedbackWorld, caller) -> None:
    world.order("A", user=caller)
    with pytest.raises(ForeignFeedbackError) as refusal:
        world.give(user=caller, user_id="customer-9")
    assert refusal.value.http_status == 403
    assert world.give(user=caller, user_id=caller.user_id).user_id == caller.user_id


def test_the_id_of_feedback_does_not_tell_the_order(world: FeedbackWorld) -> None:
    world.order("A")
    assert ORDER_ID not in world.give().feedback_id
    assert feedback_id_of(ORDER_ID) != feedback_id_of("01JFR0ZEN00000000000000002")
