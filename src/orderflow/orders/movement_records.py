"""Movements as the orders table keeps them."""

from collections.abc import Mapping
from typing import Any

from orderflow.catalog.stock import StockLine
from orderflow.orders.movement import Movement, MovementKind, MovementState
from orderflow.orders.status import OrderStatus
from orderflow.runtime.idempotency.once import Once


def to_record(movement: Movement) -> dict[str, Any]:
    """Return a movement as a plain record; what it does not have is left out."""
    once = movement.once
    record = {
        "movementId": movement.movement_id,
        "kind": movement.kind.value,
        "status": movement.status.value,
        "at": movement.at,
        "correlationId": movement.correlation_id,
        "state": movement.state.value,
        "lines": [{"productId": line.product_id, "quantity": line.quantity} for line in movement.lines] or None,
        "amount": movement.amount or None,
        "restock": movement.restock or None,
        "shipmentId": movement.shipment_id,
        "carrier": movement.carrier,
        "trackingNumber": movement.tracking_number,
        "reason": movement.reason,
        "failure": movement.failure,
        "once": {"id": once.id, "fingerprint": once.fingerprint} if once else None,
    }
    return {name: value for name, value in record.items() if value is not None}


def from_record(record: Mapping[str, Any]) -> Movement:
    """Return the movement in a record."""
    once = record.get("once")
    return Movement(
        movement_id=record["movementId"],
        kind=MovementKind(record["kind"]),
        status=OrderStatus(record["status"]),
        at=record["at"],
        correlation_id=record["correlationId"],
        state=MovementState(record["state"]),
        lines=tuple(StockLine(line["productId"], line["quantity"]) for line in record.get("lines", ())),
        amount=record.get("amount", 0),
        restock=record.get("restock", False),
        shipment_id=record.get("shipmentId"),
        carrier=record.get("carrier"),
        tracking_number=record.get("trackingNumber"),
        reason=record.get("reason"),
        failure=record.get("failure"),
        once=Once(once["id"], once["fingerprint"]) if once else None,
    )
