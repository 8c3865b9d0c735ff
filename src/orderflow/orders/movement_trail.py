"""What the audit trail tells of a movement: that it was decided, and later what became of it."""

from datetime import datetime
from typing import Any

from orderflow.orders.movement import Movement, MovementKind
from orderflow.orders.order import Order
from orderflow.runtime.trail import Author, Entry, put

_DECIDED = {
    MovementKind.SHIPMENT: "order.shipped",
    MovementKind.DELIVERY: "order.delivered",
    MovementKind.RETURN: "order.returned",
    MovementKind.REFUND: "order.refunded",
}


def told_of(before: Order, after: Order, at: datetime, author: Author) -> dict[str, Any]:
    """Return the entry of the one movement that two versions of an order differ in, as one of TransactItems."""
    earlier = {each.movement_id: each for each in before.movements}
    [movement] = [each for each in after.movements if each != earlier.get(each.movement_id)]
    known = earlier.get(movement.movement_id)
    entry = Entry(
        f"order#{after.order_id}",
        _DECIDED[movement.kind] if known is None else "order.movement_settled",
        author.by,
        at,
        # Whoever settles it later: the request that asked for it.
        author.request_id if known is None else movement.correlation_id,
        before=_facts(before, known),
        # Not in `before`: what it is about is told, though that never changes.
        after={**_facts(after, movement), "movementId": movement.movement_id},
        owner=after.user_id,
    )
    return put(author.table, entry)


def _facts(order: Order, movement: Movement | None) -> dict[str, Any]:
    facts = {"status": order.status.value, "version": order.version, "refunded": order.refunded}
    if movement is None:
        return facts
    return {
        **facts,
        "movementState": movement.state.value,
        "items": [f"{line.product_id} x {line.quantity}" for line in movement.lines] or None,
        "amount": movement.amount or None,
        "restock": movement.restock or None,
        "shipmentId": movement.shipment_id,
        "failure": movement.failure,
    }
