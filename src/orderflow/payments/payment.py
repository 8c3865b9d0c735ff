"""A payment: one row for each attempt to pay an order, one attempt alive at a time, at most one captured."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

# Who asks for the attempt that the order's own workflow makes; every other one is asked for by a request's id.
THE_ORDER = "order"


class PaymentStatus(StrEnum):
    """Where an attempt stands.

    AUTHORIZING and AUTHORIZED mean that the provider may have been asked for the next step: what came of it is known
    to the provider alone. VOIDING gives back what may be held. After DECLINED and FAILED the order may be paid by a
    further attempt; VOIDED and REFUNDED close the order for good.
    """

    AUTHORIZING = "AUTHORIZING"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    DECLINED = "DECLINED"
    VOIDING = "VOIDING"
    FAILED = "FAILED"
    VOIDED = "VOIDED"
    REFUNDED = "REFUNDED"


# The provider may hold or have taken money, and nobody has written down what became of it.
LIVE = frozenset({PaymentStatus.AUTHORIZING, PaymentStatus.AUTHORIZED, PaymentStatus.VOIDING})
# The attempt came to nothing, and another may follow.
OVER = frozenset({PaymentStatus.DECLINED, PaymentStatus.FAILED})


@dataclass(frozen=True)
class Payment:
    """A payment on record; `amount` in minor units of `currency`, both None where no charge was ever tried.

    `requested_by` is THE_ORDER or a request's id, `successor` the attempt that followed, `closed` that none may follow.
    """

    payment_id: str
    order_id: str
    status: PaymentStatus
    attempts: int = 0
    amount: int | None = None
    currency: str | None = None
    provider_reference: str | None = None
    decline_code: str | None = None
    requested_by: str | None = None
    successor: str | None = None
    closed: bool = False


def payment_id_of(order_id: str, number: int = 1) -> str:
    """Return the id of the order's attempt: deterministic, so that a repeat finds the first charge."""
    return f"pay_{order_id}" if number == 1 else f"pay_{order_id}_{number}"


def number_of(payment_id: str) -> int:
    """Return which of its order's attempts a payment is, from 1."""
    _, _, number = payment_id.removeprefix("pay_").partition("_")
    return int(number or 1)


def last_attempt(order_id: str, find: Callable[[str], Payment | None]) -> tuple[str, Payment | None]:
    """Return the order's last attempt and its id; None when the id is reserved, and nobody has begun it."""
    payment_id = payment_id_of(order_id)
    while (payment := find(payment_id)) is not None and payment.successor is not None:
        payment_id = payment.successor
    return payment_id, payment
