"""What an order's progress means for the session that it was placed for."""

from collections.abc import Mapping
from typing import Any

from orderflow.checkout import messages
from orderflow.checkout.events import Change, EventType
from orderflow.checkout.forgetting import order_without_buyer
from orderflow.checkout.order_view import order_json
from orderflow.checkout.session import Session, SessionStatus
from orderflow.orders.order import Order
from orderflow.orders.status import OrderStatus

_UNDECIDED = frozenset({OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.REVIEW})
# Everything was given back, so that the session may be completed again.
_NOTHING = frozenset({OrderStatus.REJECTED, OrderStatus.PAYMENT_FAILED, OrderStatus.FAILED})
# But here: a person has to finish that first, and until then a second charge would be one too many.
_NOT_GIVEN_BACK = "COMPENSATION_INCOMPLETE"

_LINES = "$.line_items"
_PAYMENT = "$.payment_data"
# By the code of why an order ended: the message's code, words where the order's own are for the shop's people, a path.
_WHY: Mapping[str, tuple[str, str | None, str]] = {
    "PAYMENT_DECLINED": ("payment_declined", None, _PAYMENT),
    "OUT_OF_STOCK": ("out_of_stock", None, _LINES),
    "UNKNOWN_PRODUCT": ("not_found", None, _LINES),
    "REVIEW_REJECTED": ("conflict", "The shop did not accept the order; nothing was charged.", _LINES),
    "REVIEW_EXPIRED": ("conflict", "The shop could not look at the order in time; nothing was charged.", _LINES),
}
_OTHERWISE = ("conflict", "The order could not be processed, and nothing was charged: complete the session again.", "$")


def is_decided(order: Order) -> bool:
    """Tell whether it is known what becomes of the session."""
    return order.status not in _UNDECIDED


def next_event(session: Session, order: Order, shop_url: str) -> tuple[EventType, Change] | None:
    """Return the event by which the session follows its order, None where it says so already."""
    if session.order_id != order.order_id or not is_decided(order):
        return None
    waiting = session.status is SessionStatus.COMPLETE_IN_PROGRESS
    if _came_to_nothing(order):
        return (EventType.UPDATED, Change(notice=_notice(order))) if waiting else None
    shown = order_json(order, session, shop_url)
    if session.erased_at is not None:
        # What was forgotten does not come back with the next thing that happens to the order.
        shown = order_without_buyer(shown)
    if waiting:
        return EventType.COMPLETED, Change(order=shown)
    return (EventType.UPDATED, Change(order=shown)) if shown != session.order else None


def _came_to_nothing(order: Order) -> bool:
    reason = order.status_reason.code if order.status_reason else None
    return order.status in _NOTHING and reason != _NOT_GIVEN_BACK


def _notice(order: Order) -> dict[str, Any]:
    reason = order.status_reason
    code, words, param = _WHY.get(reason.code, _OTHERWISE) if reason else _OTHERWISE
    return messages.error(code, words or (reason.message if reason else ""), param)
