"""One order's life in one view: its history, its executions, its cancellation, its payment, in the order of time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from orderflow.orders.executions import ExecutionEvent
from orderflow.orders.order import Order
from orderflow.payments.audit import PaymentRecord


@dataclass(frozen=True)
class Moment:
    """Something that happened: `source` is order or payment, or an execution: execution, paying, cancellation."""

    at: datetime
    source: str
    what: str
    detail: str = ""


def timeline(
    order: Order,
    events: Iterable[ExecutionEvent],
    payment: PaymentRecord | None,
    cancelling: Iterable[ExecutionEvent] = (),
    paying: Iterable[ExecutionEvent] = (),
) -> list[Moment]:
    """Return all moments, oldest first; of one instant an execution's comes first, since it causes the others."""
    moments = [_of_event(event, "execution") for event in events]
    moments += [_of_event(event, "paying") for event in paying]
    moments += [_of_event(event, "cancellation") for event in cancelling]
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


def _of_event(event: ExecutionEvent, source: str) -> Moment:
    what = event.state or "" if event.what == "entered" else " ".join(filter(None, (event.state, event.what)))
    return Moment(event.at, source, what, ": ".join(filter(None, (event.error, event.cause))))
