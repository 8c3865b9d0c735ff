"""An order of a session as the protocol shows it: the Order of 2026-04-17, in session answers and in webhooks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from orderflow.catalog.stock import StockLine
from orderflow.checkout.session import Session, Wire
from orderflow.orders.fulfilment import delivery_of
from orderflow.orders.fulfilment_view import moved_quantities
from orderflow.orders.movement import Movement, MovementKind, MovementState
from orderflow.orders.order import Order
from orderflow.orders.status import OrderStatus

# The protocol's seven words. A FAILED order is one that a person has to put right.
_STATUSES = {
    OrderStatus.PENDING: "created",
    OrderStatus.PROCESSING: "processing",
    OrderStatus.REVIEW: "manual_review",
    OrderStatus.CONFIRMED: "confirmed",
    OrderStatus.SHIPPED: "shipped",
    OrderStatus.DELIVERED: "completed",
    OrderStatus.RETURNED: "completed",
    OrderStatus.REJECTED: "canceled",
    OrderStatus.PAYMENT_FAILED: "canceled",
    OrderStatus.CANCELLED: "canceled",
    OrderStatus.FAILED: "manual_review",
}
_ADJUSTED = {
    MovementState.PENDING: "pending",
    MovementState.DONE: "completed",
    MovementState.FAILED: "failed",
}


def order_json(order: Order, session: Session, shop_url: str) -> dict[str, Any]:
    """Return the order; its lines are the session's, its totals what was charged at first and what was given back."""
    shown: dict[str, Any] = {
        "type": "order",
        "id": order.order_id,
        "checkout_session_id": session.session_id,
        "order_number": order.order_id,
        "permalink_url": f"{shop_url}/orders/{order.order_id}",
        "status": _STATUSES[order.status],
        "confirmation": _confirmation(order, session),
        "line_items": list(_line_items(order, session)),
        "fulfillments": list(_fulfillments(order, session)),
        "adjustments": list(_adjustments(order, session)),
        "totals": [*session.offer.totals, *_refunded(order)],
    }
    if estimated := _estimated(session):
        shown["estimated_delivery"] = estimated
    return shown


def _confirmation(order: Order, session: Session) -> dict[str, Any]:
    notes = session.asked.get("order_notes")
    return {"confirmation_number": order.order_id, **({"order_notes": notes} if notes else {})}


def _estimated(session: Session) -> dict[str, str] | None:
    chosen = next((each for each in session.offer.options if each["id"] == session.offer.selected), None)
    if chosen is None:
        return None
    return {"earliest": chosen["earliest_delivery_time"], "latest": chosen["latest_delivery_time"]}


def _line_items(order: Order, session: Session) -> Iterator[dict[str, Any]]:
    for line, bought, moved in zip(session.offer.lines, order.lines, moved_quantities(order), strict=True):
        kept = 0 if order.status is OrderStatus.CANCELLED else bought.quantity - moved["returnedQuantity"]
        sent = min(kept, moved["shippedQuantity"] - moved["returnedQuantity"])
        yield {
            "id": line.line_id,
            "title": bought.product_name,
            "product_id": bought.product_id,
            "quantity": {"ordered": bought.quantity, "current": kept, "fulfilled": sent},
            "unit_price": bought.unit_price,
            "subtotal": bought.line_total - bought.discount,
            "totals": list(session.offer.line_totals[line.line_id]),
            "status": _line_status(kept, sent),
        }


def _line_status(kept: int, sent: int) -> str:
    # The protocol's rule, in its order.
    if kept == 0:
        return "removed"
    if sent == kept:
        return "fulfilled"
    return "partial" if sent else "processing"


def _fulfillments(order: Order, session: Session) -> Iterator[dict[str, Any]]:
    shipments = _of(order, MovementKind.SHIPMENT)
    for shipment, references in zip(shipments, _references(shipments, session), strict=True):
        delivery = delivery_of(order, shipment.movement_id)
        told = {"carrier": shipment.carrier, "tracking_number": shipment.tracking_number}
        yield {
            "id": shipment.movement_id,
            "type": "shipping",
            "status": _shipment_status(shipment, delivery),
            "line_items": references,
            **{name: value for name, value in told.items() if value},
            "events": list(_events(shipment, delivery)),
        }


def _shipment_status(shipment: Movement, delivery: Movement | None) -> str:
    match shipment.state:
        case MovementState.FAILED:
            return "failed"
        case MovementState.PENDING:
            return "processing"
    return "delivered" if delivery else "shipped"


def _events(shipment: Movement, delivery: Movement | None) -> Iterator[dict[str, str]]:
    if shipment.state is MovementState.DONE:
        yield {"id": f"{shipment.movement_id}-shipped", "type": "shipped", "occurred_at": shipment.at}
    if delivery:
        yield {"id": delivery.movement_id, "type": "delivered", "occurred_at": delivery.at}


def _adjustments(order: Order, session: Session) -> Iterator[dict[str, Any]]:
    currency = order.currency.lower()
    for kind, name in ((MovementKind.REFUND, "refund"), (MovementKind.RETURN, "return")):
        movements = _of(order, kind)
        for movement, references in zip(movements, _references(movements, session), strict=True):
            yield {
                "id": movement.movement_id,
                "type": name,
                "occurred_at": movement.at,
                "status": _ADJUSTED[movement.state],
                **({"line_items": references} if references else {}),
                **({"amount": movement.amount, "currency": currency} if movement.amount else {}),
            }
    if order.status is OrderStatus.CANCELLED:
        at = next(entry.at for entry in reversed(order.history) if entry.status is OrderStatus.CANCELLED)
        yield {
            "id": f"{order.order_id}-cancellation",
            "type": "cancellation",
            "occurred_at": at,
            "status": "completed",
            **({"amount": order.refunded, "currency": currency} if order.refunded else {}),
        }


def _refunded(order: Order) -> list[Wire]:
    if not order.refunded:
        return []
    return [{"type": "amount_refunded", "display_text": "Refunded", "amount": order.refunded}]


def _of(order: Order, kind: MovementKind) -> list[Movement]:
    return [each for each in order.movements if each.kind is kind]


def _references(movements: Sequence[Movement], session: Session) -> Iterator[list[dict[str, Any]]]:
    """Yield which lines each movement moves: of two lines of one product the first is counted full first."""
    left = {line.line_id: line.quantity for line in session.offer.lines}
    for movement in movements:
        counts = movement.state is not MovementState.FAILED
        taken = list(_taken(movement.lines, session, left))
        if counts:
            for line_id, quantity in taken:
                left[line_id] -= quantity
        yield [{"id": line_id, "quantity": quantity} for line_id, quantity in taken]


def _taken(moved: Iterable[StockLine], session: Session, left: dict[str, int]) -> Iterator[tuple[str, int]]:
    for each in moved:
        wanted = each.quantity
        for line in session.offer.lines:
            part = min(wanted, left[line.line_id]) if line.product_id == each.product_id else 0
            if part:
                wanted -= part
                yield line.line_id, part
