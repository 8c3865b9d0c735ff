"""What a customer may see of a payment: their own, without what moves money. Administrators see everyone's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from orderflow.payments.errors import PaymentNotFoundError
from orderflow.payments.payment import Payment, PaymentStatus
from orderflow.runtime.caller import Caller

_PAYMENT_ID = re.compile(r"pay_[0-9A-HJKMNP-TV-Z]{26}(_[1-9][0-9]?)?")
_LONGEST_ECHO = 33


@dataclass(frozen=True)
class ShownPayment:
    """A payment with its history of (status, ISO 8601 time), and whose it is: None where no charge was tried."""

    payment: Payment
    user_id: str | None
    history: tuple[tuple[PaymentStatus, str], ...]
    created_at: str
    updated_at: str


class PaymentReader(Protocol):
    """Payments as they are read."""

    def show(self, payment_id: str) -> ShownPayment | None:
        """Return the payment as of now."""
        ...


def get_payment(payment_id: str, caller: Caller, store: PaymentReader) -> ShownPayment:
    """Return a payment of the caller, any for administrators; raises PaymentNotFoundError, also for a stranger's."""
    shown = store.show(payment_id) if _PAYMENT_ID.fullmatch(payment_id) else None
    if shown is None or not (shown.user_id == caller.user_id or caller.is_admin):
        raise PaymentNotFoundError(payment_id[:_LONGEST_ECHO])
    return shown


def as_json(payment: Payment) -> dict[str, Any]:
    """Return the payment as the contract's schema `PaidOrder`: never its token or the provider's reference."""
    shown = {
        "paymentId": payment.payment_id,
        "orderId": payment.order_id,
        "status": payment.status.value,
        "amount": payment.amount,
        "currency": payment.currency,
        "declineCode": payment.decline_code,
    }
    return {name: value for name, value in shown.items() if value is not None}


def shown_as_json(shown: ShownPayment) -> Mapping[str, Any]:
    """Return the payment as the contract's schema `Payment`."""
    return {
        **as_json(shown.payment),
        "history": [{"status": status.value, "at": at} for status, at in shown.history],
        "createdAt": shown.created_at,
        "updatedAt": shown.updated_at,
    }
