"""What payments may know of an order: who owes how much, whether it is still open, and the token that pays."""

from dataclasses import dataclass, field
from typing import Protocol

from orderflow.orders.errors import OrderNotFoundError
from orderflow.orders.status import OrderStatus

# Until it is confirmed, the whole total is open; after that it is paid, and an order that ended otherwise owes nothing.
_UNPAID = frozenset({OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.REVIEW})


@dataclass(frozen=True)
class PaymentTerms:
    """What an order owes; `amount` in minor units of `currency`. The token never shows in logs or errors."""

    order_id: str
    user_id: str
    amount: int
    currency: str
    token: str = field(repr=False)
    status: OrderStatus = OrderStatus.PROCESSING

    @property
    def is_open(self) -> bool:
        """Whether the order still owes its amount, unless a payment has been captured for it."""
        return self.status in _UNPAID


class PaymentTermsStore(Protocol):
    """Where the terms are kept."""

    def find(self, order_id: str) -> PaymentTerms | None:
        """Return the order's terms as of now."""
        ...


def read_payment_terms(order_id: str, store: PaymentTermsStore) -> PaymentTerms:
    """Return what the order owes and how it is paid; raises OrderNotFoundError."""
    terms = store.find(order_id)
    if terms is None:
        raise OrderNotFoundError(order_id)
    return terms
