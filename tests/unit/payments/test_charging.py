"""Charging: once per order, however often and wherever it dies; a repeat tells the first outcome."""

from collections.abc import Callable

import pytest
from orderflow.payments.charging import process_payment

from orderflow.orders.errors import OrderNotFoundError
from orderflow.payments.errors import (
    PaymentClosedError,
    PaymentDeclinedError,
    PaymentProviderUnavailableError,
    PaymentTermsMismatchError,
    PaymentTimeoutError,
)
from orderflow.payments.payment import Payment, PaymentStatus
from orderflow.payments.sandbox_provider import SandboxProvider
from orderflow.runtime.dynamo import StoreUnavailableError
from tests.support.crashes import ProcessDied, Trap, every_trap, raising
from tests.support.orders import payment_terms
from tests.support.payments import ORDER_ID, InMemoryTerms
from tests.unit.payments.world import PAYMENT_ID, World

CAPTURED = Payment(PAYMENT_ID, ORDER_ID, PaymentStatus.CAPTURED, 1, 1999, "EUR", f"ledger_{PAYMENT_ID}")


@pytest.fixture
def world() -> World:
    return World()


def test_a_charge_is_written_down_before_and_after(world: World) -> None:
    assert world.process() == CAPTURED
    assert world.payments.payments == {PAYMENT_ID: CAPTURED}
    assert world.payments.history[PAYMENT_ID] == [PaymentStatus.AUTHORIZING, PaymentStatus.CAPTURED]
    assert world.provider.charged == {PAYMENT_ID: 1999}


def test_a_repeat_returns_the_first_capture_and_asks_the_provider_nothing(world: World) -> None:
    first = world.process()
    assert world.process() == first
    assert world.provider.attempts == [1]


def test_a_decline_is_recorded_and_raised_again_without_asking_again(world: World) -> None:
    world.provider.decline_code = "insufficient_funds"
    for _ in range(2):
        with pytest.raises(PaymentDeclinedError) as declined:
            world.process()
        assert declined.value.decline_code == "insufficient_funds"
    assert world.payments.history[PAYMENT_ID] == [PaymentStatus.AUTHORIZING, PaymentStatus.DECLINED]
    assert world.provider.attempts == [1]


@pytest.mark.parametrize(("amount", "currency"), [(1998, "EUR"), (2000, "EUR"), (1999, "USD")])
def test_another_amount_than_the_order_owes_is_never_charged(world: World, amount: int, currency: str) -> None:
    with pytest.raises(PaymentTermsMismatchError):
        world.process(amount=amount, currency=currency)
    assert (world.provider.charged, world.payments.payments) == ({}, {})


def test_an_order_that_is_not_there_is_never_charged(world: World) -> None:
    with pytest.raises(OrderNotFoundError):
        world.process(order_id="01JFR0ZEN00000000000000009")
    assert world.provider.charged == {}


def test_attempts_are_counted_across_repeats_so_that_a_flaky_provider_ends(world: World) -> None:
    flaky = InMemoryTerms(payment_terms(ORDER_ID, token="sandbox_rate_limited"))

    def attempt() -> Payment:
        return process_payment(
            ORDER_ID,
            amount=1999,
            currency="EUR",
            read_terms=flaky,
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
def test_dying_or_losing_an_answer_at_any_call_and_repeating_charges_once(error: type[BaseException]) -> None:
    args = ("try again",) if error is StoreUnavailableError else ()
    world, seen = World(), 0

    def run(trap: Trap) -> None:
        nonlocal world
        world = World()
        world.process(trap)

    for _ in every_trap(raising(error, *args), run, error):
        # When the workflow repeats the step
        outcomes = [world.process(), world.process()]
        # Then
        assert [(o.status, o.provider_reference) for o in outcomes] == [
            (PaymentStatus.CAPTURED, f"ledger_{PAYMENT_ID}")
        ] * 2
        assert world.provider.charged == {PAYMENT_ID: 1999}
        assert world.payments.history[PAYMENT_ID] == [PaymentStatus.AUTHORIZING, PaymentStatus.CAPTURED]
        seen += 1
    assert seen == 10  # before and after: terms, attempt, authorize, capture, record


def test_two_runs_at_once_charge_once() -> None:
    world, outcomes = World(), []

    def run(trap: Trap) -> None:
        nonlocal world, outcomes
        world, outcomes = World(), []
        trap.action = lambda: outcomes.append(world.process())
        outcomes.append(world.process(trap))

    seen = 0
    for _ in every_trap(lambda: None, run):
        assert {outcome.status for outcome in outcomes} == {PaymentStatus.CAPTURED}
        assert world.provider.charged == {PAYMENT_ID: 1999}
        seen += 1
    assert seen >= 8


@pytest.mark.parametrize("status", [PaymentStatus.VOIDED, PaymentStatus.REFUNDED])
def test_a_closed_payment_is_never_charged_again(world: World, status: PaymentStatus) -> None:
    if status is PaymentStatus.REFUNDED:
        world.process()
    world.refund()
    assert world.status is status
    for _ in range(2):
        with pytest.raises(PaymentClosedError, match=status):
            world.process()
    assert world.provider.balance == 0


def declined(world: World) -> None:
    with pytest.raises(PaymentDeclinedError):
        world.process()


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
        world.process(Trap(lambda: meanwhile(world), at=2))
    assert world.status is status
    assert world.provider.charged == {}
