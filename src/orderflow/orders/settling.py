"""Carrying out what was decided: stock, money and the notice follow the order's row, each safe to repeat by its id."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from orderflow.catalog.stock import StockLine
from orderflow.orders import fulfilment
from orderflow.orders.errors import OrderBusyError, OrderNotFoundError
from orderflow.orders.movement import Movement, MovementKind, MovementState
from orderflow.orders.movement_notice import notice_of
from orderflow.orders.order import Order
from orderflow.payments.errors import RefundRefusedError
from orderflow.runtime.clock import iso

_ATTEMPTS = 10
Part = TypeVar("Part")


class OrderChangedError(Exception):
    """The order is not at the version that was read; nothing was written."""


class SettlingStore(Protocol):
    """Orders with movements that are not settled."""

    def find(self, order_id: str) -> Order | None:
        """Return the order as of now."""
        ...

    def save(self, before: Order, after: Order, now: datetime) -> None:
        """Write what differs, if the order still is at `before`'s version; raises OrderChangedError."""
        ...


class StockRoom(Protocol):
    """The catalogue's use cases for units that leave and come back, each once per movement."""

    def ship(self, order_id: str, movement_id: str, lines: Sequence[StockLine]) -> None:
        """Move reserved units to sold; raises StockBusyError."""
        ...

    def take_back(self, order_id: str, movement_id: str, lines: Sequence[StockLine]) -> None:
        """Move sold units to available; raises StockBusyError."""
        ...


class Till(Protocol):
    """The payments' use case for a part of an order's money."""

    def refund(self, order_id: str, refund_id: str, *, amount: int, currency: str, reason: str) -> None:
        """Give the amount back once per refund id; raises RefundRefusedError for good, or a TransientError."""
        ...


class Notices(Protocol):
    """The way to whoever wants to know."""

    def publish(self, message: dict[str, Any]) -> None:
        """Send an event, perhaps more than once; raises NoticesUnavailableError."""
        ...


@dataclass(frozen=True)
class Settlement:
    """Makes stock, money and the world follow a movement, then records that they did.

    A function has no `stock` or `till` where its route never moves any, and so needs no right to.
    """

    store: SettlingStore
    notices: Notices
    clock: Callable[[], datetime]
    stock: StockRoom | None = None
    till: Till | None = None

    def settle(self, order: Order, movement: Movement) -> Order:
        """Carry a movement of the order out, unless it is settled, and return the order; repeating changes nothing.

        Raises a TransientError when it has to be repeated later.
        """
        if movement.state is not MovementState.PENDING:
            return order
        if movement.kind is MovementKind.RETURN:
            # Units can only come back to the shelf from those that left it.
            for earlier in fulfilment.pending(order):
                if earlier.kind is MovementKind.SHIPMENT:
                    order = self.settle(order, earlier)
        failure = self._carry_out(order, movement)
        if failure is None:
            self.notices.publish(notice_of(order, movement, self.clock()))
        return self._record(order.order_id, movement.movement_id, failure)

    def _carry_out(self, order: Order, movement: Movement) -> str | None:
        """Move what is to be moved; return the code of a refusal that is final."""
        match movement.kind:
            case MovementKind.SHIPMENT:
                _given(self.stock).ship(order.order_id, movement.movement_id, movement.lines)
            case MovementKind.RETURN if movement.restock:
                _given(self.stock).take_back(order.order_id, movement.movement_id, movement.lines)
            case MovementKind.REFUND:
                try:
                    _given(self.till).refund(
                        order.order_id,
                        movement.movement_id,
                        amount=movement.amount,
                        currency=order.currency,
                        reason=MovementKind.REFUND.value,
                    )
                except RefundRefusedError as refusal:
                    return refusal.refusal_code
        return None

    def _record(self, order_id: str, movement_id: str, failure: str | None) -> Order:
        for _ in range(_ATTEMPTS):
            order = self.store.find(order_id)
            if order is None:
                raise OrderNotFoundError(order_id)
            [movement] = [each for each in order.movements if each.movement_id == movement_id]
            if movement.state is not MovementState.PENDING:
                return order
            now = self.clock()
            after = fulfilment.settled(order, movement, failure, iso(now))
            try:
                self.store.save(order, after, now)
            except OrderChangedError:
                continue
            return after
        raise OrderBusyError(order_id)


def _given(part: Part | None) -> Part:
    if part is None:
        raise LookupError("this function's handler gave the settlement no way to carry that out")
    return part
