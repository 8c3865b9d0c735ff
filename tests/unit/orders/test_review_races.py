"""Approval, rejection, the deadline and a cancellation at once, in any order of calls: exactly one takes the order."""

import itertools
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.orders.errors import IllegalActionError
from orderflow.orders.review_wait import Verdict
from orderflow.orders.status import CANCELLABLE, OrderStatus
from tests.support.reviews import TOKEN, ReviewDesk, decision
from tests.support.turns import Turns

PAY, REJECT, EXPIRE, GIVE_UP = "pay", "reject", "expire", "give up"
ACTORS = ("approver", "rejecter", "canceller", "workflow")


class _Guarded:
    def __init__(self, turns: Turns, target: Any) -> None:
        self._turns, self._target = turns, target

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._turns.pause()
            return getattr(self._target, name)(*args, **kwargs)

        return call


@dataclass
class Race:
    """A desk whose calls wait for their turns, and the workflow as workflows/order_processing.asl.json has it."""

    choices: list[int]
    desk: ReviewDesk = field(default_factory=ReviewDesk)
    accepted: set[str] = field(default_factory=set)
    way: str | None = None

    def run(self) -> None:
        self.desk.request()
        following = itertools.chain(self.choices, itertools.repeat(0))
        self.turns = Turns(lambda _waiting: next(following), lambda: None)
        self.desk.guarded = lambda part: _Guarded(self.turns, part)  # type: ignore[method-assign]  # a double in its place
        for name in ACTORS:
            self.turns.add(name, getattr(self, name))
        self.turns.run()

    def approver(self) -> None:
        self._decide("approver", Verdict.APPROVED)

    def rejecter(self) -> None:
        self._decide("rejecter", Verdict.REJECTED)

    def _decide(self, who: str, verdict: Verdict) -> None:
        with suppress(IllegalActionError):
            self.desk.review(decision(verdict))
            self.accepted.add(who)

    def canceller(self) -> None:
        self.turns.pause()
        if self.row.order.status in CANCELLABLE:
            self.row.move(OrderStatus.CANCELLED, self.desk.clock(), "customer")
            self.accepted.add("canceller")
        self.desk.tend()

    def workflow(self) -> None:
        self.turns.pause()
        heard = [word for _, word in self.desk.waits.heard]
        if heard == ["go on"]:
            self.way = PAY
        elif heard == ["ReviewRejectedError"]:
            self.way = self._load_review()
        elif heard:
            self.way = GIVE_UP
        else:  # States.Timeout
            self.desk.waits.over.add(TOKEN)
            self.way = self._expire_review()

    def _expire_review(self) -> str:
        self.turns.pause()
        if self.row.order.status is OrderStatus.REVIEW:
            self.row.move(OrderStatus.PROCESSING, self.desk.clock(), "workflow", "REVIEW_EXPIRED")
            self.row.verdict, self.row.token = Verdict.EXPIRED, None
            return EXPIRE
        return self._load_review()

    def _load_review(self) -> str:
        self.turns.pause()
        ways = {Verdict.APPROVED: PAY, Verdict.REJECTED: REJECT}
        if self.row.order.status is OrderStatus.PROCESSING and self.row.verdict:
            return ways[self.row.verdict]
        return GIVE_UP

    @property
    def row(self) -> Any:
        return self.desk.row


schedules = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6)), max_size=12).map(
    lambda bursts: [actor for actor, length in bursts for _ in range(length)]
)


@settings(max_examples=600, deadline=None)
@given(schedules)
def test_exactly_one_takes_the_order_out_of_review_and_the_workflow_goes_that_way(choices: list[int]) -> None:
    # Given an order in review / When everybody acts at once
    race = Race(choices)
    race.run()
    # Then one move leads out of REVIEW, and of the administrators at most one was told that theirs counts
    moves = [entry.status for entry in race.row.order.history]
    assert moves.count(OrderStatus.REVIEW) == 1
    deciders = race.accepted & {"approver", "rejecter"}
    assert len(deciders) == (race.row.verdict in {Verdict.APPROVED, Verdict.REJECTED})
    # And the workflow pays only what was approved
    cancelled = OrderStatus.CANCELLED in moves
    expected = {Verdict.APPROVED: PAY, Verdict.REJECTED: REJECT, Verdict.EXPIRED: EXPIRE, None: GIVE_UP}
    allowed = {expected[race.row.verdict]} | ({GIVE_UP} if cancelled else set())
    assert race.way in allowed
    assert cancelled == ("canceller" in race.accepted)
    # And nothing waits any more
    assert race.row.token is None or TOKEN in race.desk.waits.over


def test_every_way_is_found_by_some_order_of_calls() -> None:
    # Given that one goes on for a while, and then another one does
    ways = set()
    for first, second, turns in itertools.product(range(4), range(4), range(1, 9)):
        race = Race([first] * turns + [second] * 8)
        race.run()
        ways.add(race.way)
    assert ways == {PAY, REJECT, EXPIRE, GIVE_UP}
