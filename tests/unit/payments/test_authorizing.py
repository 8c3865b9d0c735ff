"""Holding and taking the money: once per order, however often and wherever it dies; a repeat asks before it charges."""

from collections.abc import Callable

import pytest

from orderflow.orders.errors import OrderNotFoundError
from orderflow.payments.authorizing import authorize_payment
from orderflow.payments.errors import (
    PaymentClosedError,
    PaymentDeclinedError,
    PaymentInProgressError,
    PaymentNotCapturedError,
    PaymentProviderUnavailableError,
    PaymentTermsMismatchError,
    PaymentTimeoutError,
)
from orderflow.payments.payment import THE_ORDER, Payment, PaymentStatus
from orderflow.payments.provider import Charge
from orderflow.payments.sandbox_provider import SandboxProvider
from orderflow.runtime.dynamo import StoreUnavailableError
from tests.support.crashes import ProcessDied, Trap, every_trap, raising
from tests.support.orders import payment_terms
from tests.support.payments import ORDER_ID, InMemoryTerms
from tests.unit.payments.world import PAYMENT_ID, SECOND_ID, World

REFERENCE = f"ledger_{PAYMENT_ID}"
CHARGE = Charge(PAYMENT_ID, 1999, "EUR")
CAPTURED = [PaymentStatus.AUTHORIZING, PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED]


@pytest.fixture
def world() -> World:
    return World()


def test_a_payment_is_written_down_before_and_after_each_step(world: World) -> None:
    assert world.authorize() == Payment(
        PAYMENT_ID, ORDER_ID, PaymentStatus.AUTHORIZED, 1, 1999, "EUR", REFERENCE, requested_by=THE_ORDER
    )
    assert (world.provider.held, world.provider.charged) == ({PAYMENT_ID: 1999}, {})
    world.capture()
    assert (world.provider.held, world.provider.charged) == ({}, {PAYMENT_ID: 1999})
    assert world.pay().status is PaymentStatus.CAPTURED
    assert world.payments.history[PAYMENT_ID] == CAPTURED


def test_a_repeat_returns_what_is_held_and_asks_the_provider_nothing(world: World) -> None:
    assert world.authorize() == world.authorize()
    assert world.provider.attempts == [1]


def test_a_decline_is_recorded_and_raised_again_without_asking_again(world: World) -> None:
    world.provider.decline_code = "insufficient_funds"
    for _ in range(2):
        with pytest.raises(PaymentDeclinedError) as declined:
            world.authorize()
        assert declined.value.decline_code == "insufficient_funds"
    assert world.payments.history[PAYMENT_ID] == [PaymentStatus.AUTHORIZING, PaymentStatus.DECLINED]
    assert world.provider.attempts == [1]


@pytest.mark.parametrize(("amount", "currency"), [(1998, "EUR"), (2000, "EUR"), (1999, "USD")])
def test_another_amount_than_the_order_owes_is_never_charged(world: World, amount: int, currency: str) -> None:
    with pytest.raises(PaymentTermsMismatchError):
        world.authorize(amount=amount, currency=currency)
    assert (world.provider.balance, world.payments.payments) == (0, {})


def test_an_order_that_is_not_there_is_never_charged(world: World) -> None:
    with pytest.raises(OrderNotFoundError):
        world.authorize(order_id="01JFR0ZEN00000000000000009")
    assert world.provider.attempts == []


def test_a_timeout_that_had_held_the_amount_is_found_and_not_asked_for_again(world: World) -> None:
    # Given a provider that held the amount, and whose answer was lost
    with pytest.raises(PaymentTimeoutError):
        world.authorize(Trap(raising(PaymentTimeoutError), at=2, after=True))
    # When the step is repeated, then it finds the first hold
    assert world.authorize().provider_reference == REFERENCE
    assert world.provider.attempts == [1]


def test_a_timeout_that_had_come_to_nothing_is_authorized_again(world: World) -> None:
    with pytest.raises(PaymentTimeoutError):
        world.authorize(Trap(raising(PaymentTimeoutError), at=2))
    assert world.provider.attempts == []
    assert world.authorize().provider_reference == REFERENCE
    assert world.provider.attempts == [2]


def test_a_timeout_that_had_declined_is_a_decline_without_asking_again(world: World) -> None:
    world.provider.decline_code = "card_declined"
    with pytest.raises(PaymentTimeoutError):
        world.authorize(Trap(raising(PaymentTimeoutError), at=2))
    with pytest.raises(PaymentDeclinedError):
        world.provider.authorize(CHARGE, token="t", attempt=1)
    world.provider.decline_code = None
    with pytest.raises(PaymentDeclinedError, match="card_declined"):
        world.authorize()
    assert world.status is PaymentStatus.DECLINED


def test_what_the_provider_voided_by_itself_is_a_decline(world: World) -> None:
    with pytest.raises(PaymentTimeoutError):
        world.authorize(Trap(raising(PaymentTimeoutError), at=2, after=True))
    world.provider.void(CHARGE, reference=None)
    with pytest.raises(PaymentDeclinedError, match="voided_by_provider"):
        world.authorize()
    assert world.provider.balance == 0


def test_attempts_are_counted_across_repeats_so_that_a_busy_provider_ends(world: World) -> None:
    busy = InMemoryTerms(payment_terms(ORDER_ID, token="sandbox_rate_limited"))

    def attempt() -> Payment:
        return authorize_payment(
            ORDER_ID,
            requested_by=THE_ORDER,
            amount=1999,
            currency="EUR",
            read_terms=busy,
            store=world.payments,
            provider=SandboxProvider(),
            clock=world.clock,
        )

    for _ in range(2):
        with pytest.raises(PaymentProviderUnavailableError):
            attempt()
        assert world.status is PaymentStatus.AUTHORIZING
    assert attempt().attempts == 3


@pytest.mark.parametrize(
    "error", [ProcessDied, StoreUnavailableError, PaymentTimeoutError, PaymentProviderUnavailableError]
)
def test_dying_or_losing_an_answer_at_any_call_charges_once_or_not_at_all(error: type[BaseException]) -> None:
    args = ("try again",) if error is StoreUnavailableError else ()
    world, ends = World(), set()

    def run(trap: Trap) -> None:
        nonlocal world
        world = World()
        world.pay(trap)

    seen = 0
    for _ in every_trap(raising(error, *args), run, PaymentNotCapturedError):
        assert world.provider.attempts in ([1], [2], [1, 2])
        assert world.provider.balance == (1999 if world.status is PaymentStatus.CAPTURED else 0)
        ends.add(world.status)
        seen += 1
    # before and after: terms, attempt, authorize, record; payment, capture; record. Nothing fails for good.
    assert (seen, ends) == (14, {PaymentStatus.CAPTURED})


def test_two_runs_at_once_charge_once() -> None:
    world, outcomes = World(), []

    def run(trap: Trap) -> None:
        nonlocal world, outcomes
        world, outcomes = World(), []
        trap.action = lambda: outcomes.append(world.pay())
        outcomes.append(world.pay(trap))

    seen = 0
    for _ in every_trap(lambda: None, run):
        assert {outcome.status for outcome in outcomes} == {PaymentStatus.CAPTURED}
        assert world.provider.charged == {PAYMENT_ID: 1999}
        assert world.payments.history[PAYMENT_ID] == CAPTURED
        seen += 1
    assert seen >= 14


def test_two_askers_at_once_charge_once_whoever_is_faster() -> None:
    world = World()

    def other() -> None:
        with pytest.raises(PaymentNotCapturedError) if world.status in _UNDER_WAY else _no_error():
            world.pay(requested_by="request-1")

    def run(trap: Trap) -> None:
        nonlocal world
        world = World()
        trap.action = other
        world.pay(trap)

    for _ in every_trap(lambda: None, run):
        assert len(world.captured) == 1
        assert world.provider.balance == 1999


_UNDER_WAY = (PaymentStatus.AUTHORIZING, PaymentStatus.AUTHORIZED)


class _no_error:  # noqa: N801 - reads as a function
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_exception: object) -> None:
        return None


def test_after_a_decline_another_asker_gets_an_attempt_of_its_own(world: World) -> None:
    world.provider.decline_code = "card_declined"
    with pytest.raises(PaymentDeclinedError):
        world.pay(requested_by="request-1")
    world.provider.decline_code = None
    assert world.pay(requested_by="request-2").payment_id == SECOND_ID
    # Then the order's own workflow finds it and goes on, and the first asker still hears of their decline
    assert world.pay().payment_id == SECOND_ID
    with pytest.raises(PaymentDeclinedError):
        world.pay(requested_by="request-1")
    assert world.provider.charged == {SECOND_ID: 1999}


def test_an_attempt_that_was_given_up_may_be_followed_by_one_of_the_same_asker(world: World) -> None:
    world.authorize()
    assert world.void().status is PaymentStatus.FAILED
    assert world.provider.balance == 0
    assert world.pay().payment_id == SECOND_ID
    assert world.provider.balance == 1999


def test_while_an_attempt_is_under_way_nobody_else_begins_one(world: World) -> None:
    world.authorize()
    with pytest.raises(PaymentInProgressError, match=PAYMENT_ID):
        world.authorize(requested_by="request-1")
    assert list(world.payments.payments) == [PAYMENT_ID]


def test_a_capture_whose_answer_was_lost_is_looked_up_and_not_repeated(world: World) -> None:
    world.authorize()
    # find (call 0), capture (call 1): taken, and not answered
    trap = Trap(raising(PaymentTimeoutError), at=1, after=True)
    assert world.capture(trap=trap).status is PaymentStatus.AUTHORIZED
    assert (trap.calls, world.provider.charged) == (3, {PAYMENT_ID: 1999})


def test_a_hold_that_is_gone_is_a_decline_on_record(world: World) -> None:
    world.authorize()
    world.provider.held.clear()
    with pytest.raises(PaymentDeclinedError, match="authorization_gone"):
        world.capture()
    assert world.status is PaymentStatus.DECLINED


def test_nothing_is_taken_of_what_is_not_held(world: World) -> None:
    with pytest.raises(PaymentClosedError, match="not there"):
        world.capture()
    world.authorize()
    world.refund()
    with pytest.raises(PaymentClosedError, match="VOIDED"):
        world.capture()
    assert world.provider.balance == 0


@pytest.mark.parametrize("status", [PaymentStatus.VOIDED, PaymentStatus.REFUNDED])
def test_a_closed_payment_is_never_charged_again(world: World, status: PaymentStatus) -> None:
    if status is PaymentStatus.REFUNDED:
        world.pay()
    world.refund()
    assert world.status is status
    for asker in (THE_ORDER, "request-1"):
        with pytest.raises(PaymentClosedError, match=status):
            world.authorize(requested_by=asker)
    assert world.provider.balance == 0


def declined(world: World) -> None:
    with pytest.raises(PaymentDeclinedError):
        world.authorize()


@pytest.mark.parametrize(
    ("meanwhile", "told", "status"),
    [
        (World.refund, PaymentClosedError, PaymentStatus.VOIDED),
        (declined, PaymentDeclinedError, PaymentStatus.DECLINED),
    ],
)
def test_a_decline_that_comes_after_another_outcome_tells_that_one(
    meanwhile: Callable[[World], object], told: type[Exception], status: PaymentStatus
) -> None:
    world = World()
    world.provider.decline_code = "card_declined"
    # The trap springs between the attempt (call 1) and the provider's answer (call 2).
    with pytest.raises(told):
        world.authorize(Trap(lambda: meanwhile(world), at=2))
    assert world.status is status
    assert world.provider.balance == 0
