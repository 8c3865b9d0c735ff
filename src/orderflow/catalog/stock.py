"""Units of a product, and what an order holds of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Stock:
    """Units of one product: free to sell, held by orders, and shipped. Orders never change the total.

    `updated_at` is ISO 8601 in UTC.
    """

    available: int
    reserved: int
    sold: int
    updated_at: str

    @property
    def total(self) -> int:
        return self.available + self.reserved + self.sold


@dataclass(frozen=True)
class StockLine:
    """So many units of one product."""

    product_id: str
    quantity: int


class ReservationStatus(Enum):
    """RESERVED holds units; RELEASED has given them back, for good."""

    RESERVED = "RESERVED"
    RELEASED = "RELEASED"


@dataclass(frozen=True)
class Reservation:
    """What one order holds, each product once. One without lines is a release that came before its reservation."""

    order_id: str
    lines: tuple[StockLine, ...]
    status: ReservationStatus


def merged(lines: Iterable[StockLine]) -> tuple[StockLine, ...]:
    """Return the lines with each product once, sorted by product: a transaction may touch a row only once."""
    totals: Counter[str] = Counter()
    for line in lines:
        totals[line.product_id] += line.quantity
    return tuple(StockLine(product_id, quantity) for product_id, quantity in sorted(totals.items()))
