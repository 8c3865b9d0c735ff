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


class StockMoveKind(Enum):
    """SHIPPED units went from reserved to sold, RETURNED ones from sold to available."""

    SHIPPED = "SHIPPED"
    RETURNED = "RETURNED"


@dataclass(frozen=True)
class StockMove:
    """Units of an order that left the shop or came back; `move_id` makes a repeat known."""

    move_id: str
    kind: StockMoveKind
    lines: tuple[StockLine, ...]


@dataclass(frozen=True)
class Reservation:
    """What one order was given, each product once, and what became of it since.

    One without lines is a release that came before its reservation.
    """

    order_id: str
    lines: tuple[StockLine, ...]
    status: ReservationStatus
    moves: tuple[StockMove, ...] = ()

    @property
    def held(self) -> Counter[str]:
        """Units of each product that are still reserved for the order."""
        if self.status is ReservationStatus.RELEASED:
            return Counter()
        return _units(self.lines) - self._moved(StockMoveKind.SHIPPED)

    @property
    def sold(self) -> Counter[str]:
        """Units of each product that left the shop and did not come back to the shelf."""
        return self._moved(StockMoveKind.SHIPPED) - self._moved(StockMoveKind.RETURNED)

    def _moved(self, kind: StockMoveKind) -> Counter[str]:
        return _units(line for move in self.moves if move.kind is kind for line in move.lines)


def merged(lines: Iterable[StockLine]) -> tuple[StockLine, ...]:
    """Return the lines with each product once, sorted by product: a transaction may touch a row only once."""
    return tuple(StockLine(product_id, quantity) for product_id, quantity in sorted(_units(lines).items()))


def _units(lines: Iterable[StockLine]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for line in lines:
        totals[line.product_id] += line.quantity
    return totals
