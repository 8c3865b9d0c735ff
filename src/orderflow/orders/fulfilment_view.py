"""Shipments, returns and refunds as the contract's schema `Order` shows them."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from orderflow.orders.fulfilment import counted, delivery_of
from orderflow.orders.movement import Movement, MovementKind, MovementState
from orderflow.orders.order import Order


def fulfilment_as_json(order: Order) -> dict[str, Any]:
    """Return the order's shipments, returns and refunds, oldest first; what is PENDING is finished without asking."""
    kinds = {kind: [each for each in order.movements if each.kind is kind] for kind in MovementKind}
    return {
        "shipments": [_shipment(order, each) for each in kinds[MovementKind.SHIPMENT]],
        "returns": [
            {
                "returnId": each.movement_id,
                "lines": _lines(each),
                "restock": each.restock,
                "reason": each.reason,
                "status": each.state.value,
                "returnedAt": each.at,
            }
            for each in kinds[MovementKind.RETURN]
        ],
        "refunds": [_refund(each) for each in kinds[MovementKind.REFUND]],
    }


def moved_quantities(order: Order) -> Iterator[dict[str, int]]:
    """Yield what of each line is shipped and returned; of two lines of one product the first is counted full first."""
    shipped, returned = _units(order, MovementKind.SHIPMENT), _units(order, MovementKind.RETURN)
    for line in order.lines:
        yield {
            "shippedQuantity": _take(shipped, line.product_id, line.quantity),
            "returnedQuantity": _take(returned, line.product_id, line.quantity),
        }


def _shipment(order: Order, movement: Movement) -> dict[str, Any]:
    delivery = delivery_of(order, movement.movement_id)
    status = "PENDING" if movement.state is MovementState.PENDING else "DELIVERED" if delivery else "SHIPPED"
    shown: dict[str, Any] = {
        "shipmentId": movement.movement_id,
        "lines": _lines(movement),
        "status": status,
        "shippedAt": movement.at,
    }
    told = {
        "carrier": movement.carrier,
        "trackingNumber": movement.tracking_number,
        "deliveredAt": delivery.at if delivery else None,
    }
    return shown | {name: value for name, value in told.items() if value}


def _refund(movement: Movement) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "refundId": movement.movement_id,
        "amount": movement.amount,
        "reason": movement.reason,
        "status": movement.state.value,
        "refundedAt": movement.at,
    }
    if movement.lines:
        shown["lines"] = _lines(movement)
    return shown | ({"failure": movement.failure} if movement.failure else {})


def _lines(movement: Movement) -> list[dict[str, Any]]:
    return [{"productId": line.product_id, "quantity": line.quantity} for line in movement.lines]


def _units(order: Order, kind: MovementKind) -> Counter[str]:
    units: Counter[str] = Counter()
    for movement in counted(order, kind):
        for line in movement.lines:
            units[line.product_id] += line.quantity
    return units


def _take(units: Counter[str], product_id: str, at_most: int) -> int:
    taken = min(units[product_id], at_most)
    units[product_id] -= taken
    return taken
