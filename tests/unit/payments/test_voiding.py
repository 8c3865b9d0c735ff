"""Giving up an attempt: nothing stays held or taken, wherever it dies, and what was captured and recorded stays."""

from contextlib import suppress

import pytest

from orderflow.payments.errors import (
    PaymentClosedError,
    PaymentDeclinedError,
    PaymentInProgressError,
    PaymentNotCapturedError,
    PaymentTimeoutError,
)
from orderflow.payments.outcome import find_payment_outcome
from orderflow.payments.payment import PaymentStatus
from orderflow.runtime.dynamo import StoreUnavailableError
from tests.support.crashes import ProcessDied, Trap, every_trap, raising
from tests.support.payments import ORDER_ID
from tests.unit.payments.world import PAYMENT_ID, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("taken", [False, True])
def test_what_is_held_or_taken_is_let_go_of_before_another_attempt_may_begin(world: World, taken: bool) -> None:
    world.authorize()
    if taken:
        world.capture()
    assert world.void().status is PaymentStatus.FAILED
    assert world.payments.history[PAYMENT_ID][-2:] == [PaymentStatus.VOIDING, PaymentStatus.FAILED]
    assert world.provider.balance == 0


def test_a_captured_payment_stays(world: World) -> None:
    world.pay()
    assert world.void().status is PaymentStatus.CAPTURED
    assert world.provider.balance == 1999


def test_nobody_gives_up_what_somebody_else_began(world: World) -> None:
    world.authorize()
    assert world.void(requested_by="request-1").status is PaymentStatus.AUTHORIZED
    assert world.provider.balance == 1999


def test_where_nothing_was_begun_there_is_nothing_to_give_up(world: World) -> None:
    assert world.void() is None


@pytest.mark.parametrize("error", [ProcessDied, StoreUnavailableError, PaymentTimeoutError])
@pytest.mark.parametrize("charge_dies_at", range(8))
def test_dying_anywhere_and_repeating_gives_everything_back(error: type[BaseException], charge_dies_at: int) -> None:
    world = World()

    def run(trap: Trap) -> None:
        nonlocal world
        world = World()
        with suppress(ProcessDied):
            world.pay_without_help(Trap(raising(ProcessDied), charge_dies_at))
        world.void(trap)

    args = ("try again",) if error is StoreUnavailableError else ()
    for _ in every_trap(raising(error, *args), run, error):
        # While it is half done nobody else can begin, and when it is done they can
        if world.status is PaymentStatus.VOIDING:
            with pytest.raises(PaymentInProgressError):
                world.authorize(requested_by="request-1")
        world.void()
        captured = world.status is PaymentStatus.CAPTURED
        assert world.provider.balance == (1999 if captured else 0)
        assert world.pay(requested_by="request-1").status is PaymentStatus.CAPTURED
        assert world.provider.balance == 1999


def test_a_refund_between_any_two_calls_of_giving_up_leaves_a_balance_of_zero() -> None:
    world = World()

    def run(trap: Trap) -> None:
        nonlocal world
        world = World()
        world.authorize()
        trap.action = lambda: world.refund() and None
        world.void(trap)

    for _ in every_trap(lambda: None, run):
        assert world.provider.balance == 0
        with pytest.raises(PaymentClosedError):
            world.authorize(requested_by="request-1")


def test_the_outcome_is_what_the_record_says(world: World) -> None:
    with pytest.raises(PaymentNotCapturedError):
        find_payment_outcome(ORDER_ID, world.payments)
    world.authorize()
    with pytest.raises(PaymentInProgressError):
        find_payment_outcome(ORDER_ID, world.payments)
    world.pay()
    assert find_payment_outcome(ORDER_ID, world.payments).payment_id == PAYMENT_ID
    world.refund()
    with pytest.raises(PaymentNotCapturedError):
        find_payment_outcome(ORDER_ID, world.payments)


def test_the_outcome_of_a_decline_names_it_and_a_later_capture_is_better(world: World) -> None:
    world.provider.decline_code = "card_declined"
    with pytest.raises(PaymentDeclinedError):
        world.pay()
    with pytest.raises(PaymentDeclinedError, match="card_declined"):
        find_payment_outcome(ORDER_ID, world.payments)
    world.provider.decline_code = None
    second = world.pay(requested_by="request-1")
    assert find_payment_outcome(ORDER_ID, world.payments) == second
