"""The audit of orders by themselves: they add up, they move, and one execution moves each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

from orderflow.orders.fulfilment import pending
from orderflow.orders.order import Order
from orderflow.orders.status import OrderStatus
from orderflow.runtime.audit import Finding, Page

# REVIEW waits for a person, who has a deadline of their own.
MOVING = frozenset({OrderStatus.PENDING, OrderStatus.PROCESSING})
# finish_movements looks after a quarter of an hour, and again and again.
MOVEMENTS_SETTLE_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class OrderRecord:
    """An order with what its row says besides: totals as stored (minor units), and who works on it.

    `cancellation` is COMPLETE or INCOMPLETE once order_cancellation has said how giving back went.
    """

    order: Order
    line_totals: tuple[int, ...]
    subtotal: int
    total: int
    correlation_id: str
    execution_arn: str | None
    cancellation: str | None = None
    review_deadline: str | None = None

    @property
    def execution(self) -> str:
        """The name of the execution that works on it, or would."""
        return (self.execution_arn or self.order.order_id).rpartition(":")[2]


class OrderAudit(Protocol):
    """Orders, read whole and page by page: for audits only."""

    def pages(self) -> Iterator[Page[OrderRecord]]:
        """Return every order, at most 100 at a time."""
        ...

    def record(self, order_id: str) -> OrderRecord | None:
        """Return one order as it is now."""
        ...

    def known(self, order_ids: Sequence[str]) -> set[str]:
        """Return which of at most 100 ids are orders."""
        ...


def check_order(record: OrderRecord, now: datetime, open_for: timedelta) -> Iterator[Finding]:
    """Check one order by its own row; it may be on its way for at most `open_for` since it was placed."""
    order, subject = record.order, f"order {record.order.order_id}"
    expected = tuple(line.line_total for line in order.lines)
    if (record.line_totals, record.subtotal, record.total) != (expected, order.subtotal, order.total):
        message = (
            f"lines say {expected}, subtotal {order.subtotal}, total {order.total}; "
            f"the row says {record.line_totals}, {record.subtotal}, {record.total}"
        )
        yield Finding("totals-are-what-the-lines-say", subject, message)
    if not order.adds_up:
        message = f"discount {order.discount} and tax {order.tax} are less than its lines', or more than its shipping"
        yield Finding("totals-are-what-the-lines-say", subject, message)
    # An order that was reviewed set out anew with its decision.
    reviewed = any(entry.status is OrderStatus.REVIEW for entry in order.history)
    age = now - datetime.fromisoformat(order.history[-1].at if reviewed else order.created_at)
    if order.status in MOVING and age > open_for:
        message = f"{order.status} since {order.updated_at}, on its way for {int(age.total_seconds() // 60)} minutes"
        yield Finding("orders-end-in-time", subject, message)
    deadline = record.review_deadline
    if order.status is OrderStatus.REVIEW and (not deadline or now - datetime.fromisoformat(deadline) > open_for):
        yield Finding("reviews-end-in-time", subject, f"it waits for a review that was due at {deadline or 'no time'}")
    yield from _check_execution(record, subject)
    yield from _check_cancellation(record, now, open_for, subject)
    for movement in pending(order):
        waiting = now - datetime.fromisoformat(movement.at)
        if waiting > MOVEMENTS_SETTLE_WITHIN:
            message = f"{movement.kind} {movement.movement_id} is not carried out since {movement.at}"
            yield Finding("movements-are-carried-out", subject, message)


def _check_execution(record: OrderRecord, subject: str) -> Iterator[Finding]:
    moves = list(pairwise(entry.status for entry in record.order.history))
    claims = moves.count((OrderStatus.PENDING, OrderStatus.PROCESSING))
    if claims > 1:
        yield Finding("one-execution-moves-an-order", subject, f"its history shows {claims} claims by a workflow")
    # A repairing execution's name begins with the order's id, too.
    if claims and not (record.execution_arn and record.execution.startswith(record.order.order_id)):
        message = f"it was claimed by {record.execution_arn or 'no execution'}, which is not named after the order"
        yield Finding("one-execution-moves-an-order", subject, message)


def _check_cancellation(record: OrderRecord, now: datetime, open_for: timedelta, subject: str) -> Iterator[Finding]:
    if record.order.status is not OrderStatus.CANCELLED or record.cancellation == "COMPLETE":
        return
    if record.cancellation == "INCOMPLETE":
        message = "CANCELLED, and something could not be given back: `executions retry` finishes it"
        yield Finding("cancellations-are-finished", subject, message)
    elif now - datetime.fromisoformat(record.order.updated_at) > open_for:
        message = f"CANCELLED since {record.order.updated_at}, and nobody recorded that everything is given back"
        yield Finding("cancellations-are-finished", subject, message)
