"""The circuit breaker before an endpoint, and how many attempts it lets through at once."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.checkout.webhooks.gate import AT_ONCE, FAILURES, LONGEST_PAUSE, Gate
from tests.support.frozen import START

LONG, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def failing(gate: Gate, times: int, at=START) -> Gate:
    for number in range(times):
        gate = gate.entered(f"try-{number}", at, LONG).left(f"try-{number}", at, well=False)
    return gate


def test_so_many_failures_in_a_row_open_the_circuit_and_one_less_does_not() -> None:
    assert failing(Gate("e"), FAILURES - 1).refused_until(START) is None
    assert failing(Gate("e"), FAILURES).refused_until(START) == START + timedelta(seconds=30)


def test_a_success_in_between_starts_the_count_again() -> None:
    gate = failing(Gate("e"), FAILURES - 1).entered("well", START, LONG).left("well", START, well=True)
    assert failing(gate, FAILURES - 1).refused_until(START) is None


def test_after_the_pause_one_attempt_is_let_through_and_decides() -> None:
    opened = failing(Gate("e"), FAILURES)
    later = START + timedelta(seconds=30)
    assert opened.refused_until(later - SECOND) == later
    assert opened.refused_until(later) is None
    probing = opened.entered("probe", later, LONG)
    assert probing.refused_until(later) == later
    well, ill = probing.left("probe", later, well=True), probing.left("probe", later, well=False)
    assert (well.refused_until(later), well.failures, well.pauses) == (None, 0, 0)
    assert ill.refused_until(later) == later + timedelta(seconds=60)


def test_pauses_double_up_to_ten_minutes() -> None:
    gate, now, pauses = failing(Gate("e"), FAILURES), START, []
    for _ in range(7):
        until = gate.refused_until(now)
        pauses.append((until - now).total_seconds())
        now = until
        gate = failing(gate, 1, now)
    assert pauses == [30, 60, 120, 240, 480, 600, 600]
    assert LONGEST_PAUSE.total_seconds() == 600


def test_failures_of_attempts_that_were_under_way_prolong_no_pause() -> None:
    gate = Gate("e")
    for number in range(AT_ONCE):
        gate = gate.entered(f"late-{number}", START, LONG)
    opened = failing(Gate("e"), FAILURES)
    late = opened.left("late-0", START + SECOND, well=False)
    assert late.refused_until(START + SECOND) == opened.refused_until(START)


def test_a_slow_endpoint_has_a_few_attempts_under_way_and_no_more() -> None:
    gate = Gate("e")
    for number in range(AT_ONCE):
        assert gate.refused_until(START) is None
        gate = gate.entered(f"try-{number}", START, LONG)
    assert gate.refused_until(START) == START
    assert gate.left("try-0", START, well=True).refused_until(START) is None


def test_an_attempt_whose_function_died_gives_its_room_back_when_its_time_is_over() -> None:
    gate = Gate("e")
    for number in range(AT_ONCE):
        gate = gate.entered(f"try-{number}", START, LONG)
    assert gate.refused_until(START + LONG - SECOND) is not None
    assert gate.refused_until(START + LONG) is None


@pytest.mark.parametrize("well", [True, False])
def test_every_step_is_another_revision(well: bool) -> None:
    gate = Gate("e").entered("try", START, LONG)
    assert (gate.revision, gate.left("try", START, well=well).revision) == (1, 2)


@given(st.lists(st.tuples(st.integers(0, 600), st.booleans()), max_size=60))
def test_whatever_comes_of_attempts_the_gate_opens_again_within_ten_minutes(history: list[tuple[int, bool]]) -> None:
    gate, now = Gate("e"), START
    for waited, well in history:
        now += timedelta(seconds=waited)
        if gate.refused_until(now) is None:
            gate = gate.entered("try", now, LONG).left("try", now, well=well)
    assert gate.refused_until(now + LONGEST_PAUSE) is None
