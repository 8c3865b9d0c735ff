"""The events of one order on their way to one endpoint: one after the other, and never forgotten."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from orderflow.checkout.webhooks.lane import Lane
from tests.support.frozen import START

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
EMPTY = Lane("endpoint", "order")


def test_the_first_event_is_due_at_once_and_the_next_waits_for_it() -> None:
    lane = EMPTY.joined(3, START).joined(5, START + MINUTE)
    assert (lane.head, lane.waiting, lane.due_at) == (3, (3, 5), START)
    assert lane.done(START + MINUTE).head == 5
    assert lane.done(START + MINUTE).due_at == START + MINUTE


def test_an_event_that_comes_twice_waits_once() -> None:
    lane = EMPTY.joined(3, START)
    assert lane.joined(3, START + MINUTE) is lane


def test_a_lane_that_waits_to_try_again_is_not_hurried_by_what_joins_it() -> None:
    lane = EMPTY.joined(3, START).begun(START + MINUTE).put_off(START + MINUTE * 30)
    assert lane.joined(4, START + MINUTE).due_at == START + MINUTE * 30
    assert lane.hurried(START + MINUTE).due_at == START + MINUTE


def test_what_is_being_sent_stays_first_also_before_an_earlier_event_that_is_replayed() -> None:
    lane = EMPTY.joined(3, START).begun(START + MINUTE).joined(2, START)
    assert lane.head == 3
    assert (lane.done(START).waiting, lane.done(START).head) == ((2,), 2)
    assert lane.put_off(START + MINUTE).head == 2


def test_a_lane_whose_function_died_is_due_again_by_itself() -> None:
    lane = EMPTY.joined(3, START).begun(START + MINUTE)
    assert (lane.is_due(START + MINUTE - SECOND), lane.is_due(START + MINUTE), lane.head) == (False, True, 3)
    assert lane.hurried(START + SECOND) is lane


def test_an_empty_lane_is_never_due() -> None:
    lane = EMPTY.joined(3, START).begun(START + MINUTE).done(START)
    assert (lane.waiting, lane.head, lane.due_at, lane.is_due(START + MINUTE * 999)) == ((), None, None, False)


@given(st.permutations(range(1, 9)))
def test_whatever_order_events_join_in_they_are_sent_in_sequence(arrivals: list[int]) -> None:
    lane, sent = EMPTY, []
    for sequence in arrivals:
        lane = lane.joined(sequence, START)
    while lane.head is not None:
        sent.append(lane.head)
        lane = lane.begun(START + MINUTE).done(START)
    assert sent == sorted(arrivals)


class LaneHistory(RuleBasedStateMachine):
    """Any history of joining, sending, failing and dying: what waits is always due at some moment."""

    def __init__(self) -> None:
        super().__init__()
        self.lane, self.now, self.known, self.sent = EMPTY, START, 0, []

    @rule(replayed=st.integers(1, 20))
    def join(self, replayed: int) -> None:
        self.known += 1
        sequence = replayed if replayed < self.known else self.known
        self.lane = self.lane.joined(sequence, self.now)

    @rule(seconds=st.integers(0, 100))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(ending=st.sampled_from(["done", "failed", "died"]))
    def attempt(self, ending: str) -> None:
        if not self.lane.is_due(self.now):
            return
        self.lane = self.lane.begun(self.now + MINUTE)
        if ending == "done":
            self.lane = self.lane.done(self.now)
        elif ending == "failed":
            self.lane = self.lane.put_off(self.now + MINUTE)

    @invariant()
    def what_waits_is_due_and_nothing_else_is(self) -> None:
        assert (self.lane.due_at is not None) == bool(self.lane.waiting)
        assert self.lane.head is None or self.lane.head in self.lane.waiting
        assert list(self.lane.waiting) == sorted(set(self.lane.waiting))


TestLaneHistory = LaneHistory.TestCase
