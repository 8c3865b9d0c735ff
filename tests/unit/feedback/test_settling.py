"""Feedback follows its order, and asks less and less often."""

import pytest

from orderflow.feedback.settling import Outcome
from orderflow.orders.status import OrderStatus
from tests.support.feedback import ORDER_ID, FeedbackWorld


@pytest.fixture
def given(world: FeedbackWorld) -> str:
    """Give feedback on an order that is still open."""
    world.product("A")
    world.order("A", status=OrderStatus.PENDING)
    return world.give(4).feedback_id


@pytest.mark.parametrize(
    ("status", "outcome", "rating", "final"),
    [
        (OrderStatus.PROCESSING, Outcome.AS_IT_WAS, (0, 0), False),
        (OrderStatus.REVIEW, Outcome.AS_IT_WAS, (0, 0), False),
        (OrderStatus.CONFIRMED, Outcome.COUNTS, (4, 1), False),
        (OrderStatus.SHIPPED, Outcome.COUNTS, (4, 1), True),
        (OrderStatus.REJECTED, Outcome.AS_IT_WAS, (0, 0), True),
        (OrderStatus.PAYMENT_FAILED, Outcome.AS_IT_WAS, (0, 0), True),
        (OrderStatus.FAILED, Outcome.AS_IT_WAS, (0, 0), True),
        (OrderStatus.CANCELLED, Outcome.AS_IT_WAS, (0, 0), True),
    ],
)
def test_feedback_counts_as_its_order_turns_out(
    world: FeedbackWorld, given: str, status: OrderStatus, outcome: Outcome, rating: tuple[int, int], final: bool
) -> None:
    world.moves(status)
    assert world.settle() == [outcome]
    assert world.rating("A") == rating
    assert (world.store.find(given).check_after is None) is final


def test_what_counts_stays_when_the_order_ships_and_is_not_looked_at_again(world: FeedbackWorld, given: str) -> None:
    for status in (OrderStatus.CONFIRMED, OrderStatus.SHIPPED):
        world.moves(status)
        world.settle()
        world.clock.advance(hours=1)
    assert (world.rating("A"), world.store.find(given).check_after) == ((4, 1), None)


def test_an_order_that_is_gone_was_not_bought(world: FeedbackWorld, given: str) -> None:
    world.orders.orders.clear()
    world.settle()
    assert world.store.find(given).check_after is None


def test_it_is_looked_at_after_a_minute_then_after_as_long_as_it_is_old_and_once_a_day_in_the_end(
    world: FeedbackWorld, given: str
) -> None:
    waits = []
    for _ in range(14):
        before = world.clock()
        while not world.store.due(world.clock(), 1):
            world.clock.advance(minutes=1)
        waits.append(int((world.clock() - before).total_seconds() // 60))
        world.clock.advance(minutes=-1)
        world.settle()
    assert waits == [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440]


def test_what_fails_does_not_stand_at_the_head_of_the_next_run(world: FeedbackWorld, given: str) -> None:
    class Broken:
        def find(self, _order_id: str) -> None:
            raise RuntimeError("the orders table is gone")

    orders, world.orders = world.orders, Broken()
    with pytest.raises(RuntimeError):
        world.settle()
    assert world.store.due(world.clock(), 1) == []
    world.orders = orders
    world.moves(OrderStatus.CONFIRMED)
    assert world.settle() == [Outcome.COUNTS]


def test_an_edit_beside_a_look_is_kept_and_the_next_look_settles_it(world: FeedbackWorld, given: str) -> None:
    # Given that the giver changes the rating after the look has read the feedback
    world.moves(OrderStatus.CONFIRMED)
    orders = world.orders

    class Editing:
        def find(self, order_id: str):
            world.orders = orders
            world.edit(world.store.find(given), rating=1)
            return orders.find(order_id)

    world.orders = Editing()
    # When / Then
    assert world.settle() == [Outcome.AS_IT_WAS]
    assert (world.store.find(given).rating, world.rating("A")) == (1, (0, 0))
    world.clock.advance(minutes=1)
    assert world.settle() == [Outcome.COUNTS]
    assert world.rating("A") == (1, 1)
    assert world.orders.find(ORDER_ID)
