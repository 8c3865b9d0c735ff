"""A payment: one per order, named by it, charged at most once."""

from dataclasses import dataclass
from enum import StrEnum


class PaymentStatus(StrEnum):
    """Where a payment stands. AUTHORIZING means that the provider may or may not have charged: ask again, same key."""

    AUTHORIZING = "AUTHORIZING"
    CAPTURED = "CAPTURED"
    DECLINED = "DECLINED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"


@dataclass(frozen=True)
class Payment:
    """A payment on record; `amount` in minor units of `currency`, both None where no charge was ever tried."""

    payment_id: str
    order_id: str
    status: PaymentStatus
    attempts: int = 0
    amount: int | None = None
    currency: str | None = None
    provider_reference: str | None = None
    decline_code: str | None = None


def payment_id_of(order_id: str) -> str:
    """Return the id of the order's payment: deterministic, so that a repeat finds the first charge."""
    return f"pay_{order_id}"
