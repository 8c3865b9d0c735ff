"""Stock for an order: all of its lines or none, once, and back again once."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from orderflow.catalog.errors import (
    OutOfStockError,
    ReservationMismatchError,
    ReservationReleasedError,
    ReservationShippedError,
    StockBusyError,
    UnknownProductError,
)
from orderflow.catalog.pricing import PriceStore, price_items
from orderflow.catalog.stock import Reservation, ReservationStatus, StockLine, merged
from orderflow.runtime.errors import TransientError

_RELEASE_ATTEMPTS = 3  # each lost race means that another call moved the reservation on: two moves are all there are


class ReservationExistsError(Exception):
    """The order has a reservation on record already."""


class ReservationStore(Protocol):
    """Reservations and the stock they move, in one transaction each."""

    def find(self, order_id: str) -> Reservation | None:
        """Return the order's reservation as it is now."""
        ...

    def reserve(self, order_id: str, lines: tuple[StockLine, ...], at: datetime) -> None:
        """Record the reservation and move every line's units from available to reserved, or do nothing.

        Raises ReservationExistsError, OutOfStockError, UnknownProductError (a product without a stock row).
        """
        ...

    def release(self, reservation: Reservation, at: datetime) -> bool:
        """Close the reservation and move its units back; False when it was closed before. Raises StockLedgerError."""
        ...

    def forbid(self, order_id: str, at: datetime) -> bool:
        """Record a release without lines, so that a late reservation is refused; False when there is a record."""
        ...


def reserve_stock(
    order_id: str,
    lines: Iterable[StockLine],
    *,
    store: ReservationStore,
    prices: PriceStore,
    clock: Callable[[], datetime],
) -> None:
    """Reserve every line for the order; repeating it changes nothing.

    Raises:
        OutOfStockError: a product has too few units.
        UnknownProductError: a product is not sold, or no longer.
        StockBusyError: try again.
        ReservationReleasedError: the order's stock was released before.
        ReservationMismatchError: the order holds other lines.
    """
    wanted = merged(lines)
    with busy_when_unavailable():
        try:
            price_items((line.product_id for line in wanted), prices)
            store.reserve(order_id, wanted, clock())
        except (ReservationExistsError, OutOfStockError, UnknownProductError) as refusal:
            # An earlier attempt of this very order may have taken the last units, or come before the withdrawal.
            held = store.find(order_id)
            if held is not None:
                _require_same(held, wanted)
            elif isinstance(refusal, ReservationExistsError):
                raise StockBusyError from refusal
            else:
                raise


def release_stock(order_id: str, *, store: ReservationStore, clock: Callable[[], datetime]) -> bool:
    """Give back what the order holds and close it for good; False when it never held anything. Repeating is safe.

    Raises:
        StockBusyError: try again.
        StockLedgerError: the stock rows contradict the reservation.
        ReservationShippedError: units left the shop already.
    """
    with busy_when_unavailable():
        for _ in range(_RELEASE_ATTEMPTS):
            held = store.find(order_id)
            if held is None:
                if store.forbid(order_id, clock()):
                    return False
            elif held.status is ReservationStatus.RELEASED:
                return bool(held.lines)
            elif held.moves:
                raise ReservationShippedError(order_id)
            elif store.release(held, clock()):
                return True
    raise StockBusyError


def _require_same(held: Reservation, wanted: tuple[StockLine, ...]) -> None:
    if held.status is ReservationStatus.RELEASED:
        raise ReservationReleasedError(held.order_id)
    if held.lines != wanted:
        raise ReservationMismatchError(held.order_id)


@contextmanager
def busy_when_unavailable() -> Iterator[None]:
    """Say StockBusyError for whatever may pass."""
    # The workflow repeats a step on StockBusyError: one name for every failure that may pass.
    try:
        yield
    except TransientError as error:
        raise StockBusyError from error
