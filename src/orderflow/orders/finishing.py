"""Movements that nobody finished: the process died, the stock was busy, the provider did not answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderflow.orders import fulfilment
from orderflow.orders.movement import MovementState
from orderflow.orders.order import Order
from orderflow.orders.settling import Settlement
from orderflow.runtime.errors import TransientError

MAX_ORDERS = 100  # in one run: each may call a provider that takes seconds


class PendingMovements(Protocol):
    """Orders with movements that are not settled, and when to look at them."""

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the ids of at most `limit` orders that are due for a look, the longest due first."""
        ...

    def find(self, order_id: str) -> Order | None:
        """Return the order as of now."""
        ...

    def put_off(self, order: Order, now: datetime) -> None:
        """Look at the order again later, unless it has changed."""
        ...


@dataclass(frozen=True)
class Finished:
    """What became of an order's open movements, by count."""

    settled: int = 0
    failed: int = 0
    left: int = 0


@dataclass(frozen=True)
class Finisher:
    """Settles what was decided and not carried out."""

    store: PendingMovements
    settlement: Settlement
    clock: Callable[[], datetime]

    def due(self, limit: int = MAX_ORDERS) -> list[str]:
        """Return the orders to look at in this run."""
        return self.store.due(self.clock(), limit)

    def finish(self, order_id: str) -> Finished:
        """Settle the order's pending movements; what cannot be settled yet keeps none of the others waiting."""
        order = self.store.find(order_id)
        if order is None:
            return Finished()
        # First: an order that fails in any way must not stand at the head of every run.
        self.store.put_off(order, self.clock())
        settled = failed = left = 0
        for movement in fulfilment.pending(order):
            try:
                order = self.settlement.settle(order, movement)
            except TransientError:
                left += 1
                continue
            [now_is] = [each for each in order.movements if each.movement_id == movement.movement_id]
            settled += now_is.state is MovementState.DONE
            failed += now_is.state is MovementState.FAILED
        return Finished(settled, failed, left)
