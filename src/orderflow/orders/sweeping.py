"""Orders that stopped moving: found by a sparse index, queued again, or finished by a fresh execution.

Every repair is safe to repeat: an execution is started once per name, and every write has a condition.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from orderflow.orders.execution_names import MAX_REPAIRS, cancellation_names, repair_names
from orderflow.orders.open_orders import OPEN, next_look
from orderflow.orders.order import StatusReason
from orderflow.orders.status import OrderStatus

# DescribeExecution is the scarcest call: a bucket of 300 that fills at 15 a second in most regions, and an order may
# take six. docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MAX_ORDERS = 200


class ExecutionState(StrEnum):
    """What became of an execution; ABSENT when none has the name."""

    RUNNING = "RUNNING"
    ENDED = "ENDED"
    ABSENT = "ABSENT"


class Finding(StrEnum):
    """What the sweeper saw of one order, and so what it did."""

    RUNNING = "RUNNING"  # its execution works on it: left alone
    NOT_PICKED_UP = "NOT_PICKED_UP"  # no execution ever had its name: queued again
    ABANDONED = "ABANDONED"  # its execution is gone: a fresh one was started
    BEYOND_REPAIR = "BEYOND_REPAIR"  # the fresh ones are gone, too: a person must look
    ENDED = "ENDED"  # ended by a write that left it in the index: taken out
    MOVED_ON = "MOVED_ON"  # the index was behind: nothing to do


REPAIRS = frozenset({Finding.NOT_PICKED_UP, Finding.ABANDONED, Finding.BEYOND_REPAIR, Finding.ENDED})


@dataclass(frozen=True)
class OpenOrder:
    """What the sweeper knows of an order; `check_after` None when it is in the index no more.

    `waits` tells that its execution waits for a person, or for the news of what that person decided. `reason` is why it
    is as it is; `settled` tells that it is cancelled and has given back everything.
    """

    order_id: str
    status: OrderStatus
    correlation_id: str
    check_after: str | None
    execution: str | None = None
    waits: bool = False
    reason: StatusReason | None = None
    settled: bool = False


@dataclass(frozen=True)
class Look:
    """What a look at an order found; `fresh` is the execution to start when its own is gone."""

    order: OpenOrder | None
    finding: Finding
    fresh: str | None = None


class OpenOrderStore(Protocol):
    """Orders that are not finished, and when to look at them."""

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the ids of at most `limit` orders that are due for a look, the longest due first."""
        ...

    def find(self, order_id: str) -> OpenOrder | None:
        """Return the order as it is now."""
        ...

    def look_again(self, order: OpenOrder, check_after: str) -> None:
        """Put the next look off, unless the order has changed since it was read."""
        ...

    def take_out(self, order: OpenOrder) -> None:
        """Take the order out of the index, unless its status has changed since it was read."""
        ...


class Executions(Protocol):
    """Executions of one of the order's workflows."""

    def identify(self, name: str) -> str:
        """Return the ARN that an execution of this name has or would have."""
        ...

    def state(self, execution: str) -> ExecutionState:
        """Return what became of the execution."""
        ...

    def restart(self, order: OpenOrder, name: str) -> None:
        """Start an execution that finishes the order, unless one has the name; raises WorkflowUnavailableError."""
        ...


class OrderQueue(Protocol):
    """The way to the workflow."""

    def send(self, order_id: str, correlation_id: str) -> None:
        """Queue the order; raises QueueUnavailableError."""
        ...


@dataclass(frozen=True)
class Sweeper:
    """Makes orders that stopped moving finish."""

    store: OpenOrderStore
    executions: Executions
    cancellations: Executions
    queue: OrderQueue
    tend_wait: Callable[[str], None]
    clock: Callable[[], datetime]
    repairs: int = MAX_REPAIRS

    def due(self, limit: int = MAX_ORDERS) -> list[str]:
        """Return the orders to look at in this run."""
        return self.store.due(self.clock(), limit)

    def sweep(self, order_id: str) -> Finding:
        """Look at one order and make it go on. Dying anywhere in between, the next look does what is missing."""
        look = self.look(order_id)
        if look.order is None or look.finding is Finding.MOVED_ON:
            return Finding.MOVED_ON
        match look.finding:
            case Finding.ENDED:
                self.store.take_out(look.order)
                return Finding.ENDED
            case Finding.NOT_PICKED_UP:
                self.queue.send(look.order.order_id, look.order.correlation_id)
            case Finding.RUNNING if look.order.waits:
                self.tend_wait(look.order.order_id)
            case Finding.ABANDONED if look.fresh:
                self._workflow_of(look.order).restart(look.order, look.fresh)
        # Last: who dies before this looks again at once, and finds what was done.
        self.store.look_again(look.order, next_look(self.clock()))
        return look.finding

    def look(self, order_id: str) -> Look:
        """Return how an order stands and what it needs, and change nothing."""
        order = self.store.find(order_id)
        if order is None or order.check_after is None:
            return Look(order, Finding.MOVED_ON)
        if order.status is OrderStatus.CANCELLED and not order.settled:
            return self._cancelled(order)
        if order.status not in OPEN:
            return Look(order, Finding.ENDED)
        state = self.executions.state(order.execution or self.executions.identify(order.order_id))
        if state is ExecutionState.RUNNING:
            return Look(order, Finding.RUNNING)
        if state is ExecutionState.ABSENT and order.status is OrderStatus.PENDING:
            return Look(order, Finding.NOT_PICKED_UP)
        return self._next(order, repair_names(order.order_id, self.repairs))

    def _cancelled(self, order: OpenOrder) -> Look:
        look = self._next(order, cancellation_names(order.order_id, self.repairs))
        # It is due from the start: its execution may have ended well after the order was read.
        if look.finding is not Finding.RUNNING and self.store.find(order.order_id) != order:
            return Look(order, Finding.MOVED_ON)
        return look

    def _next(self, order: OpenOrder, names: Iterable[str]) -> Look:
        workflow = self._workflow_of(order)
        for name in names:
            match workflow.state(workflow.identify(name)):
                case ExecutionState.RUNNING:
                    return Look(order, Finding.RUNNING)
                case ExecutionState.ABSENT:
                    return Look(order, Finding.ABANDONED, name)
        return Look(order, Finding.BEYOND_REPAIR)

    def _workflow_of(self, order: OpenOrder) -> Executions:
        return self.cancellations if order.status is OrderStatus.CANCELLED else self.executions
