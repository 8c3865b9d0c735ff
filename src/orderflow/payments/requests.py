"""Requests to pay an order: one Idempotency-Key of one caller stands for one of them, and keeps its payment method."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from orderflow.orders.payment_terms import PaymentTerms
from orderflow.payments.errors import PaymentRequestUnknownError
from orderflow.payments.payment import THE_ORDER


@dataclass(frozen=True)
class PaymentRequest:
    """What a customer asked for, good until `expires_at` (seconds since 1970); no token means the order's own."""

    request_id: str
    fingerprint: str
    order_id: str
    expires_at: int
    token: str | None = field(default=None, repr=False)

    def is_current(self, now: datetime) -> bool:
        """Tell whether the request still stands: DynamoDB deletes expired items late, by days at worst."""
        return self.expires_at > int(now.timestamp())


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
