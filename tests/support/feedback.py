"""Feedback to test with: the same words for the store in memory and the one in DynamoDB."""

from collections.abc import Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from orderflow.catalog.maintenance import create_product, delete_product
from orderflow.catalog.product import ProductFacts
from orderflow.catalog.rating import Rating
from orderflow.feedback.changing import delete_feedback, update_feedback
from orderflow.feedback.feedback import Feedback, rating_differences
from orderflow.feedback.giving import Judgement, give_feedback
from orderflow.feedback.reading import Position, list_of_product
from orderflow.feedback.recording import FeedbackMovedError
from orderflow.feedback.settling import Outcome, Settler
from orderflow.orders.order import OrderLine
from orderflow.orders.status import OrderStatus
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso
from tests.support.catalog_fake import InMemoryCatalog
from tests.support.frozen import FrozenClock
from tests.support.orders import ADMIN, CUSTOMER, InMemoryOrders, new_order

ORDER_ID = "01JFR0ZEN00000000000000001"
KEY = b"a key for cursors in tests"


@dataclass
class InMemoryFeedback:
    """Feedback that counts in an InMemoryCatalog; what was removed stays as None."""

    catalog: InMemoryCatalog
    kept: dict[str, Feedback | None] = field(default_factory=dict)

    def find(self, feedback_id: str) -> Feedback | None:
        return self.kept.get(feedback_id)

    def write(self, before: Feedback | None, after: Feedback | None, at: datetime) -> Set[str]:
        written = after or before
        assert written is not None
        there = self.kept.get(written.feedback_id)
        if (there.revision if there else None) != (before.revision if before else None):
            raise FeedbackMovedError
        if before is None and written.feedback_id in self.kept:
            raise FeedbackMovedError
        differences = rating_differences(before, after)
        if unknown := differences.keys() - self.catalog.products.keys():
            return unknown
        for product_id, difference in differences.items():
            product = self.catalog.products[product_id]
            self.catalog.products[product_id] = replace(product, rating=product.rating + difference)
        self.kept[written.feedback_id] = after
        return frozenset()

    def due(self, now: datetime, limit: int) -> list[str]:
        waiting = [(each.check_after, each.feedback_id) for each in self.kept.values() if each and each.check_after]
        return [feedback_id for check_after, feedback_id in sorted(waiting) if check_after <= iso(now)][:limit]

    def put_off(self, feedback: Feedback, check_after: str) -> None:
        there = self.kept.get(feedback.feedback_id)
        if there and there.revision == feedback.revision:
            self.kept[feedback.feedback_id] = replace(there, check_after=check_after)

    def page(self, product_id: str, limit: int, after: Position | None) -> tuple[list[Feedback], Position | None]:
        listed = [each for each in self.kept.values() if each and product_id in each.counted]
        listed.sort(key=lambda each: (each.created_at, each.feedback_id), reverse=True)
        if after is not None:
            start = (after.created_at, after.feedback_id)
            listed = [each for each in listed if (each.created_at, each.feedback_id) < start]
        if len(listed) <= limit:
            return listed, None
        last = listed[limit - 1]
        return listed[:limit], Position(last.feedback_id, last.created_at)


@dataclass
class FeedbackWorld:
    """A shop whose orders are judged."""

    store: Any
    listing: Any
    products: Any
    clock: FrozenClock
    orders: InMemoryOrders = field(default_factory=InMemoryOrders)

    def product(self, *product_ids: str) -> None:
        for product_id in product_ids:
            facts = ProductFacts(product_id, "samples", 1999)
            create_product(ADMIN, product_id, facts, currency="EUR", store=self.products, clock=self.clock)

    def withdraw(self, product_id: str) -> None:
        delete_product(ADMIN, product_id, store=self.products, clock=self.clock)

    def rating(self, product_id: str) -> tuple[int, int]:
        """Return the sum and the number of a product's ratings."""
        rating: Rating = self.products.find(product_id).rating
        return rating.total, rating.count

    def order(
        self, *product_ids: str, order_id: str = ORDER_ID, status: OrderStatus = OrderStatus.CONFIRMED,
        user: Caller = CUSTOMER,
    ) -> str:  # fmt: skip
        """Let the user have ordered these products, whatever their order was before."""
        lines = tuple(OrderLine(product_id, f"The {product_id}", 1, 1999) for product_id in product_ids)
        self.orders.orders[order_id] = new_order(order_id, lines=lines, status=status, user_id=user.user_id)
        return order_id

    def moves(self, status: OrderStatus, order_id: str = ORDER_ID) -> None:
        """Let the order come to a status."""
        new = self.orders.orders[order_id]
        self.orders.orders[order_id] = replace(new, order=replace(new.order, status=status))

    def give(self, rating: int = 4, order_id: str = ORDER_ID, user: Caller = CUSTOMER, **words: Any) -> Feedback:
        judgement = Judgement(order_id, rating, **words)
        return give_feedback(user, judgement, orders=self.orders, store=self.store, clock=self.clock)

    def edit(
        self, feedback: Feedback, user: Caller = CUSTOMER, *, version: int | None = None, **words: Any
    ) -> Feedback:
        return update_feedback(
            user, feedback.feedback_id, version or feedback.version, words, store=self.store, clock=self.clock
        )

    def remove(self, feedback: Feedback, user: Caller = CUSTOMER) -> None:
        delete_feedback(user, feedback.feedback_id, store=self.store, clock=self.clock)

    def settle(self) -> list[Outcome]:
        """Let a minute pass and the schedule run."""
        self.clock.advance(minutes=1)
        settler = Settler(self.store, self.orders, self.clock)
        return [settler.settle(feedback_id) for feedback_id in settler.due()]

    def listed(self, product_id: str, limit: int = 20, caller: Caller = CUSTOMER) -> list[str]:
        """Return the ids of a product's whole list, page by page."""
        found: list[str] = []
        token = None
        for _ in range(100):
            page, token = list_of_product(
                product_id, caller, limit=limit, token=token, listing=self.listing, cursor_key=lambda: KEY
            )
            assert len(page) == limit or token is None
            found += [each.feedback_id for each in page]
            if token is None:
                return found
        raise AssertionError("the list does not end within 100 pages")


def in_memory(clock: FrozenClock) -> FeedbackWorld:
    """Return a shop in memory."""
    catalog = InMemoryCatalog()
    store = InMemoryFeedback(catalog)
    return FeedbackWorld(store, store, catalog, clock)
