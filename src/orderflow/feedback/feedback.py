"""A customer's feedback on an order: what it says, for how long it may change, and where it counts."""

import hashlib
from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from orderflow.catalog.rating import UNRATED, Rating
from orderflow.orders.limits import MAX_LINES
from orderflow.orders.status import OrderStatus
from orderflow.runtime.clock import iso

EDITABLE_FOR = timedelta(days=1)
MAX_PRODUCTS = MAX_LINES

# Nobody pays twice to be judged: what was not bought does not count. An order that can still be paid for may be judged
# already, and its feedback waits; one that is paid for and can be cancelled counts, and is looked at again.
WAITING = frozenset({OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.REVIEW})
BOUGHT = frozenset({OrderStatus.CONFIRMED})
KEPT = frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.RETURNED})
NOT_BOUGHT = frozenset(OrderStatus) - WAITING - BOUGHT - KEPT

_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True)
class Feedback:
    """One order judged by who bought it; `rating` is 1 to 5, timestamps are ISO 8601 in UTC.

    It shows and counts at the products in `counted`. It follows its order until nothing can change any more: at
    `check_after` it is looked at again, None when it stays as it is. `version` counts its giver's changes, `revision`
    every write.
    """

    feedback_id: str
    order_id: str
    user_id: str
    product_ids: tuple[str, ...]
    rating: int
    comment: str
    category: str | None
    created_at: str
    updated_at: str
    counted: frozenset[str] = frozenset()
    check_after: str | None = None
    version: int = 1
    revision: int = 1

    @property
    def editable_until(self) -> datetime:
        return datetime.fromisoformat(self.created_at) + EDITABLE_FOR

    def is_editable(self, now: datetime) -> bool:
        return now < self.editable_until

    def following(self, status: OrderStatus, now: datetime) -> "Feedback":
        """Return the feedback as it is to be while its order has this status."""
        if status in WAITING or status in NOT_BOUGHT:
            counted = frozenset[str]()
        else:
            counted = self.counted or frozenset(self.product_ids)
        ended = status in KEPT or status in NOT_BOUGHT
        return replace(self, counted=counted, check_after=None if ended else self.next_look(now))

    def next_look(self, now: datetime) -> str:
        """Return when to look at its order again: after as long as it is old, from a minute to a day."""
        age = now - datetime.fromisoformat(self.created_at)
        return iso(now + min(max(age, _SHORTEST_WAIT), _LONGEST_WAIT))

    def not_counted_at(self, product_ids: Set[str]) -> "Feedback":
        """Return the feedback without these products among those where it counts."""
        return replace(self, counted=self.counted - product_ids)


def feedback_id_of(order_id: str) -> str:
    """Return the one id that feedback on this order can have; it does not tell the order's, which is unguessable."""
    return f"fbk_{hashlib.sha256(order_id.encode()).hexdigest()[:32]}"


def rating_differences(before: Feedback | None, after: Feedback | None) -> dict[str, Rating]:
    """Return by product what its rating is to change by when `after` takes the place of `before`."""
    counted = (before.counted if before else frozenset()) | (after.counted if after else frozenset())
    found = {product_id: _weight(after, product_id) - _weight(before, product_id) for product_id in sorted(counted)}
    return {product_id: difference for product_id, difference in found.items() if difference != UNRATED}


def _weight(feedback: Feedback | None, product_id: str) -> Rating:
    return Rating(feedback.rating, 1) if feedback and product_id in feedback.counted else UNRATED
