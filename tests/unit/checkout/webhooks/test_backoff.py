"""When a webhook is sent again, and when no more."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.checkout.webhooks.backoff import LONGEST, PERIOD, bound, next_try
from tests.support.frozen import START

SECOND = timedelta(seconds=1)


def longest(_low: float, high: float) -> float:
    return high


def shortest(low: float, _high: float) -> float:
    return low


@pytest.mark.parametrize(
    ("tries", "seconds"), [(1, 5), (2, 10), (3, 20), (8, 640), (12, 10240), (13, 10800), (500, 10800)]
)
def test_the_bound_doubles_from_five_seconds_to_three_hours(tries: int, seconds: int) -> None:
    assert bound(tries) == timedelta(seconds=seconds)


def test_jitter_is_full_anything_from_a_second_to_the_bound() -> None:
    drawn = []

    def draw(low: float, high: float) -> float:
        drawn.append((low, high))
        return 7.5

    assert next_try(4, START, START, draw) == START + timedelta(seconds=7.5)
    assert drawn == [(0, 40.0)]
    assert next_try(4, START, START, shortest) == START + SECOND


def test_a_receiver_that_says_when_is_asked_again_then_and_not_sooner() -> None:
    assert next_try(1, START, START, longest, timedelta(minutes=30)) == START + timedelta(minutes=30)
    assert next_try(1, START, START, longest, timedelta(seconds=2)) == START + timedelta(seconds=5)
    assert next_try(1, START, START, longest, timedelta(days=30)) == START + LONGEST


def test_the_last_attempt_is_made_when_72_hours_are_over_and_none_after_it() -> None:
    almost = START + PERIOD - SECOND
    assert next_try(40, START, almost, longest) == START + PERIOD
    assert next_try(40, START, START + PERIOD, longest) is None


@given(st.floats(0.05, 1))
def test_whatever_is_drawn_attempts_go_on_for_72_hours_and_never_beyond(drawn: float) -> None:
    now, tries = START, 1
    while (at := next_try(tries, START, now, lambda _low, high: high * drawn)) is not None:
        assert timedelta(0) < at - now <= LONGEST
        now, tries = at, tries + 1
    assert now == START + PERIOD
