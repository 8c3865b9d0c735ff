"""Twenty at once, and an edit beside a removal beside a look at the order: in any order of calls the ratings add up."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.feedback.errors import FeedbackExistsError, FeedbackNotFoundError
from orderflow.feedback.feedback import feedback_id_of
from orderflow.orders.status import OrderStatus
from orderflow.runtime.errors import StaleVersionError
from tests.support.feedback import ORDER_ID, FeedbackWorld, in_memory
from tests.support.frozen import FrozenClock
from tests.support.turns import Turns

choices = st.lists(st.integers(0, 19), max_size=60)


class _Guarded:
    """A part of the world whose calls wait for their turns."""

    def __init__(self, turns: Turns, target: Any) -> None:
        self._turns, self._target = turns, target

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._turns.pause()
            return getattr(self._target, name)(*args, **kwargs)

        return call


def race(world: FeedbackWorld, order: list[int], *actors: Callable[[], Any]) -> None:
    """Let the actors act at once, the next call being whose turn `order` says it is."""
    following = itertools.chain(order, itertools.repeat(0))
    store, orders = world.store, world.orders

    def adds_up() -> None:
        there = store.find(feedback_id_of(ORDER_ID))
        expected = (there.rating, 1) if there and there.counted else (0, 0)
        assert [world.rating("A"), world.rating("B")] == [expected] * 2

    turns = Turns(lambda _waiting: next(following), adds_up)
    world.store, world.orders = _Guarded(turns, store), _Guarded(turns, orders)
    for number, act in enumerate(actors):
        turns.add(f"actor {number}", act)
    turns.run()
    world.store, world.orders = store, orders


def shop(status: OrderStatus) -> FeedbackWorld:
    world = in_memory(FrozenClock())
    world.product("A", "B")
    world.order("A", "B", status=status)
    return world


@given(choices)
def test_of_twenty_at_once_one_judges_the_order(order: list[int]) -> None:
    # Given
    world, won = shop(OrderStatus.CONFIRMED), []

    def give(rating: int) -> None:
        with suppress(FeedbackExistsError):
            won.append(world.give(rating).rating)

    # When
    race(world, order, *(lambda rating=number % 5 + 1: give(rating) for number in range(20)))
    # Then
    assert len(won) == 1
    assert world.rating("A") == (won[0], 1)


@pytest.mark.parametrize("status", [OrderStatus.CONFIRMED, OrderStatus.PENDING])
@given(order=choices)
def test_edits_a_removal_and_a_look_at_once_leave_what_the_last_of_them_wrote(
    status: OrderStatus, order: list[int]
) -> None:
    # Given
    world = shop(status)
    given_now = world.give(4)
    world.moves(OrderStatus.CONFIRMED)
    world.clock.advance(minutes=1)
    edited, removed = [], []

    def edit(rating: int) -> None:
        with suppress(StaleVersionError, FeedbackNotFoundError):
            edited.append(world.edit(given_now, rating=rating).rating)

    def remove() -> None:
        world.remove(given_now)
        removed.append(True)

    # When
    race(world, order, lambda: edit(1), lambda: edit(5), remove, world.settle)
    # Then
    assert len(edited) <= 1, "both edits were of the first version"
    assert removed
    assert world.store.find(given_now.feedback_id) is None
