"""Judging an order: by who bought it, once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from orderflow.feedback.errors import FeedbackExistsError, ForeignFeedbackError, OrderNotBoughtError
from orderflow.feedback.feedback import NOT_BOUGHT, Feedback, feedback_id_of
from orderflow.feedback.recording import FeedbackMovedError, FeedbackStore, record
from orderflow.orders.errors import OrderNotFoundError
from orderflow.orders.reading import OrderStore, get_order
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso


@dataclass(frozen=True)
class Judgement:
    """What a customer says about an order, `rating` from 1 to 5; `user_id` None means themselves."""

    order_id: str
    rating: int
    comment: str = ""
    category: str | None = None
    user_id: str | None = None


def give_feedback(
    caller: Caller,
    judgement: Judgement,
    *,
    orders: OrderStore,
    store: FeedbackStore,
    clock: Callable[[], datetime],
) -> Feedback:
    """Keep what the caller says about an order of theirs; it counts at once when the order is paid for, else later.

    Raises ForeignFeedbackError, OrderNotFoundError, OrderNotBoughtError, FeedbackExistsError.
    """
    if judgement.user_id not in (None, caller.user_id):
        raise ForeignFeedbackError
    order = get_order(judgement.order_id, caller, orders)
    if order.user_id != caller.user_id:  # an administrator's eyes reach further than their judgement
        raise OrderNotFoundError(order.order_id)
    if order.status in NOT_BOUGHT:
        raise OrderNotBoughtError(order.order_id, order.status)
    now = clock()
    given = Feedback(
        feedback_id=feedback_id_of(order.order_id),
        order_id=order.order_id,
        user_id=caller.user_id,
        product_ids=tuple(sorted({line.product_id for line in order.lines})),
        rating=judgement.rating,
        comment=judgement.comment,
        category=judgement.category,
        created_at=iso(now),
        updated_at=iso(now),
    ).following(order.status, now)
    try:
        return record(None, given, now, store)
    except FeedbackMovedError as there:
        raise FeedbackExistsError(order.order_id) from there
