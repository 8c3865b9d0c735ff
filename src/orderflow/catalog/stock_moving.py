"""Units of an order leave the shop, and come back to the shelf: each shipment and each return once."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderflow.catalog.errors import StockBusyError, StockMoveTooLargeError
from orderflow.catalog.reservations import busy_when_unavailable
from orderflow.catalog.stock import Reservation, StockLine, StockMove, StockMoveKind, merged

# Each lost race means that another shipment or return of the order was moved.
_ATTEMPTS = 10


class StockMoveStore(Protocol):
    """Reservations with what became of them, and the stock that moves with it, in one transaction each."""

    def find(self, order_id: str) -> Reservation | None:
        """Return the order's reservation as it is now."""
        ...

    def move(self, reservation: Reservation, move: StockMove, at: datetime) -> bool:
        """Add the move to the reservation and move its units, or do nothing; False when the reservation has changed.

        Raises StockLedgerError.
        """
        ...


@dataclass(frozen=True)
class StockRoom:
    """Moves what orders were given."""

    store: StockMoveStore
    clock: Callable[[], datetime]

    def ship(self, order_id: str, movement_id: str, lines: Iterable[StockLine]) -> None:
        """Move units that the order holds from reserved to sold; repeating it changes nothing.

        Raises:
            StockBusyError: try again.
            StockMoveTooLargeError: the order does not hold so many.
            StockLedgerError: the stock rows contradict the reservation.
        """
        self._move(order_id, StockMove(movement_id, StockMoveKind.SHIPPED, merged(lines)))

    def take_back(self, order_id: str, movement_id: str, lines: Iterable[StockLine]) -> None:
        """Move units that the order took from sold to available; repeating it changes nothing. Raises as `ship`."""
        self._move(order_id, StockMove(movement_id, StockMoveKind.RETURNED, merged(lines)))

    def _move(self, order_id: str, move: StockMove) -> None:
        with busy_when_unavailable():
            for _ in range(_ATTEMPTS):
                reservation = self.store.find(order_id)
                if reservation and any(each.move_id == move.move_id for each in reservation.moves):
                    return
                left = _left(reservation, move.kind) if reservation else Counter[str]()
                if reservation is None or any(line.quantity > left[line.product_id] for line in move.lines):
                    raise StockMoveTooLargeError(order_id, move.move_id)
                if self.store.move(reservation, move, self.clock()):
                    return
        raise StockBusyError


def _left(reservation: Reservation, kind: StockMoveKind) -> Counter[str]:
    return reservation.held if kind is StockMoveKind.SHIPPED else reservation.sold
