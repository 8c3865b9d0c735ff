"""What may be read: everybody's feedback on a product without who gave it, and an order's by who may see the order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from orderflow.feedback.feedback import Feedback, feedback_id_of
from orderflow.feedback.recording import FeedbackFinder
from orderflow.orders.reading import OrderStore, get_order
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso
from orderflow.runtime.paging import decode_cursor, encode_cursor


@dataclass(frozen=True)
class Position:
    """Where a product's list goes on: after this feedback."""

    feedback_id: str
    created_at: str


class FeedbackListing(Protocol):
    """Feedback that counts at a product."""

    def page(self, product_id: str, limit: int, after: Position | None) -> tuple[list[Feedback], Position | None]:
        """Return at most `limit`, newest first, and where to go on when there is more."""
        ...


def list_of_product(
    product_id: str,
    caller: Caller,
    *,
    limit: int,
    token: str | None,
    listing: FeedbackListing,
    cursor_key: Callable[[], bytes],
) -> tuple[list[Feedback], str | None]:
    """Return one page of what counts at a product, none for a product that nobody judged, and the token of the next.

    Raises InvalidRequestError for a token of another list or caller.
    """
    scope = {"list": "feedback", "productId": product_id, "caller": caller.user_id}
    after = Position(**decode_cursor(token, scope, cursor_key())) if token is not None else None
    found, further = listing.page(product_id, limit, after)
    if further is None:
        return found, None
    position = {"feedback_id": further.feedback_id, "created_at": further.created_at}
    return found, encode_cursor(position, scope, cursor_key())


def list_of_order(
    order_id: str,
    caller: Caller,
    *,
    token: str | None,
    orders: OrderStore,
    store: FeedbackFinder,
    cursor_key: Callable[[], bytes],
) -> list[Feedback]:
    """Return the feedback on an order of the caller, any order's for administrators: one, or none.

    Raises OrderNotFoundError, and InvalidRequestError for any token: this list has one page.
    """
    if token is not None:
        decode_cursor(token, {"list": "feedback", "orderId": order_id, "caller": caller.user_id}, cursor_key())
    found = store.find(feedback_id_of(get_order(order_id, caller, orders).order_id))
    return [found] if found else []


def as_json(feedback: Feedback, caller: Caller) -> dict[str, Any]:
    """Return the feedback as the contract's schema `Feedback`: who gave it on what is told to them and administrators.

    Texts are answered as they are; whoever renders them escapes them.
    """
    shown: dict[str, Any] = {
        "feedbackId": feedback.feedback_id,
        "rating": feedback.rating,
        "comment": feedback.comment,
        "createdAt": feedback.created_at,
        "updatedAt": feedback.updated_at,
    }
    if feedback.category is not None:
        shown["category"] = feedback.category
    if feedback.user_id == caller.user_id or caller.is_admin:
        shown |= {
            "orderId": feedback.order_id,
            "userId": feedback.user_id,
            "version": feedback.version,
            "counts": bool(feedback.counted),
            "editableUntil": iso(feedback.editable_until),
        }
    return shown
