"""Injected faults: as many as asked for, of three kinds, and a lost answer belongs to a call that happened."""

from collections import Counter

import pytest

from tools.faults import Faults
from tools.forwarder import Answer, Call

CALL = Call("dynamodb", "PutItem", b"{}")
DONE = Answer(200, b"done")
CALLS = 6000


def outcomes(faults: Faults) -> tuple[int, Counter[int]]:
    """Return how many calls reached AWS, and how often each status was told."""
    reached, told = 0, Counter[int]()
    for _ in range(CALLS):
        answer = faults.before(CALL)
        if answer is None:
            reached += 1
            answer = faults.after(CALL, DONE)
        told[answer.status] += 1
    return reached, told


def test_about_the_asked_share_is_spoiled_a_third_of_it_after_it_happened() -> None:
    faults = Faults(0.3)
    reached, told = outcomes(faults)
    assert told[200] == pytest.approx(0.7 * CALLS, rel=0.05)
    assert (told[400], told[500]) == (pytest.approx(0.1 * CALLS, rel=0.1), pytest.approx(0.2 * CALLS, rel=0.1))
    assert reached - told[200] == pytest.approx(0.1 * CALLS, rel=0.1)
    assert (faults.seen, faults.spoiled.total()) == (CALLS, CALLS - told[200])


def test_without_a_share_every_call_passes() -> None:
    assert outcomes(Faults(0.0)) == (CALLS, {200: CALLS})


def test_the_same_seed_draws_the_same_faults() -> None:
    assert outcomes(Faults(0.3, seed=7)) == outcomes(Faults(0.3, seed=7))
    assert outcomes(Faults(0.3, seed=7)) != outcomes(Faults(0.3, seed=8))
