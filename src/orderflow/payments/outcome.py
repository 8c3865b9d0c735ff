"""What became of an order's payment, from its record: the workflow asks when the payment's execution did not say."""

from typing import Protocol

from orderflow.payments.errors import PaymentDeclinedError, PaymentInProgressError, PaymentNotCapturedError
from orderflow.payments.payment import LIVE, Payment, PaymentStatus, last_attempt


class OutcomeStore(Protocol):
    """Payments on record."""

    def find(self, payment_id: str) -> Payment | None:
        """Return the payment as of now."""
        ...


def find_payment_outcome(order_id: str, store: OutcomeStore) -> Payment:
    """Return the order's captured payment, whoever asked for it.

    Raises:
        PaymentDeclinedError: the last attempt was declined.
        PaymentInProgressError: an attempt is under way; repeat.
        PaymentNotCapturedError: there is none, or it came to nothing.
    """
    payment_id, payment = last_attempt(order_id, store.find)
    if payment is not None and payment.status is PaymentStatus.CAPTURED:
        return payment
    if payment is not None and payment.status is PaymentStatus.DECLINED:
        raise PaymentDeclinedError(payment.decline_code or "declined")
    if payment is not None and payment.status in LIVE:
        raise PaymentInProgressError(payment_id)
    raise PaymentNotCapturedError(order_id)
