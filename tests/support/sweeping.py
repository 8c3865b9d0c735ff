"""Stopped orders for tests: a shop's repair shop in memory, its executions kept by name."""

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime

from orderflow.orders.status import OrderStatus
from orderflow.orders.sweeping import ExecutionState, OpenOrder, Sweeper
from orderflow.runtime.clock import iso
from tests.support.crashes import Trap
from tests.support.frozen import START, FrozenClock
from tests.support.orders import InMemoryQueue

DUE = iso(START)
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

    states: dict[str, ExecutionState] = field(default_factory=dict)
    started: dict[str, str | None] = field(default_factory=dict)

    def identify(self, name: str) -> str:
        return f"{PREFIX}{name}"

    def state(self, execution: str) -> ExecutionState:
        return self.states.get(execution, ExecutionState.ABSENT)

    def restart(self, order: OpenOrder, name: str) -> None:
        if self.states.setdefault(self.identify(name), ExecutionState.RUNNING) is ExecutionState.RUNNING:
            self.started.setdefault(name, order.execution)


@dataclass
class RepairShop:
    """A sweeper's world in memory."""

    store: InMemoryOpenOrders = field(default_factory=InMemoryOpenOrders)
    executions: InMemoryExecutions = field(default_factory=InMemoryExecutions)
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
        """Let executions of these names be over."""
        for name in names:
            self.executions.states[self.executions.identify(name)] = ExecutionState.ENDED

    def sweeper(self, trap: Trap | None = None) -> Sweeper:
        """Return the sweeper; with a trap, every call it makes is counted by it."""
        parts = (self.store, self.executions, self.queue)
        store, executions, queue = (trap.guard(part) if trap else part for part in parts)
        tend = trap.guard(self.tended.append) if trap else self.tended.append
        return Sweeper(store=store, executions=executions, queue=queue, tend_wait=tend, clock=self.clock)
