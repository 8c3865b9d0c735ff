"""The way back: whatever became of the charge, the customer ends without it, and it can never come later."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from orderflow.payments.payment import Payment, PaymentStatus, payment_id_of
from orderflow.payments.provider import Charge, PaymentProvider
from orderflow.runtime.errors import TransientError

# Each lost race means that the charge moved on: absent, AUTHORIZING, CAPTURED are all the moves there are.
_ATTEMPTS = 4


class PaymentContendedError(Exception):
    """The payment is no longer as it was read; nothing was written."""


class UnsettledPaymentError(TransientError):
    """The payment kept changing while it was to be closed; try again."""

    code = "PAYMENT_UNSETTLED"


class Outcome(StrEnum):
    """What giving back came to."""

    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"
    NOTHING_TO_REFUND = "NOTHING_TO_REFUND"


class RefundStore(Protocol):
    """Payments on record, while they are closed. Every write raises PaymentContendedError when it comes too late."""

    def find(self, payment_id: str) -> Payment | None:
        """Return the payment as of now."""
        ...

    def forbid(self, order_id: str, reason: str, at: datetime) -> None:
        """Create the payment VOIDED without a charge, so that none can begin later."""
        ...

    def record_voided(self, payment_id: str, reason: str, at: datetime) -> None:
        """Move an AUTHORIZING payment to VOIDED."""
        ...

    def record_refunded(self, payment_id: str, reference: str, reason: str, at: datetime) -> None:
        """Move a CAPTURED payment to REFUNDED."""
        ...


def refund_payment(
    order_id: str,
    *,
    reason: str,
    store: RefundStore,
    provider: PaymentProvider,
    clock: Callable[[], datetime],
) -> Outcome:
    """Close the order's payment and return what that took; repeating it changes nothing and answers the same.

    Raises PaymentProviderUnavailableError, PaymentTimeoutError or UnsettledPaymentError: repeat until it succeeds.
    """
    payment_id = payment_id_of(order_id)
    for _ in range(_ATTEMPTS):
        payment = store.find(payment_id)
        try:
            if payment is None:
                store.forbid(order_id, reason, clock())
                return Outcome.NOTHING_TO_REFUND
            return _close(payment, reason, store, provider, clock)
        except PaymentContendedError:
            continue
    raise UnsettledPaymentError(f"Payment {payment_id} kept changing while it was to be closed; try again.")


def _close(
    payment: Payment, reason: str, store: RefundStore, provider: PaymentProvider, clock: Callable[[], datetime]
) -> Outcome:
    match payment.status:
        case PaymentStatus.DECLINED:
            return Outcome.NOTHING_TO_REFUND
        case PaymentStatus.REFUNDED:
            return Outcome.REFUNDED
        case PaymentStatus.CAPTURED:
            return _refund(payment, reason, store, provider, clock)
        case PaymentStatus.AUTHORIZING:
            # Closed on record first: from here on no attempt can begin, so the provider's void is the last word.
            store.record_voided(payment.payment_id, reason, clock())
        case PaymentStatus.VOIDED if not payment.attempts:
            return Outcome.NOTHING_TO_REFUND
    # Also when it was VOIDED before: a crash may have come between the record and the provider.
    provider.void(
        Charge(payment.payment_id, payment.amount or 0, payment.currency or ""), reference=payment.provider_reference
    )
    return Outcome.VOIDED


def _refund(
    payment: Payment, reason: str, store: RefundStore, provider: PaymentProvider, clock: Callable[[], datetime]
) -> Outcome:
    if payment.provider_reference is None or payment.amount is None or payment.currency is None:
        raise ValueError(f"{payment.payment_id} is CAPTURED without reference, amount and currency")
    reference = provider.refund(
        payment.provider_reference,
        amount=payment.amount,
        currency=payment.currency,
        idempotency_key=f"refund_{payment.payment_id}",
    )
    store.record_refunded(payment.payment_id, reference, reason, clock())
    return Outcome.REFUNDED
