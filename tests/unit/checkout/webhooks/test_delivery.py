"""One event on its way to one endpoint: what an answer makes of it."""

from datetime import timedelta

import pytest

from orderflow.checkout.webhooks.backoff import PERIOD
from orderflow.checkout.webhooks.delivery import MOST_KEPT, Answer, Attempt, Delivery, DeliveryState
from orderflow.runtime.clock import iso
from tests.support.frozen import START

MINUTE = timedelta(minutes=1)
DELIVERY = Delivery("endpoint", "order", 3, "event", "order_create", iso(START))


def longest(_low: float, high: float) -> float:
    return high


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_success_delivers(status: int) -> None:
    ended, again = DELIVERY.begun(START).ended(Answer(12, status), START, longest)
    assert (ended.state, again) == (DeliveryState.DELIVERED, None)
    assert ended.attempts == (Attempt(iso(START), status, None, 12),)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 403, 404, 429, 500, 503, 100])
def test_redirects_refusals_and_failures_are_tried_again(status: int) -> None:
    ended, again = DELIVERY.begun(START).ended(Answer(12, status), START, longest)
    assert (ended.state, again) == (DeliveryState.PENDING, START + timedelta(seconds=5))


def test_no_answer_is_tried_again_and_its_reason_kept() -> None:
    ended, again = DELIVERY.begun(START).ended(Answer(10_000, error="timeout"), START, longest)
    assert (ended.state, again is not None, ended.attempts[0].error) == (DeliveryState.PENDING, True, "timeout")


def test_410_stops() -> None:
    ended, again = DELIVERY.begun(START).ended(Answer(12, 410), START, longest)
    assert (ended.state, again) == (DeliveryState.STOPPED, None)


def test_after_72_hours_it_is_given_up() -> None:
    first = DELIVERY.begun(START).ended(Answer(12, 500), START, longest)[0]
    last, again = first.begun(START + PERIOD).ended(Answer(12, 500), START + PERIOD, longest)
    assert (last.state, again, len(last.attempts)) == (DeliveryState.GIVEN_UP, None, 2)


def test_an_attempt_of_which_nothing_was_heard_counts_and_is_kept() -> None:
    died = DELIVERY.begun(START)
    ended, again = died.begun(START + MINUTE).ended(Answer(12, 500), START + MINUTE, longest)
    assert ended.attempts == (Attempt(iso(START)), Attempt(iso(START + MINUTE), 500, None, 12))
    assert (ended.tries, again) == (2, START + MINUTE + timedelta(seconds=10))


def test_a_replay_has_its_72_hours_again_and_keeps_its_history() -> None:
    over = DELIVERY.begun(START).ended(Answer(12, 500), START + PERIOD, longest)[0]
    again = over.set_off_again()
    assert (again.state, again.tries, again.first_at, again.attempts) == (DeliveryState.PENDING, 0, None, over.attempts)
    later = START + PERIOD * 2
    assert again.begun(later).ended(Answer(12, 500), later, longest)[1] == later + timedelta(seconds=5)


def test_the_oldest_attempts_make_room() -> None:
    delivery = DELIVERY
    for number in range(MOST_KEPT + 3):
        delivery = delivery.begun(START + MINUTE * number)
    assert (len(delivery.attempts), delivery.attempts[0].at) == (MOST_KEPT, iso(START + MINUTE * 3))
    assert delivery.tries == MOST_KEPT + 3
