"""What is left of an order to ship, deliver, take back and refund; and what a movement makes of it. Nothing is kept:
everything is counted from the order's movements."""

import dataclasses
from collections import Counter
from collections.abc import Sequence

from orderflow.catalog.stock import StockLine, merged
from orderflow.orders.errors import (
    IllegalActionError,
    NotEnoughUnitsError,
    RefundTooLargeError,
    TooManyMovementsError,
    UnknownShipmentError,
)
from orderflow.orders.movement import ACTIONS, Movement, MovementKind, MovementState
from orderflow.orders.order import HistoryEntry, Order
from orderflow.orders.status import Action, Actor, OrderStatus, allowed_actions
from orderflow.runtime.caller import Caller
from orderflow.runtime.errors import Detail, InvalidRequestError

# An order's row may have 400 KB: sixty movements of fifty lines with the longest product ids have 300.
MAX_MOVEMENTS = 60


def counted(order: Order, kind: MovementKind) -> list[Movement]:
    """Return the movements of a kind that count: those that did not fail."""
    return [each for each in order.movements if each.kind is kind and each.state is not MovementState.FAILED]


def pending(order: Order) -> tuple[Movement, ...]:
    """Return the movements that are decided and not settled, oldest first."""
    return tuple(each for each in order.movements if each.state is MovementState.PENDING)


def to_ship(order: Order) -> Counter[str]:
    """Return the units of each product that are not shipped yet."""
    return _ordered(order) - _units(counted(order, MovementKind.SHIPMENT))


def to_return(order: Order) -> Counter[str]:
    """Return the units of each product that were shipped and have not come back."""
    return _units(counted(order, MovementKind.SHIPMENT)) - _units(counted(order, MovementKind.RETURN))


def to_deliver(order: Order) -> tuple[str, ...]:
    """Return the shipments that are on their way."""
    delivered = {each.shipment_id for each in counted(order, MovementKind.DELIVERY)}
    shipments = (each.movement_id for each in counted(order, MovementKind.SHIPMENT))
    return tuple(shipment for shipment in shipments if shipment not in delivered)


def to_refund(order: Order) -> int:
    """Return the amount that can still be given back, in minor units; what is pending counts as given back."""
    return order.total - sum(each.amount for each in counted(order, MovementKind.REFUND))


def legal_actions(order: Order, caller: Caller) -> tuple[str, ...]:
    """Return the actions that `caller` may take now: those of the order's status for which there is something left."""
    nothing_left = {
        Action.SHIP: not to_ship(order),
        Action.DELIVER: not to_deliver(order),
        Action.RETURN: not to_return(order),
        Action.REFUND: not to_refund(order),
    }
    allowed = allowed_actions(order.status, order.user_id, caller)
    return tuple(action for action in allowed if not nothing_left.get(Action(action), False))


def require_legal(order: Order, action: Action, caller: Caller) -> None:
    """Raise IllegalActionError, naming the legal actions, unless the caller may take this one now."""
    legal = legal_actions(order, caller)
    if action.value not in legal:
        raise IllegalActionError(order.order_id, order.status.value, action.value, legal)


def shipped_lines(order: Order, asked: Sequence[StockLine] | None) -> tuple[StockLine, ...]:
    """Return what a shipment holds, None asking for everything left; raises NotEnoughUnitsError."""
    return _taken(to_ship(order), asked, "can still be shipped")


def returned_lines(order: Order, asked: Sequence[StockLine]) -> tuple[StockLine, ...]:
    """Return what came back; raises NotEnoughUnitsError."""
    return _taken(to_return(order), asked, "can still come back")


def require_shipment(order: Order, shipment_id: str) -> None:
    """Raise UnknownShipmentError unless the order has the shipment."""
    if shipment_id not in {each.movement_id for each in counted(order, MovementKind.SHIPMENT)}:
        raise UnknownShipmentError(shipment_id)


def delivery_of(order: Order, shipment_id: str) -> Movement | None:
    """Return the delivery of a shipment, if it is delivered."""
    return next((each for each in counted(order, MovementKind.DELIVERY) if each.shipment_id == shipment_id), None)


def refunded_part(
    order: Order, amount: int | None, asked: Sequence[StockLine] | None
) -> tuple[int, tuple[StockLine, ...]]:
    """Return the amount of a refund and its lines: an amount as it is, or lines at what was paid for them.

    That is their price less discount, with tax; shipping is given back by its amount.

    Raises InvalidRequestError unless exactly one is given, NotEnoughUnitsError for lines refunded before, and
    RefundTooLargeError.
    """
    if (amount is None) == (asked is None):
        raise InvalidRequestError(
            "Send either amount (minor units) or lines.",
            [Detail(field="amount", issue="exactly one of amount and lines is needed")],
        )
    lines: tuple[StockLine, ...] = ()
    if asked is not None:
        ordered, refunded = _ordered(order), _units(counted(order, MovementKind.REFUND))
        lines = _taken(ordered - refunded, asked, "can still be refunded")
        paid: Counter[str] = Counter()
        for each in order.lines:
            paid[each.product_id] += each.paid
        amount = sum(
            _worth(paid[line.product_id], ordered[line.product_id], refunded[line.product_id], line.quantity)
            for line in lines
        )
    if amount is None or not 0 < amount <= to_refund(order):
        raise RefundTooLargeError(amount or 0, to_refund(order), order.currency)
    return amount, lines


def moved(order: Order, movement: Movement) -> Order:
    """Return the order with a decided movement, at the status it leads to; raises TooManyMovementsError."""
    if len(order.movements) >= MAX_MOVEMENTS:
        raise TooManyMovementsError(order.order_id, MAX_MOVEMENTS)
    after = dataclasses.replace(order, movements=(*order.movements, movement))
    status = _status(after, movement)
    movement = dataclasses.replace(movement, status=status)
    entry = HistoryEntry(status, movement.at, Actor.ADMIN.value, movement.kind.value)
    return dataclasses.replace(
        after,
        status=status,
        version=order.version + 1,
        movements=(*order.movements, movement),
        history=(*order.history, entry),
        updated_at=movement.at,
    )


def settled(order: Order, movement: Movement, failure: str | None, at: str) -> Order:
    """Return the order with a movement DONE, or FAILED with the code of its failure; `at` is ISO 8601 in UTC."""
    state = MovementState.FAILED if failure else MovementState.DONE
    settled_one = dataclasses.replace(movement, state=state, failure=failure)
    movements = tuple(settled_one if each.movement_id == movement.movement_id else each for each in order.movements)
    told = (HistoryEntry(order.status, at, Actor.WORKFLOW.value, f"{movement.kind.value}_FAILED"),) if failure else ()
    return dataclasses.replace(
        order,
        version=order.version + 1,
        movements=movements,
        history=(*order.history, *told),
        refunded=order.refunded + (0 if failure else movement.amount),
        updated_at=at,
    )


def _status(after: Order, movement: Movement) -> OrderStatus:
    match ACTIONS[movement.kind]:
        case Action.SHIP:
            return OrderStatus.SHIPPED
        case Action.DELIVER if not to_ship(after) and not to_deliver(after):
            return OrderStatus.DELIVERED
        case Action.RETURN if not to_return(after):
            return OrderStatus.RETURNED
        case _:
            return after.status


def _taken(left: Counter[str], asked: Sequence[StockLine] | None, what: str) -> tuple[StockLine, ...]:
    wanted = merged(asked if asked is not None else (StockLine(*each) for each in left.items()))
    short = [line for line in wanted if line.quantity > left[line.product_id]]
    if short:
        raise NotEnoughUnitsError(what, [(line.product_id, line.quantity, left[line.product_id]) for line in short])
    return wanted


def _worth(paid: int, ordered: int, before: int, units: int) -> int:
    """Return what `units` of a product are worth: unit by unit, all of them come to exactly what was paid."""
    return paid * (before + units) // ordered - paid * before // ordered


def _ordered(order: Order) -> Counter[str]:
    units: Counter[str] = Counter()
    for line in order.lines:
        units[line.product_id] += line.quantity
    return units


def _units(movements: Sequence[Movement]) -> Counter[str]:
    units: Counter[str] = Counter()
    for movement in movements:
        for line in movement.lines:
            units[line.product_id] += line.quantity
    return units
