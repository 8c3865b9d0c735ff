"""Killed before or after anything that completing a session does: one order comes of it, and the session has it."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from orderflow.checkout.session import SessionStatus
from orderflow.orders.status import OrderStatus
from tests.support.completing import World, priced
from tests.support.crashes import ProcessDied, Trap, every_trap, raising
from tests.support.sessions import SESSION

_LEASE = 36  # seconds after which a repeat may take over


class Guarded(World):
    """A world in which each call between the use case and what it asks may be the last.

    What is called within a call is its transaction: all of it dies or lives.
    """

    def __init__(self, trap: Trap, **facts: Any) -> None:
        super().__init__(**facts)
        self.begin()
        self._trap, self._inside = trap, False
        for target, name in (
            (self.sessions.records, "save"), (self.sessions, "append"), (self, "place"), (self, "give_back"),
            (self, "send"), (self, "look"), (self, "find"),
        ):  # fmt: skip
            setattr(target, name, partial(self._guarded, getattr(target, name)))

    def _guarded(self, call: Callable[..., Any], *args: Any) -> Any:
        if self._inside:
            return call(*args)
        self._inside = True
        try:
            return self._trap.call(call, *args)
        finally:
            self._inside = False


def finished(world: World) -> dict[str, Any]:
    """Let the agent repeat its request, and whoever follows orders do so, until both have an answer."""
    answer: dict[str, Any] = {}
    for _ in range(3):
        world.clock.advance(seconds=_LEASE)
        answer = json.loads(world.complete().answer.body)
    for order_id in world.orders:
        world.follower().follow_order(order_id)
    return answer


def once(trap: Trap, worlds: list[World], **facts: Any) -> None:
    world = Guarded(trap, **facts)
    worlds.append(world)
    world.complete()


def test_a_completion_that_dies_anywhere_is_finished_by_its_repeat_with_one_order() -> None:
    worlds: list[World] = []
    for _ in every_trap(raising(ProcessDied), lambda trap: once(trap, worlds), ProcessDied):
        world = worlds[-1]
        # When the agent repeats the very request
        answer = finished(world)
        # Then there is one order, the session has it, and the agent was told
        assert len(world.orders) == 1
        (order_id,) = world.orders
        assert (world.session.status, world.session.order_id) == (SessionStatus.COMPLETED, order_id)
        assert (answer["status"], answer["order"]["id"]) == ("completed", order_id)
        assert set(world.queued) == {order_id}


def test_a_completion_that_dies_anywhere_needs_nobody_to_repeat_it_once_its_order_is_placed() -> None:
    worlds: list[World] = []
    for _ in every_trap(raising(ProcessDied), lambda trap: once(trap, worlds), ProcessDied):
        world = worlds[-1]
        # When the sweeper queues what was not queued and the workflow's notice comes
        for order_id in list(world.orders):
            world.queued.append(order_id)
            world.look(order_id)
            world.looks = 100
            world.look(order_id)
            world.follower().follow_order(order_id)
        # Then a session whose order was placed is completed, and any other is as it was
        expected = SessionStatus.COMPLETED if world.orders else SessionStatus.READY_FOR_PAYMENT
        assert world.session.status is expected


def test_a_declined_completion_that_dies_anywhere_gives_its_code_back_once() -> None:
    worlds: list[World] = []
    declined = (OrderStatus.PAYMENT_FAILED, "PAYMENT_DECLINED")

    def run(trap: Trap) -> None:
        once(trap, worlds, offer=priced(codes=("SPRING",)), outcome=declined)

    for _ in every_trap(raising(ProcessDied), run, ProcessDied):
        world = worlds[-1]
        answer = finished(world)
        assert (answer["status"], answer["messages"]) == ("ready_for_payment", ["payment_declined"])
        assert (len(world.orders), world.returned) == (1, ["SPRING"])
        assert [event.version for event, _ in world.sessions.history(SESSION)] == [1, 2, 3]
