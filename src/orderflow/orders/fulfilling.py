"""Shipping, delivering, taking back, refunding by administrators: decided in one write of the order, then carried out.

The order's row is written first, on the version it was read at: it says what happens, and keeps the order among those
that `finish_movements` looks at. So whoever dies, or meets a stock table or a provider that does not answer, leaves
nothing behind that is not finished later; the answer says PENDING then.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderflow.catalog.stock import StockLine
from orderflow.orders import fulfilment
from orderflow.orders.errors import MovementInterruptedError, OrderBusyError
from orderflow.orders.movement import ACTIONS, Movement, MovementKind, MovementState
from orderflow.orders.order import Order
from orderflow.orders.reading import OrderStore as OrderReader
from orderflow.orders.reading import get_order
from orderflow.orders.settling import OrderChangedError, Settlement
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso
from orderflow.runtime.errors import TransientError
from orderflow.runtime.idempotency.errors import IdempotencyConflictError
from orderflow.runtime.idempotency.once import Once

# Each lost race means that another movement was recorded.
_ATTEMPTS = 10
_PREFIXES = {
    MovementKind.SHIPMENT: "shp",
    MovementKind.DELIVERY: "dlv",
    MovementKind.RETURN: "ret",
    MovementKind.REFUND: "ref",
}


class MovementStore(Protocol):
    """Where an order's movements are decided."""

    def save(self, before: Order, after: Order, now: datetime) -> None:
        """Write what differs, if the order still is at `before`'s version; raises OrderChangedError."""
        ...


@dataclass(frozen=True)
class Asked:
    """Who asks, about which order, with which key if any."""

    order_id: str
    caller: Caller
    correlation_id: str
    once: Once | None = None


@dataclass(frozen=True)
class Moved:
    """The order after a movement: `replayed` when it had been asked for before, `carried_out` when it was just now."""

    order: Order
    movement: Movement
    replayed: bool
    carried_out: bool


Decision = Callable[[Order, Movement], Movement]  # fills in what moves, from the order as it is


@dataclass(frozen=True)
class Fulfilling:
    """Moves confirmed orders on.

    Every action raises ForbiddenError (no administrator), OrderNotFoundError, IllegalActionError (409 with the legal
    ones), IdempotencyConflictError, TooManyMovementsError, OrderBusyError, what its decision raises, and
    MovementInterruptedError: it is recorded, asking again would be another one.
    """

    orders: OrderReader
    store: MovementStore
    settlement: Settlement
    clock: Callable[[], datetime]
    ids: Callable[[], str]

    def ship(
        self, asked: Asked, lines: Sequence[StockLine] | None, *, carrier: str | None, tracking_number: str | None
    ) -> Moved:
        """Ship lines, None meaning everything that is left; raises NotEnoughUnitsError."""

        def decide(order: Order, movement: Movement) -> Movement:
            taken = fulfilment.shipped_lines(order, lines)
            return dataclasses.replace(movement, lines=taken, carrier=carrier, tracking_number=tracking_number)

        return self._move(asked, MovementKind.SHIPMENT, decide)

    def deliver(self, asked: Asked, shipment_id: str) -> Moved:
        """Note that a shipment arrived, once; raises UnknownShipmentError."""

        def decide(order: Order, movement: Movement) -> Movement:
            fulfilment.require_shipment(order, shipment_id)
            return dataclasses.replace(movement, shipment_id=shipment_id)

        return self._move(
            asked, MovementKind.DELIVERY, decide, done_before=lambda order: fulfilment.delivery_of(order, shipment_id)
        )

    def take_back(self, asked: Asked, lines: Sequence[StockLine], *, restock: bool, reason: str) -> Moved:
        """Note that lines came back, and whether they are for sale again; raises NotEnoughUnitsError."""

        def decide(order: Order, movement: Movement) -> Movement:
            taken = fulfilment.returned_lines(order, lines)
            return dataclasses.replace(movement, lines=taken, restock=restock, reason=reason)

        return self._move(asked, MovementKind.RETURN, decide)

    def refund(self, asked: Asked, *, amount: int | None, lines: Sequence[StockLine] | None, reason: str) -> Moved:
        """Give back an amount, or what was paid for lines; raises what `fulfilment.refunded_part` raises."""

        def decide(order: Order, movement: Movement) -> Movement:
            part, taken = fulfilment.refunded_part(order, amount, lines)
            return dataclasses.replace(movement, amount=part, lines=taken, reason=reason)

        return self._move(asked, MovementKind.REFUND, decide)

    def _move(
        self,
        asked: Asked,
        kind: MovementKind,
        decide: Decision,
        *,
        done_before: Callable[[Order], Movement | None] = lambda _: None,
    ) -> Moved:
        asked.caller.require_admin()
        # Made once: a write that landed and whose answer was lost is met again as our own.
        movement_id = f"{_PREFIXES[kind]}_{self.ids()}"
        for _ in range(_ATTEMPTS):
            order = get_order(asked.order_id, asked.caller, self.orders)
            if ours := _of_id(order, movement_id):
                return self._finish(order, ours)
            if earlier := _asked_before(order, asked.once) or done_before(order):
                return self._finish(order, earlier, replayed=True)
            fulfilment.require_legal(order, ACTIONS[kind], asked.caller)
            now = self.clock()
            blank = Movement(movement_id, kind, order.status, iso(now), asked.correlation_id, once=asked.once)
            after = fulfilment.moved(order, decide(order, blank))
            try:
                self.store.save(order, after, now)
            except OrderChangedError:
                continue
            return self._finish(after, after.movements[-1])
        raise OrderBusyError(asked.order_id)

    def _finish(self, order: Order, movement: Movement, *, replayed: bool = False) -> Moved:
        try:
            order = self.settlement.settle(order, movement)
        except TransientError:
            # It is recorded, and finish_movements carries it out: an error would make the client ask for another one.
            return Moved(order, movement, replayed, carried_out=False)
        except Exception as error:
            raise MovementInterruptedError(order.order_id, movement.movement_id) from error
        was_pending = movement.state is MovementState.PENDING
        return Moved(order, _of_id(order, movement.movement_id) or movement, replayed, carried_out=was_pending)


def _of_id(order: Order, movement_id: str) -> Movement | None:
    return next((each for each in order.movements if each.movement_id == movement_id), None)


def _asked_before(order: Order, once: Once | None) -> Movement | None:
    for movement in order.movements:
        if once and movement.once and movement.once.id == once.id:
            if movement.once.fingerprint != once.fingerprint:
                raise IdempotencyConflictError
            return movement
    return None
