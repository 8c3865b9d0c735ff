"""One order's life in one view: its own history, its execution, its payment, in the order of time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from orderflow.orders.executions import ExecutionEvent
from orderflow.orders.order import Order
from orderflow.payments.audit import PaymentRecord


@dataclass(frozen=True)
class Moment:
    """Something that happened: `source` is order, execution or payment."""

    at: datetime
    source: str
    what: str
    detail: str = ""


def timeline(order: Order, events: Iterable[ExecutionEvent], payment: PaymentRecord | None) -> list[Moment]:
    """Return all moments, oldest first; of one instant the execution's comes first, since it causes the others."""
    moments = [_of_event(event) for event in events]
    moments += [
        Moment(
            datetime.fromisoformat(entry.at),
            "order",
            entry.status.value,
            ", ".join(part for part in (f"by {entry.by}", entry.reason) if part),
        )
        for entry in order.history
    ]
    if payment:
        moments += [
            Moment(datetime.fromisoformat(move.at), "payment", move.status.value, move.detail or "")
            for move in payment.history
        ]
    return sorted(moments, key=lambda moment: moment.at)


def _of_event(event: ExecutionEvent) -> Moment:
    what = event.state or "" if event.what == "entered" else " ".join(filter(None, (event.state, event.what)))
    return Moment(event.at, "execution", what, ": ".join(filter(None, (event.error, event.cause))))
