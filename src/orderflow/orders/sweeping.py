"""Orders that stopped moving: found by a sparse index, queued again, or finished by a fresh execution.

Every repair is safe to repeat: an execution is started once per name, and every write has a condition.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from orderflow.orders.open_orders import OPEN, next_look
from orderflow.orders.status import OrderStatus

# DescribeExecution is the scarcest call: a bucket of 300 that fills at 15 a second in most regions, and an order may
# take six. docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MAX_ORDERS = 200
# Each failed with the one before it. More would repeat the same failure.
MAX_REPAIRS = 5


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

    `waits` tells that its execution waits for a person, or for the news of what that person decided.
    """

    order_id: str
    status: OrderStatus
    correlation_id: str
    check_after: str | None
    execution: str | None = None
    waits: bool = False


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
    """Executions of order_processing."""

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
                self.executions.restart(look.order, look.fresh)
        # Last: who dies before this looks again at once, and finds what was done.
        self.store.look_again(look.order, next_look(self.clock()))
        return look.finding

    def look(self, order_id: str) -> Look:
        """Return how an order stands and what it needs, and change nothing."""
        order = self.store.find(order_id)
        if order is None or order.check_after is None:
            return Look(order, Finding.MOVED_ON)
        if order.status not in OPEN:
            return Look(order, Finding.ENDED)
        state = self.executions.state(order.execution or self.executions.identify(order.order_id))
        if state is ExecutionState.RUNNING:
            return Look(order, Finding.RUNNING)
        if state is ExecutionState.ABSENT and order.status is OrderStatus.PENDING:
            return Look(order, Finding.NOT_PICKED_UP)
        return self._lost(order)

    def _lost(self, order: OpenOrder) -> Look:
        for name in repair_names(order.order_id, self.repairs):
            match self.executions.state(self.executions.identify(name)):
                case ExecutionState.RUNNING:
                    return Look(order, Finding.RUNNING)
                case ExecutionState.ABSENT:
                    return Look(order, Finding.ABANDONED, name)
        return Look(order, Finding.BEYOND_REPAIR)


def repair_names(order_id: str, repairs: int = MAX_REPAIRS) -> Iterator[str]:
    """Yield the names of the executions that may finish an order after its first, in their order."""
    return (f"{order_id}-repair-{attempt}" for attempt in range(1, repairs + 1))
