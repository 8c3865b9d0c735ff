"""Reviews for tests: one order in memory with the conditions of the real store, its waiting execution, its notices."""

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from orderflow.orders.errors import ReviewNoticeUnavailableError, WorkflowUnavailableError
from orderflow.orders.order import HistoryEntry, Order
from orderflow.orders.review_request import ReviewRequest, request_review
from orderflow.orders.review_wait import Verdict, Wait, tend_wait
from orderflow.orders.reviewing import Decision, ReviewOverError, review_order
from orderflow.orders.status import OrderStatus
from orderflow.runtime.clock import iso
from orderflow.runtime.errors import OrderflowError
from orderflow.runtime.idempotency.once import Once
from tests.support.crashes import Trap
from tests.support.frozen import FrozenClock
from tests.support.orders import ADMIN, CUSTOMER, order

ORDER_ID = "01JFR0ZEN00000000000000001"
EXECUTION = f"arn:aws:states:eu-central-1:123456789012:execution:test-order-processing:{ORDER_ID}"
TOKEN, NEXT_TOKEN = "token-1", "token-2"
TIME_TO_DECIDE = timedelta(hours=24)


def review_request(token: str = TOKEN, execution: str = EXECUTION) -> ReviewRequest:
    """Return what order_processing asks for."""
    return ReviewRequest(ORDER_ID, CUSTOMER.user_id, 100_000, "EUR", "correlation-1", execution, token, TIME_TO_DECIDE)


def decision(verdict: Verdict = Verdict.APPROVED, once: Once | None = None, reason: str = "Called back") -> Decision:
    """Return an administrator's decision."""
    return Decision(ORDER_ID, verdict, ADMIN.user_id, reason, once)


@dataclass
class InMemoryReviews:
    """An order's row, as far as a review reads and writes it."""

    order: Order = field(default_factory=lambda: order(ORDER_ID, status=OrderStatus.PROCESSING))
    execution: str = EXECUTION
    token: str | None = None
    deadline: str | None = None
    verdict: Verdict | None = None
    made_by: Once | None = None

    def find(self, order_id: str) -> Order | None:
        return self.order if order_id == self.order.order_id else None

    def hold(self, request: ReviewRequest, at: datetime, deadline: str) -> bool:
        ours = self.execution == request.execution and self.verdict is None
        if not (ours and self.order.status is OrderStatus.PROCESSING):
            return False
        self.move(OrderStatus.REVIEW, at, "workflow")
        self.token, self.deadline = request.token, deadline
        return True

    def renew(self, request: ReviewRequest) -> str | None:
        held = self.deadline is not None and self.order.status in (OrderStatus.PROCESSING, OrderStatus.REVIEW)
        if not held or self.execution != request.execution:
            return None
        self.token = request.token
        return self.deadline

    def decide(self, decision: Decision, at: datetime) -> None:
        if self.order.status is not OrderStatus.REVIEW:
            raise ReviewOverError
        self.verdict, self.made_by = decision.verdict, decision.once
        self.move(OrderStatus.PROCESSING, at, "admin", f"REVIEW_{decision.verdict.value}")

    def once_of(self, order_id: str) -> Once | None:
        return self.made_by

    def wait(self, order_id: str) -> Wait | None:
        if self.token is None or self.deadline is None:
            return None
        return Wait(order_id, self.order.status, self.token, self.deadline, self.verdict)

    def forget(self, wait: Wait) -> None:
        if self.token == wait.token:
            self.token = None

    def move(self, status: OrderStatus, at: datetime, by: str, reason: str | None = None) -> None:
        """Write a status as every write of it does."""
        entry = HistoryEntry(status, iso(at), by, reason)
        self.order = dataclasses.replace(
            self.order, status=status, updated_at=iso(at), version=self.order.version + 1,
            history=(*self.order.history, entry),
        )  # fmt: skip


@dataclass
class InMemoryWaits:
    """Executions that wait; `heard` keeps what each was told, and the first word but a heartbeat ends its wait."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    over: set[str] = field(default_factory=set)
    down: bool = False

    def keep(self, token: str) -> None:
        self._tell(token, "keep", ends=False)

    def go_on(self, token: str) -> None:
        self._tell(token, "go on")

    def give_up(self, token: str, why: OrderflowError) -> None:
        self._tell(token, type(why).__name__)

    def _tell(self, token: str, word: str, *, ends: bool = True) -> None:
        if self.down:
            raise WorkflowUnavailableError("Step Functions could not be reached; try again.")
        if token not in self.over:
            self.heard.append((token, word))
        if ends:
            self.over.add(token)


@dataclass
class InMemoryNotices:
    """A topic that keeps what it was told, by event: a second copy of one event is none."""

    asked: dict[str, str] = field(default_factory=dict)
    down: bool = False

    def ask(self, request: ReviewRequest, at: datetime, deadline: str) -> None:
        if self.down:
            raise ReviewNoticeUnavailableError("The review topic could not be reached; try again.")
        self.asked[request.order_id] = deadline


@dataclass
class ReviewDesk:
    """Everything a review touches."""

    row: InMemoryReviews = field(default_factory=InMemoryReviews)
    waits: InMemoryWaits = field(default_factory=InMemoryWaits)
    notices: InMemoryNotices = field(default_factory=InMemoryNotices)
    clock: FrozenClock = field(default_factory=FrozenClock)
    trap: Trap | None = None

    def guarded(self, part: Any) -> Any:
        return self.trap.guard(part) if self.trap else part

    def request(self, token: str = TOKEN, execution: str = EXECUTION) -> str:
        """Hold the order, as the workflow's step does."""
        return request_review(
            review_request(token, execution),
            store=self.guarded(self.row),
            notices=self.guarded(self.notices),
            clock=self.clock,
        )

    def tend(self, order_id: str = ORDER_ID) -> None:
        """Look after the wait, as the sweeper does."""
        tend_wait(order_id, store=self.guarded(self.row), waits=self.guarded(self.waits), clock=self.clock)

    def review(self, what: Decision | None = None, caller: Any = ADMIN) -> bool:
        """Decide about the order, as the API does."""
        return review_order(
            what or decision(),
            caller,
            orders=self.guarded(self.row),
            store=self.guarded(self.row),
            tell=partial(tend_wait, store=self.guarded(self.row), waits=self.guarded(self.waits), clock=self.clock),
            clock=self.clock,
        )
