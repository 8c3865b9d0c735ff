"""Charging an order once: the intent is written before the provider is asked, the outcome after it answered."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from orderflow.orders.payment_terms import PaymentTerms
from orderflow.payments.errors import PaymentClosedError, PaymentDeclinedError, PaymentTermsMismatchError
from orderflow.payments.payment import Payment, PaymentStatus, payment_id_of
from orderflow.payments.provider import Charge, PaymentProvider


class PaymentMovedError(Exception):
    """The payment is not AUTHORIZING any more; `current` is what it is."""

    def __init__(self, current: Payment) -> None:
        super().__init__(f"payment is {current.status}")
        self.current = current


class ChargeStore(Protocol):
    """Payments on record, while they are charged."""

    def begin_attempt(self, terms: PaymentTerms, at: datetime) -> Payment:
        """Create the payment AUTHORIZING, or count one more attempt on it; raises PaymentMovedError."""
        ...

    def record_captured(self, payment_id: str, reference: str, at: datetime) -> None:
        """Move an AUTHORIZING payment to CAPTURED; raises PaymentMovedError."""
        ...

    def record_declined(self, payment_id: str, decline_code: str, at: datetime) -> None:
        """Move an AUTHORIZING payment to DECLINED; raises PaymentMovedError."""
        ...


def process_payment(
    order_id: str,
    *,
    amount: int,
    currency: str,
    read_terms: Callable[[str], PaymentTerms],
    store: ChargeStore,
    provider: PaymentProvider,
    clock: Callable[[], datetime],
) -> Payment:
    """Charge what the order owes and return the CAPTURED payment; a repeat returns or raises the first outcome.

    Raises:
        PaymentDeclinedError: the provider refused; the same again for a repeat.
        PaymentProviderUnavailableError, PaymentTimeoutError: unknown outcome; repeat.
        PaymentTermsMismatchError: `amount` and `currency` are not what the order owes.
        PaymentClosedError: the payment was refunded or voided before, or while it was charged.
        OrderNotFoundError: there is no such order.
    """
    terms = read_terms(order_id)
    if (amount, currency) != (terms.amount, terms.currency):
        raise PaymentTermsMismatchError(order_id, (amount, currency), (terms.amount, terms.currency))
    payment_id = payment_id_of(order_id)
    try:
        attempt = store.begin_attempt(terms, clock())
        charge = Charge(payment_id, amount, currency)
        reference = provider.authorize(charge, token=terms.token, attempt=attempt.attempts)
        provider.capture(charge, reference=reference)
        store.record_captured(payment_id, reference, clock())
    except PaymentDeclinedError as decline:
        _record_decline(payment_id, decline, store, clock)
        raise
    except PaymentMovedError as moved:
        return _first_outcome(moved.current, provider)
    return Payment(
        payment_id,
        order_id,
        PaymentStatus.CAPTURED,
        attempts=attempt.attempts,
        amount=amount,
        currency=currency,
        provider_reference=reference,
    )


def _record_decline(
    payment_id: str, decline: PaymentDeclinedError, store: ChargeStore, clock: Callable[[], datetime]
) -> None:
    try:
        store.record_declined(payment_id, decline.decline_code, clock())
    except PaymentMovedError as moved:
        if moved.current.status is not PaymentStatus.DECLINED:
            raise PaymentClosedError(payment_id, moved.current.status) from moved


def _first_outcome(current: Payment, provider: PaymentProvider) -> Payment:
    if current.status is PaymentStatus.CAPTURED:
        return current
    if current.status is PaymentStatus.DECLINED:
        raise PaymentDeclinedError(current.decline_code or "declined")
    # A compensation closed the payment. Had it done so between our charge and our record, the charge would still
    # stand: the provider's void is repeatable, so it is asked in any case where a charge may have been tried.
    if current.status is PaymentStatus.VOIDED and current.attempts:
        provider.void(Charge(current.payment_id, current.amount or 0, current.currency or ""), reference=None)
    raise PaymentClosedError(current.payment_id, current.status)
