"""Requests to pay an order: one Idempotency-Key of one caller stands for one of them, and keeps its payment method."""

from dataclasses import dataclass, field
from typing import Protocol

from orderflow.orders.payment_terms import PaymentTerms
from orderflow.payments.errors import PaymentRequestUnknownError
from orderflow.payments.payment import THE_ORDER
from orderflow.runtime.idempotency.record import Fact, Point, Record

# The recovery point that a key begins with: whoever goes on with the request, payment steps too, finds its method here.
_ASKED = "asked"


@dataclass(frozen=True)
class PaymentRequest:
    """What a customer asked for; no token means the order's own."""

    request_id: str
    order_id: str
    token: str | None = field(default=None, repr=False)


def asked(order_id: str, token: str | None) -> Point:
    """Return what a key's record keeps of its request."""
    facts: dict[str, Fact] = {"orderId": order_id}
    return Point(_ASKED, facts if token is None else {**facts, "token": token})


def request_of(record: Record) -> PaymentRequest | None:
    """Return the request that a key stands for."""
    point = record.point(_ASKED)
    if point is None:
        return None
    token = point.facts.get("token")
    return PaymentRequest(record.once.id, str(point.facts["orderId"]), None if token is None else str(token))


class RequestReader(Protocol):
    """Requests on record."""

    def find(self, request_id: str) -> PaymentRequest | None:
        """Return the request, expired or not, as of now."""
        ...


def with_its_token(terms: PaymentTerms, requested_by: str, requests: RequestReader) -> PaymentTerms:
    """Return the order's terms with the token that this asker pays with; raises PaymentRequestUnknownError."""
    if requested_by == THE_ORDER:
        return terms
    request = requests.find(requested_by)
    if request is None or request.order_id != terms.order_id:
        raise PaymentRequestUnknownError(requested_by)
    return PaymentTerms(
        terms.order_id, terms.user_id, terms.amount, terms.currency, request.token or terms.token, terms.status
    )
