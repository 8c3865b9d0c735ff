"""Cancelling an order: one conditional write decides, and order_cancellation gives back whatever was taken.

The workflow is started before anything is written, and makes the same write itself. So a request that dies half-way is
still carried out, and one whose start fails has changed nothing: the client repeats it.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderflow.orders.errors import OrderBusyError
from orderflow.orders.fulfilment import require_legal
from orderflow.orders.order import Order, StatusReason
from orderflow.orders.reading import OrderStore, get_order
from orderflow.orders.status import Action, Actor, OrderStatus
from orderflow.runtime.caller import Caller
from orderflow.runtime.errors import TransientError

# An order has fewer statuses in which it can be cancelled.
_ATTEMPTS = 5


class OrderMovedError(Exception):
    """The order does not stand where it was read; nothing was written."""


@dataclass(frozen=True)
class Cancellation:
    """Who wants which order cancelled, and why."""

    order_id: str
    by: Actor
    reason: StatusReason
    correlation_id: str


class CancellationStore(Protocol):
    """Where an order becomes CANCELLED."""

    def cancel(self, order: Order, cancellation: Cancellation, at: datetime) -> None:
        """Move the order from the status it was read at, one that it can be cancelled in; raises OrderMovedError."""
        ...

    def tell_request(self, order: Order, cancellation: Cancellation, at: datetime) -> None:
        """Leave in the audit trail who asked for it, where another write cancelled the order."""
        ...


class CancellationStarter(Protocol):
    """Where cancellations run."""

    def start(self, cancellation: Cancellation) -> None:
        """Start the order's one cancellation, unless it was started before; raises WorkflowUnavailableError."""
        ...


def cancel_order(
    order_id: str,
    caller: Caller,
    *,
    reason: str | None,
    correlation_id: str,
    orders: OrderStore,
    store: CancellationStore,
    starter: CancellationStarter,
    end_wait: Callable[[str], None],
    clock: Callable[[], datetime],
) -> Order:
    """Cancel the order and return it as it was before; repeating changes nothing and answers the same.

    `end_wait` tells an execution that waits for a review. Not told, it waits in vain until its heartbeat is missed.
    Raises OrderNotFoundError, IllegalActionError where the order has gone too far, and WorkflowUnavailableError:
    nothing was cancelled, repeat.
    """
    order = get_order(order_id, caller, orders)
    if order.status is OrderStatus.CANCELLED:
        return order
    require_legal(order, Action.CANCEL, caller)
    cancellation = _cancellation(order, caller, reason, correlation_id)
    starter.start(cancellation)
    order = _written(order, cancellation, caller, orders, store, clock)
    if order.status is not OrderStatus.CONFIRMED:  # it may have been held since it was read
        with suppress(TransientError):
            end_wait(order_id)
    return order


def _written(
    order: Order,
    cancellation: Cancellation,
    caller: Caller,
    orders: OrderStore,
    store: CancellationStore,
    clock: Callable[[], datetime],
) -> Order:
    """Cancel the order wherever its workflow moves it meanwhile, and return it as it was before."""
    for _ in range(_ATTEMPTS):
        try:
            store.cancel(order, cancellation, clock())
        except OrderMovedError:
            # By our own execution, by another request, or by the order's workflow, which then was faster.
            order = get_order(order.order_id, caller, orders)
            if order.status is OrderStatus.CANCELLED:
                store.tell_request(order, cancellation, clock())
                return order
            require_legal(order, Action.CANCEL, caller)
        else:
            return order
    raise OrderBusyError(order.order_id)


def _cancellation(order: Order, caller: Caller, reason: str | None, correlation_id: str) -> Cancellation:
    if order.user_id == caller.user_id:
        by, told = Actor.CUSTOMER, StatusReason("CANCELLED_BY_CUSTOMER", reason or "The customer cancelled the order.")
    else:
        by, told = Actor.ADMIN, StatusReason("CANCELLED_BY_ADMIN", reason or "The shop cancelled the order.")
    return Cancellation(order.order_id, by, told, correlation_id)
