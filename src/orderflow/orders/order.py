"""An order as customers see it: what was bought, for how much, where it goes, how it stands."""

from dataclasses import dataclass

from orderflow.orders.movement import Movement
from orderflow.orders.status import OrderStatus


@dataclass(frozen=True)
class Address:
    """Where an order is sent; `country` is ISO 3166-1 alpha-2."""

    street: str
    city: str
    zip_code: str
    country: str


@dataclass(frozen=True)
class OrderLine:
    """A product with the name and price that the catalogue had when the order was placed; prices in minor units.

    `discount` is what is taken off the line, `tax` what comes on top of its price.
    """

    product_id: str
    product_name: str
    quantity: int
    unit_price: int
    discount: int = 0
    tax: int = 0

    @property
    def line_total(self) -> int:
        return self.quantity * self.unit_price

    @property
    def paid(self) -> int:
        return self.line_total - self.discount + self.tax


@dataclass(frozen=True)
class StatusReason:
    """Why an order stands where it stands: a stable code, and words for people."""

    code: str
    message: str


@dataclass(frozen=True)
class HistoryEntry:
    """One move of an order; `at` is ISO 8601 in UTC, `by` names the actor, `reason` is a reason's code."""

    status: OrderStatus
    at: str
    by: str
    reason: str | None = None


@dataclass(frozen=True)
class Order:
    """An order; every amount in minor units of `currency` (ISO 4217). It knows nothing of how it is paid.

    `discount` and `tax` are the lines' and the shipping's together; tax that prices include is in none of them.
    `checkout_session_id` is the session of an agent that it was placed for: its owner is then `client-<key id>`.
    """

    order_id: str
    user_id: str
    lines: tuple[OrderLine, ...]
    currency: str
    shipping_address: Address
    history: tuple[HistoryEntry, ...]
    created_at: str
    updated_at: str
    status: OrderStatus = OrderStatus.PENDING
    status_reason: StatusReason | None = None
    version: int = 1
    shipping: int = 0
    tax: int = 0
    discount: int = 0
    refunded: int = 0
    movements: tuple[Movement, ...] = ()
    checkout_session_id: str | None = None

    @property
    def subtotal(self) -> int:
        return sum(line.line_total for line in self.lines)

    @property
    def total(self) -> int:
        return self.subtotal - self.discount + self.shipping + self.tax

    @property
    def adds_up(self) -> bool:
        """Tell whether what the lines say of discount and tax is part of what the order says, and nothing is negative.

        The rest of both is the shipping's, which cannot be discounted by more than it costs.
        """
        off_shipping = self.discount - sum(line.discount for line in self.lines)
        on_shipping = self.tax - sum(line.tax for line in self.lines)
        return (
            0 <= off_shipping <= self.shipping
            and on_shipping >= 0
            and all(line.tax >= 0 and 0 <= line.discount <= line.line_total for line in self.lines)
        )
