"""The way back: whatever became of the charge, the customer ends without it, and it can never come later."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from orderflow.payments.moves import PaymentMovedError
from orderflow.payments.payment import OVER, Payment, PaymentStatus, last_attempt
from orderflow.payments.provider import PaymentProvider
from orderflow.payments.unseen import charge_of
from orderflow.runtime.errors import TransientError

# Each lost race means that the charge moved on: absent, AUTHORIZING, AUTHORIZED, CAPTURED, or given up and followed by
# another. More moves than that within one call would be a defect.
_ATTEMPTS = 8


class UnsettledPaymentError(TransientError):
    """The payment kept changing while it was to be closed; try again."""

    code = "PAYMENT_UNSETTLED"


class Outcome(StrEnum):
    """What giving back came to."""

    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"
    NOTHING_TO_REFUND = "NOTHING_TO_REFUND"


class RefundStore(Protocol):
    """Payments on record, while they are closed. Every write raises PaymentMovedError when it comes too late."""

    def find(self, payment_id: str) -> Payment | None:
        """Return the payment as of now."""
        ...

    def forbid(self, payment_id: str, order_id: str, reason: str, at: datetime) -> None:
        """Create the payment VOIDED without a charge, so that none can begin later."""
        ...

    def close(self, payment: Payment, reason: str, at: datetime) -> None:
        """Write on an attempt that is over that none may follow."""
        ...

    def record_voided(self, payment: Payment, reason: str, at: datetime) -> None:
        """Move the payment from the status it has to VOIDED."""
        ...

    def record_refunded(self, payment: Payment, reference: str, reason: str, at: datetime) -> None:
        """Move a CAPTURED payment to REFUNDED."""
        ...


def refund_payment(
    order_id: str,
    *,
    reason: str,
    store: RefundStore,
    provider: PaymentProvider,
    clock: Callable[[], datetime],
) -> tuple[str, Outcome]:
    """Close the order's payment and return its id and what that took; a repeat changes nothing and answers the same.

    Raises PaymentProviderUnavailableError, PaymentTimeoutError or UnsettledPaymentError: repeat until it succeeds.
    """
    for _ in range(_ATTEMPTS):
        payment_id, payment = last_attempt(order_id, store.find)
        try:
            if payment is None:
                store.forbid(payment_id, order_id, reason, clock())
                return payment_id, Outcome.NOTHING_TO_REFUND
            return payment_id, _close(payment, reason, store, provider, clock)
        except PaymentMovedError:
            continue
    raise UnsettledPaymentError(f"The payment of order {order_id} kept changing while it was to be closed; try again.")


def _close(
    payment: Payment, reason: str, store: RefundStore, provider: PaymentProvider, clock: Callable[[], datetime]
) -> Outcome:
    if payment.status in OVER:
        if not payment.closed:
            store.close(payment, reason, clock())
        return Outcome.NOTHING_TO_REFUND
    if payment.status is PaymentStatus.REFUNDED:
        return Outcome.REFUNDED
    if payment.status is PaymentStatus.CAPTURED:
        return _refund(payment, reason, store, provider, clock)
    if payment.status is not PaymentStatus.VOIDED:
        # Closed on record first: from here on no step can begin, so the provider's void is the last word.
        store.record_voided(payment, reason, clock())
    elif not payment.attempts:
        return Outcome.NOTHING_TO_REFUND
    # Also when it was VOIDED before: a crash may have come between the record and the provider.
    provider.void(charge_of(payment), reference=payment.provider_reference)
    return Outcome.VOIDED


def _refund(
    payment: Payment, reason: str, store: RefundStore, provider: PaymentProvider, clock: Callable[[], datetime]
) -> Outcome:
    if payment.provider_reference is None:
        raise ValueError(f"{payment.payment_id} is CAPTURED without reference")
    charge = charge_of(payment)
    reference = provider.refund(
        payment.provider_reference,
        amount=charge.amount,
        currency=charge.currency,
        idempotency_key=f"refund_{payment.payment_id}",
    )
    store.record_refunded(payment, reference, reason, clock())
    return Outcome.REFUNDED
