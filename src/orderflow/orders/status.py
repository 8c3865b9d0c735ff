"""The order's status machine, declared once: every legal move, the action that makes it, and who may."""

from dataclasses import dataclass
from enum import StrEnum

from orderflow.runtime.caller import Caller


class OrderStatus(StrEnum):
    """Where an order stands; clients rely on these words."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    REVIEW = "REVIEW"
    CONFIRMED = "CONFIRMED"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    RETURNED = "RETURNED"
    REJECTED = "REJECTED"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


class Actor(StrEnum):
    """Who moves an order; the owner acts as CUSTOMER also when they are an administrator."""

    CUSTOMER = "customer"
    ADMIN = "admin"
    WORKFLOW = "workflow"


class Action(StrEnum):
    """Why an order moves."""

    CLAIM = "claim"
    HOLD = "hold"
    CONFIRM = "confirm"
    REJECT = "reject"
    FAIL_PAYMENT = "failPayment"
    FAIL = "fail"
    CANCEL = "cancel"
    CHANGE_ADDRESS = "changeAddress"
    APPROVE = "approve"
    EXPIRE = "expire"
    SHIP = "ship"
    DELIVER = "deliver"
    RETURN = "return"
    REFUND = "refund"


# The operationId of the route by which a person takes an action. Actions without a route are never offered.
ROUTES: dict[Action, str] = {
    Action.CANCEL: "cancelOrder",
    Action.CHANGE_ADDRESS: "updateOrder",
    Action.SHIP: "shipOrder",
    Action.DELIVER: "deliverOrder",
    Action.RETURN: "returnOrder",
    Action.REFUND: "refundOrder",
    Action.APPROVE: "reviewOrder",
    Action.REJECT: "reviewOrder",
}


@dataclass(frozen=True)
class Transition:
    """One legal move and who may make it.

    With its own source as target the order stays where it is: it is a part of something, or changes something else.
    """

    source: OrderStatus
    action: Action
    target: OrderStatus
    by: frozenset[Actor]


_WORKFLOW = frozenset({Actor.WORKFLOW})
_ADMIN = frozenset({Actor.ADMIN})
_PEOPLE = frozenset({Actor.CUSTOMER, Actor.ADMIN})
# A person decides; the function that took the request and order_cancellation both write it, and the first one counts.
_PEOPLE_BY_WORKFLOW = _PEOPLE | _WORKFLOW

TRANSITIONS: tuple[Transition, ...] = (
    Transition(OrderStatus.PENDING, Action.CLAIM, OrderStatus.PROCESSING, _WORKFLOW),
    Transition(OrderStatus.PENDING, Action.FAIL, OrderStatus.FAILED, _WORKFLOW),
    Transition(OrderStatus.PENDING, Action.CANCEL, OrderStatus.CANCELLED, _PEOPLE_BY_WORKFLOW),
    Transition(OrderStatus.PENDING, Action.CHANGE_ADDRESS, OrderStatus.PENDING, _PEOPLE),
    Transition(OrderStatus.PROCESSING, Action.HOLD, OrderStatus.REVIEW, _WORKFLOW),
    Transition(OrderStatus.PROCESSING, Action.CONFIRM, OrderStatus.CONFIRMED, _WORKFLOW),
    Transition(OrderStatus.PROCESSING, Action.REJECT, OrderStatus.REJECTED, _WORKFLOW),
    Transition(OrderStatus.PROCESSING, Action.FAIL_PAYMENT, OrderStatus.PAYMENT_FAILED, _WORKFLOW),
    Transition(OrderStatus.PROCESSING, Action.FAIL, OrderStatus.FAILED, _WORKFLOW),
    Transition(OrderStatus.PROCESSING, Action.CANCEL, OrderStatus.CANCELLED, _PEOPLE_BY_WORKFLOW),
    Transition(OrderStatus.PROCESSING, Action.CHANGE_ADDRESS, OrderStatus.PROCESSING, _PEOPLE),
    Transition(OrderStatus.REVIEW, Action.APPROVE, OrderStatus.PROCESSING, _ADMIN),
    # Decided about, an order is its workflow's again, which rejects it once everything is given back.
    Transition(OrderStatus.REVIEW, Action.REJECT, OrderStatus.PROCESSING, _ADMIN),
    Transition(OrderStatus.REVIEW, Action.EXPIRE, OrderStatus.PROCESSING, _WORKFLOW),
    Transition(OrderStatus.REVIEW, Action.FAIL, OrderStatus.FAILED, _WORKFLOW),
    Transition(OrderStatus.REVIEW, Action.CANCEL, OrderStatus.CANCELLED, _PEOPLE_BY_WORKFLOW),
    Transition(OrderStatus.REVIEW, Action.CHANGE_ADDRESS, OrderStatus.REVIEW, _PEOPLE),
    Transition(OrderStatus.CONFIRMED, Action.SHIP, OrderStatus.SHIPPED, _ADMIN),
    Transition(OrderStatus.CONFIRMED, Action.CANCEL, OrderStatus.CANCELLED, _PEOPLE_BY_WORKFLOW),
    Transition(OrderStatus.CONFIRMED, Action.CHANGE_ADDRESS, OrderStatus.CONFIRMED, _PEOPLE),
    Transition(OrderStatus.SHIPPED, Action.SHIP, OrderStatus.SHIPPED, _ADMIN),
    Transition(OrderStatus.SHIPPED, Action.DELIVER, OrderStatus.SHIPPED, _ADMIN),
    Transition(OrderStatus.SHIPPED, Action.DELIVER, OrderStatus.DELIVERED, _ADMIN),
    Transition(OrderStatus.SHIPPED, Action.REFUND, OrderStatus.SHIPPED, _ADMIN),
    Transition(OrderStatus.DELIVERED, Action.RETURN, OrderStatus.DELIVERED, _ADMIN),
    Transition(OrderStatus.DELIVERED, Action.RETURN, OrderStatus.RETURNED, _ADMIN),
    Transition(OrderStatus.DELIVERED, Action.REFUND, OrderStatus.DELIVERED, _ADMIN),
    Transition(OrderStatus.RETURNED, Action.REFUND, OrderStatus.RETURNED, _ADMIN),
)

# Statuses in which an order can still be cancelled.
CANCELLABLE = tuple(transition.source for transition in TRANSITIONS if transition.action is Action.CANCEL)

# Statuses in which an order can still be sent elsewhere: it has not ended, and nothing of it has left the shop.
READDRESSABLE = tuple(move.source for move in TRANSITIONS if move.action is Action.CHANGE_ADDRESS)

# Statuses that an order never leaves: those the table gives no way out of.
TERMINAL = frozenset(OrderStatus) - {move.source for move in TRANSITIONS if move.target is not move.source}


def allowed_actions(status: OrderStatus, owner_id: str, caller: Caller) -> tuple[str, ...]:
    """Return the actions that `caller` may take now on the order of `owner_id`: those that have a route.

    What is left of the order to act on is not asked here: `fulfilment.legal_actions` does.
    """
    actors = {Actor.CUSTOMER} if caller.user_id == owner_id else set()
    if caller.is_admin:
        actors.add(Actor.ADMIN)
    return tuple(
        dict.fromkeys(
            transition.action.value
            for transition in TRANSITIONS
            if transition.source is status and transition.by & actors and transition.action in ROUTES
        )
    )
