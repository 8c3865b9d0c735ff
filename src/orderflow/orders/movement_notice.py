"""What the world is told of a movement: the envelope of order_processing's notices, and what moved."""

from datetime import datetime
from typing import Any

from orderflow.orders.movement import Movement, MovementKind
from orderflow.orders.order import Order
from orderflow.runtime.clock import iso

# An event's type, and what begins its id; workflows/events describes each.
TYPES = {
    MovementKind.SHIPMENT: ("order.shipped", "SHIPPED"),
    MovementKind.DELIVERY: ("order.delivered", "DELIVERED"),
    MovementKind.RETURN: ("order.returned", "RETURNED"),
    MovementKind.REFUND: ("order.refunded", "REFUNDED"),
}


def notice_of(order: Order, movement: Movement, at: datetime) -> dict[str, Any]:
    """Return the event of a movement. A repeat has the same id and says the same, but for `at`.

    A person's words (reason) stay in the order: who subscribes is not asked who may read them.
    """
    kind, what = TYPES[movement.kind]
    subject = movement.shipment_id or movement.movement_id
    notice: dict[str, Any] = {
        "schema": "order-event/1",
        "eventId": f"{order.order_id}#{what}#{subject}",
        "type": kind,
        "orderId": order.order_id,
        "userId": order.user_id,
        "status": movement.status.value,
        "total": order.total,
        "currency": order.currency,
        "correlationId": movement.correlation_id,
        "at": iso(at),
    }
    match movement.kind:
        case MovementKind.SHIPMENT:
            notice |= {"shipmentId": subject, "lines": _lines(movement)}
            told = {"carrier": movement.carrier, "trackingNumber": movement.tracking_number}
            notice |= {name: value for name, value in told.items() if value}
        case MovementKind.DELIVERY:
            notice |= {"shipmentId": subject}
        case MovementKind.RETURN:
            notice |= {"returnId": subject, "lines": _lines(movement), "restocked": movement.restock}
        case MovementKind.REFUND:
            notice |= {"refundId": subject, "amount": movement.amount}
    return notice


def _lines(movement: Movement) -> list[dict[str, Any]]:
    return [{"productId": line.product_id, "quantity": line.quantity} for line in movement.lines]
