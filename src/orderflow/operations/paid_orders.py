"""What a paid order owes and holds: its payment and its reservation, against what its movements say.

A movement that is decided and not carried out yet may or may not show in stock and money: both are right.
"""

from collections import Counter
from collections.abc import Iterator

from orderflow.catalog.stock import Reservation
from orderflow.orders import fulfilment
from orderflow.orders.audit import OrderRecord
from orderflow.orders.movement import Movement, MovementKind
from orderflow.orders.order import Order
from orderflow.payments.payment import Payment, PaymentStatus
from orderflow.runtime.audit import Finding


def check_money(record: OrderRecord, payment: Payment | None) -> Iterator[Finding]:
    """Check that exactly the total was captured, and exactly what the order says given back of it."""
    order, subject = record.order, f"order {record.order.order_id}"
    owed = (record.total, order.currency)
    taken = (payment.amount, payment.currency) if payment else None
    whole = PaymentStatus.REFUNDED if payment and payment.refunded == record.total else PaymentStatus.CAPTURED
    if payment is None or payment.status is not whole or taken != owed:
        told = f"{payment.status} {payment.amount} {payment.currency}" if payment else "not there"
        message = f"{order.status} for {record.total} {order.currency}, and its payment is {told}"
        yield Finding("paid-orders-are-paid-exactly", subject, message)
        return
    refunded = sum(each.amount for each in _settled(order, MovementKind.REFUND))
    at_most = refunded + sum(each.amount for each in _pending(order, MovementKind.REFUND))
    if order.refunded != refunded or not refunded <= payment.refunded <= at_most:
        message = f"its refunds say {refunded}, the order {order.refunded}, its payment {payment.refunded}"
        yield Finding("refunds-are-what-was-given-back", subject, message)


def check_units(record: OrderRecord, reservation: Reservation | None) -> Iterator[Finding]:
    """Check that the order holds what is not shipped, and that what it took is what left and did not come back."""
    order, subject = record.order, f"order {record.order.order_id}"
    pending = _pending(order, MovementKind.SHIPMENT) + _pending(order, MovementKind.RETURN)
    if reservation is None:
        yield Finding("orders-hold-their-units", subject, f"{order.status}, and its reservation is not there")
        return
    moved = {move.move_id for move in reservation.moves}
    expected = {each.movement_id for each in order.movements if _moves_units(each)}
    late = {each.movement_id for each in pending}
    held = Counter(fulfilment.to_ship(order))
    for movement in _pending(order, MovementKind.SHIPMENT):
        if movement.movement_id not in moved:
            held.update({line.product_id: line.quantity for line in movement.lines})
    if +reservation.held != +held:
        message = f"{order.status}: {dict(+held)} should be reserved for it, its reservation holds "
        yield Finding("orders-hold-their-units", subject, f"{message}{dict(+reservation.held)}")
    if moved - expected or expected - late - moved:
        message = f"the order moved {sorted(expected - late)}, its reservation {sorted(moved)}"
        yield Finding("units-move-with-their-order", subject, message)


def _moves_units(movement: Movement) -> bool:
    return movement.kind is MovementKind.SHIPMENT or (movement.kind is MovementKind.RETURN and movement.restock)


def _settled(order: Order, kind: MovementKind) -> list[Movement]:
    pending = fulfilment.pending(order)
    return [each for each in fulfilment.counted(order, kind) if each not in pending]


def _pending(order: Order, kind: MovementKind) -> list[Movement]:
    return [each for each in fulfilment.pending(order) if each.kind is kind]
