"""Stopped orders for tests: a shop's repair shop in memory, its executions kept by name."""

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime

from orderflow.orders.order import StatusReason
from orderflow.orders.status import OrderStatus
from orderflow.orders.sweeping import ExecutionState, OpenOrder, Sweeper
from orderflow.runtime.clock import iso
from tests.support.crashes import Trap
from tests.support.frozen import START, FrozenClock
from tests.support.orders import InMemoryQueue

DUE = iso(START)
CANCELLATIONS = "arn:aws:states:eu-central-1:123456789012:execution:test-order-cancellation:"
PREFIX = "arn:aws:states:eu-central-1:123456789012:execution:test-order-processing:"


@dataclass
class InMemoryOpenOrders:
    """The sweeper's store over a dict, with the conditions of the real one."""

    orders: dict[str, OpenOrder] = field(default_factory=dict)

    def due(self, now: datetime, limit: int) -> list[str]:
        due = [(o.check_after, o.order_id) for o in self.orders.values() if o.check_after and o.check_after <= iso(now)]
        return [order_id for _, order_id in sorted(due)][:limit]

    def find(self, order_id: str) -> OpenOrder | None:
        return self.orders.get(order_id)

    def look_again(self, order: OpenOrder, check_after: str) -> None:
        stored = self.orders[order.order_id]
        if (stored.status, stored.check_after) == (order.status, order.check_after):
            self.orders[order.order_id] = dataclasses.replace(stored, check_after=check_after)

    def take_out(self, order: OpenOrder) -> None:
        stored = self.orders[order.order_id]
        if stored.status is order.status:
            self.orders[order.order_id] = dataclasses.replace(stored, check_after=None)


@dataclass
class InMemoryExecutions:
    """Executions by ARN; `started` keeps what each fresh one was told is lost."""

    prefix: str = PREFIX
    states: dict[str, ExecutionState] = field(default_factory=dict)
    started: dict[str, str | None] = field(default_factory=dict)

    def identify(self, name: str) -> str:
        return f"{self.prefix}{name}"

    def state(self, execution: str) -> ExecutionState:
        return self.states.get(execution, ExecutionState.ABSENT)

    def end(self, *names: str) -> None:
        """Let executions of these names be over."""
        for name in names:
            self.states[self.identify(name)] = ExecutionState.ENDED

    def restart(self, order: OpenOrder, name: str) -> None:
        if self.states.setdefault(self.identify(name), ExecutionState.RUNNING) is ExecutionState.RUNNING:
            self.started.setdefault(name, order.execution)


@dataclass
class RepairShop:
    """A sweeper's world in memory."""

    store: InMemoryOpenOrders = field(default_factory=InMemoryOpenOrders)
    executions: InMemoryExecutions = field(default_factory=InMemoryExecutions)
    cancellations: InMemoryExecutions = field(default_factory=lambda: InMemoryExecutions(CANCELLATIONS))
    queue: InMemoryQueue = field(default_factory=InMemoryQueue)
    clock: FrozenClock = field(default_factory=FrozenClock)
    tended: list[str] = field(default_factory=list)

    def add(self, order_id: str, status: OrderStatus = OrderStatus.PENDING, check_after: str | None = DUE) -> None:
        """Put in an order; one that left PENDING was claimed by the execution of its name, one in REVIEW waits."""
        execution = None if status is OrderStatus.PENDING else self.executions.identify(order_id)
        waits = status is OrderStatus.REVIEW
        self.store.orders[order_id] = OpenOrder(
            order_id, status, f"correlation-{order_id}", check_after, execution, waits
        )

    def ended(self, *names: str) -> None:
        """Let executions of order_processing be over."""
        self.executions.end(*names)

    def cancelled(self, order_id: str, *, settled: bool = False) -> None:
        """Put in a cancelled order that is listed until it is settled, or was left in the index."""
        self.add(order_id, OrderStatus.CANCELLED)
        reason = StatusReason("CANCELLED_BY_CUSTOMER", "The customer cancelled the order.")
        self.store.orders[order_id] = dataclasses.replace(self.store.orders[order_id], reason=reason, settled=settled)

    def sweeper(self, trap: Trap | None = None) -> Sweeper:
        """Return the sweeper; with a trap, every call it makes is counted by it."""
        parts = (self.store, self.executions, self.cancellations, self.queue)
        store, executions, cancellations, queue = (trap.guard(part) if trap else part for part in parts)
        tend = trap.guard(self.tended.append) if trap else self.tended.append
        return Sweeper(
            store=store,
            executions=executions,
            cancellations=cancellations,
            queue=queue,
            tend_wait=tend,
            clock=self.clock,
        )
