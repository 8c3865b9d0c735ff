"""Feedback follows its order: it counts once the order is paid for, and no longer when the order is cancelled."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from orderflow.feedback.feedback import Feedback
from orderflow.feedback.recording import FeedbackMovedError, FeedbackStore, record
from orderflow.orders.order import Order
from orderflow.orders.status import OrderStatus

MAX_LOOKS = 100  # in one run


class Orders(Protocol):
    """Orders, as functions read them."""

    def find(self, order_id: str) -> Order | None:
        """Return the order as of now."""
        ...


class FollowingFeedback(FeedbackStore, Protocol):
    """Feedback whose order may still change."""

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the ids of at most `limit` that are due for a look, the longest due first."""
        ...

    def put_off(self, feedback: Feedback, check_after: str) -> None:
        """Look at it again at this time, unless it has changed."""
        ...


class Outcome(Enum):
    """What a look came to."""

    COUNTS = "counts"
    COUNTS_NOT = "counts not"
    AS_IT_WAS = "as it was"


@dataclass(frozen=True)
class Settler:
    """Looks at the orders of feedback that is not final."""

    store: FollowingFeedback
    orders: Orders
    clock: Callable[[], datetime]

    def due(self, limit: int = MAX_LOOKS) -> list[str]:
        """Return the feedback to look at in this run."""
        return self.store.due(self.clock(), limit)

    def settle(self, feedback_id: str) -> Outcome:
        """Make the feedback what its order's status wants it to be."""
        before, now = self.store.find(feedback_id), self.clock()
        if before is None or before.check_after is None:
            return Outcome.AS_IT_WAS  # removed, or settled by another run: the index tells of it a little later
        # First: one that fails in any way must not stand at the head of every run.
        self.store.put_off(before, before.next_look(now))
        order = self.orders.find(before.order_id)
        after = before.following(order.status if order else OrderStatus.FAILED, now)
        if after.check_after is not None and after.counted == before.counted:
            return Outcome.AS_IT_WAS
        try:
            after = record(before, after, now, self.store)
        except FeedbackMovedError:
            return Outcome.AS_IT_WAS  # its giver was faster; the next look finds it as it is then
        if after.counted == before.counted:
            return Outcome.AS_IT_WAS
        return Outcome.COUNTS if after.counted else Outcome.COUNTS_NOT
