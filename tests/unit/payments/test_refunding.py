"""The way back: whatever became of the charge, it ends given back, once, and can never come later."""

from contextlib import suppress

import pytest

from orderflow.payments.errors import (
    PaymentClosedError,
    PaymentDeclinedError,
    PaymentNotCapturedError,
    PaymentTimeoutError,
)
from orderflow.payments.moves import PaymentMovedError
from orderflow.payments.payment import Payment, PaymentStatus
from orderflow.payments.refunding import Outcome, UnsettledPaymentError
from orderflow.runtime.dynamo import StoreUnavailableError
from tests.support.crashes import ProcessDied, Trap, every_trap, raising
from tests.support.payments import ORDER_ID
from tests.unit.payments.world import PAYMENT_ID, SECOND_ID, World


@pytest.fixture
def world() -> World:
    return World()


def test_a_captured_payment_is_refunded_once_however_often_asked(world: World) -> None:
    world.pay()
    assert [world.refund(), world.refund()] == [Outcome.REFUNDED, Outcome.REFUNDED]
    assert world.provider.returned == {PAYMENT_ID: 1999}
    assert world.payments.history[PAYMENT_ID] == [
        PaymentStatus.AUTHORIZING,
        PaymentStatus.AUTHORIZED,
        PaymentStatus.CAPTURED,
        PaymentStatus.REFUNDED,
    ]


def test_a_charge_of_unknown_fate_is_voided_and_given_back(world: World) -> None:
    # Given a provider that charged, and whose answer was lost
    with pytest.raises(PaymentTimeoutError):
        world.authorize(Trap(raising(PaymentTimeoutError), at=2, after=True))
    assert (world.status, world.provider.balance) == (PaymentStatus.AUTHORIZING, 1999)
    # When, then
    assert [world.refund(), world.refund()] == [Outcome.VOIDED, Outcome.VOIDED]
    assert (world.status, world.provider.balance) == (PaymentStatus.VOIDED, 0)


def test_a_declined_payment_leaves_nothing_to_give_back(world: World) -> None:
    world.provider.decline_code = "card_declined"
    with pytest.raises(PaymentDeclinedError):
        world.pay()
    assert [world.refund(), world.refund()] == [Outcome.NOTHING_TO_REFUND] * 2
    assert world.status is PaymentStatus.DECLINED
    # And nobody can pay what is over
    world.provider.decline_code = None
    with pytest.raises(PaymentClosedError):
        world.authorize(requested_by="request-1")
    assert world.provider.balance == 0


def test_the_last_of_several_attempts_is_what_is_given_back(world: World) -> None:
    world.provider.decline_code = "card_declined"
    with pytest.raises(PaymentDeclinedError):
        world.pay()
    world.provider.decline_code = None
    world.pay(requested_by="request-1")
    assert [world.refund(), world.refund()] == [Outcome.REFUNDED, Outcome.REFUNDED]
    assert world.provider.returned == {SECOND_ID: 1999}


def test_a_place_that_is_kept_for_an_attempt_is_closed_as_well(world: World) -> None:
    # Given an asker who died between naming the attempt that follows and beginning it
    world.provider.decline_code = "card_declined"
    with pytest.raises(PaymentDeclinedError):
        world.pay()
    world.provider.decline_code = None
    with pytest.raises(ProcessDied):
        world.authorize(Trap(raising(ProcessDied), at=2, after=True), requested_by="request-1")
    assert world.payments.find(PAYMENT_ID).successor == SECOND_ID
    # When, then
    assert [world.refund(), world.refund()] == [Outcome.NOTHING_TO_REFUND] * 2
    with pytest.raises(PaymentClosedError):
        world.authorize(requested_by="request-1")
    assert world.provider.balance == 0


def test_where_no_charge_was_tried_a_late_one_is_forbidden(world: World) -> None:
    assert [world.refund(), world.refund()] == [Outcome.NOTHING_TO_REFUND] * 2
    with pytest.raises(PaymentClosedError):
        world.authorize()
    assert world.provider.attempts == []


@pytest.mark.parametrize("error", [ProcessDied, StoreUnavailableError, PaymentTimeoutError])
@pytest.mark.parametrize("charge_dies_at", range(8))
def test_dying_anywhere_in_charge_and_refund_and_repeating_the_refund_leaves_a_balance_of_zero(
    error: type[BaseException], charge_dies_at: int
) -> None:
    world = World()

    def run(trap: Trap) -> None:
        nonlocal world
        world = World()
        with suppress(ProcessDied):  # at call 7 there is none left to die at: the charge succeeds
            world.pay_without_help(Trap(raising(ProcessDied), charge_dies_at))
        world.refund(trap)

    args = ("try again",) if error is StoreUnavailableError else ()
    for _ in every_trap(raising(error, *args), run, error):
        outcome = world.refund()
        assert world.refund() is outcome
        assert world.provider.balance == 0
        assert world.status in (PaymentStatus.VOIDED, PaymentStatus.REFUNDED)
        with pytest.raises(PaymentNotCapturedError):
            world.pay()
        assert world.provider.balance == 0


def test_a_refund_between_any_two_calls_of_a_charge_leaves_a_balance_of_zero() -> None:
    world, outcomes = World(), []

    def run(trap: Trap) -> None:
        nonlocal world, outcomes
        world, outcomes = World(), []
        trap.action = lambda: outcomes.append(world.refund())
        world.pay(trap)

    seen = 0
    for _ in every_trap(lambda: None, run, PaymentNotCapturedError):
        assert len(outcomes) == 1
        assert world.provider.balance == 0, world.payments.history
        assert world.refund() is outcomes[0]
        seen += 1
    assert seen >= 14


def test_a_charge_between_any_two_calls_of_a_refund_leaves_a_balance_of_zero() -> None:
    world = World()

    def charge() -> None:
        with suppress(PaymentNotCapturedError):
            world.pay()

    def run(trap: Trap) -> None:
        nonlocal world
        world = World()
        with suppress(ProcessDied):
            world.pay_without_help(Trap(raising(ProcessDied), at=5, after=True))
        trap.action = charge
        world.refund(trap)

    seen = 0
    for _ in every_trap(charge, run):
        assert world.provider.balance == 0, world.payments.history
        seen += 1
    assert seen >= 6


def test_a_payment_that_never_holds_still_is_an_error_not_an_endless_loop(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contended(*_args: object) -> None:
        raise PaymentMovedError(Payment(PAYMENT_ID, ORDER_ID, PaymentStatus.AUTHORIZING))

    monkeypatch.setattr(world.payments, "forbid", contended)
    with pytest.raises(UnsettledPaymentError):
        world.refund()
