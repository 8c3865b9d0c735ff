"""Cancelling against everything that may happen at the same time: all orders of calls, lost answers, dead requests."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.orders.status import OrderStatus
from tests.unit.orders.cancelling_world import ORDER_ID, QUANTITY, STOCKED, TOTAL, World

MOST_CALLS = 60


def scheduled(choices: list[int]):
    """Return a chooser that follows the list, and then lets whoever waits longest go on."""
    following = itertools.chain(choices, itertools.repeat(0))
    return lambda _waiting: next(following)


# Bursts: who goes on, and for how many calls; single turns alone would hardly ever let one actor pass another.
schedules = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 20)), max_size=12).map(
    lambda bursts: [actor for actor, length in bursts for _ in range(length)]
)
worlds = st.builds(
    lambda choices, **facts: World(scheduled(choices), **facts),
    schedules,
    lost=st.frozensets(st.integers(0, MOST_CALLS), max_size=4),
    declines=st.booleans(),
    stocked=st.sampled_from([STOCKED, QUANTITY - 1]),
)


def given_back(world: World) -> bool:
    stock = world.stock
    return (world.ledger.balance, stock.available, stock.reserved) == (0, world.stocked, 0)


@settings(max_examples=400, deadline=None)
@given(worlds, st.integers(1, 3))
def test_whatever_comes_first_money_and_stock_balance_and_one_ending_is_told(world: World, requests: int) -> None:
    # Given an order that is processed, and cancelled by several requests at once / When all run to their end
    world.run(requests=requests)
    # Then every request has the same answer, and it is true
    assert len(world.answers) == requests
    if world.status is OrderStatus.CANCELLED:
        assert world.answers == [ORDER_ID] * requests
        assert given_back(world)
        assert world.notices.count("order.cancelled") == 1
        assert set(world.notices) <= {"order.cancelled", "order.completed"}
        assert world.row.cancellation == "COMPLETE"
        assert world.row.order.refunded == (TOTAL if world.payment == "REFUNDED" else 0)
        assert [e.status for e in world.row.order.history].count(OrderStatus.CANCELLED) == 1
    else:
        assert world.status in {OrderStatus.REJECTED, OrderStatus.PAYMENT_FAILED}
        assert [type(answer).__name__ for answer in world.answers] == ["IllegalActionError"] * requests
        assert given_back(world)
        assert world.notices == [f"order.{world.status.value.lower()}"]


@settings(max_examples=150, deadline=None)
@given(worlds, st.sampled_from([0, 1, 2]))
def test_a_request_that_dies_has_done_nothing_or_is_carried_out(world: World, dies_at: int) -> None:
    world.run(dies_at=dies_at)
    if world.started:
        assert world.status in {OrderStatus.CANCELLED, OrderStatus.REJECTED, OrderStatus.PAYMENT_FAILED}
        assert given_back(world)
        assert world.notices.count("order.cancelled") == (world.status is OrderStatus.CANCELLED)
    else:
        assert world.status is not OrderStatus.CANCELLED
        confirmed = world.status is OrderStatus.CONFIRMED
        assert (world.ledger.balance, world.stock.reserved) == ((TOTAL, QUANTITY) if confirmed else (0, 0))


@settings(max_examples=400, deadline=None)
@given(worlds, st.integers(1, 6))
def test_a_workflow_that_is_stopped_at_any_state_leaves_nothing_behind_that_a_cancellation_does_not_return(
    world: World, stops_after: int
) -> None:
    # Given order_processing ends from outside, so that it compensates nothing; functions it invoked finish
    world.stops_after = stops_after
    world.run()
    # Then the cancellation alone gives back, also what came after it had passed
    if world.status is OrderStatus.CANCELLED:
        assert given_back(world)
        assert world.notices.count("order.cancelled") == 1


@settings(max_examples=300, deadline=None)
@given(worlds, st.integers(0, 3))
def test_a_cancellation_that_is_stopped_at_any_state_is_found_and_finished(world: World, stops_after: int) -> None:
    # Given order_cancellation ends from outside, before it has said that everything is given back
    world.cancellation_stops_after = stops_after
    world.run()
    if world.status is not OrderStatus.CANCELLED:
        return
    assert world.row.listed, "nobody would come back for the money"
    # When the sweeper starts a fresh one
    world.cancellation_stops_after = None
    world.sweep()
    # Then it does what is missing, once, and the order is looked for no more
    assert given_back(world)
    assert (world.row.cancellation, world.row.listed) == ("COMPLETE", False)
    assert world.notices.count("order.cancelled") == 1


@settings(max_examples=50, deadline=None)
@given(schedules, st.frozensets(st.integers(0, MOST_CALLS), max_size=4))
def test_an_order_that_never_reached_its_workflow_is_closed_for_it(choices: list[int], lost: frozenset[int]) -> None:
    # Given the cancellation is over before the order's message arrives
    world = World(scheduled(choices), lost=lost)
    world.run(processed=False)
    # When it arrives
    world.run(requests=0)
    # Then nothing is taken and nothing told twice
    assert (world.status, world.ledger.charged, world.notices) == (OrderStatus.CANCELLED, {}, ["order.cancelled"])
    assert given_back(world)


@pytest.mark.parametrize("stops_after", [None, 1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("processing_calls", range(20))
def test_cancelling_after_each_call_of_the_workflow_gives_back_what_it_took(
    processing_calls: int, stops_after: int | None
) -> None:
    # Given the whole cancellation comes between two calls of a workflow that may be stopped afterwards
    world = World(scheduled([*[0] * processing_calls, *[1] * 40]), stops_after=stops_after)
    # When all have ended
    world.run()
    # Then nothing came late
    assert (world.status, given_back(world)) == (OrderStatus.CANCELLED, True)


def test_a_workflow_that_cannot_be_started_cancels_nothing() -> None:
    world = World(scheduled([]), starts=False)
    world.run()
    assert (world.status, world.answers) == (OrderStatus.CONFIRMED, [])
    assert (world.ledger.balance, world.stock.reserved, world.notices) == (TOTAL, QUANTITY, ["order.completed"])
