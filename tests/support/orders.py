"""Orders for tests: a shop in memory whose parts behave as the real ones do, and builders of what goes in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from orderflow.catalog.errors import UnknownProductError
from orderflow.catalog.pricing import PricedProduct
from orderflow.orders.errors import QueueUnavailableError
from orderflow.orders.intake import Intake, NewOrder, OrderRequest
from orderflow.orders.order import Address, HistoryEntry, Order, OrderLine
from orderflow.orders.payment_terms import PaymentTerms
from orderflow.orders.pricing import RequestedLine
from orderflow.orders.status import OrderStatus
from orderflow.orders.workflow_start import QueuedOrder
from orderflow.runtime.caller import Caller
from orderflow.runtime.idempotency.keys import KeyWrite
from orderflow.runtime.idempotency.once import Once, once
from tests.support.crashes import Trap
from tests.support.frozen import CountingIds, FrozenClock
from tests.support.idempotency import CREATED, InMemoryRecords, keys_on

CUSTOMER = Caller("customer-1", frozenset({"customer"}))
STRANGER = Caller("customer-2", frozenset({"customer"}))
ADMIN = Caller("admin-1", frozenset({"admin"}))
ADDRESS = Address("456 Test Ave", "CmdVille", "98765", "DE")
SHOP_PRICES = {"ITEM001": 1999, "ITEM002": 750, "test_1": 500}


@dataclass
class InMemoryPrices:
    """The catalogue's `price_items` over a dict that a test may change."""

    prices: dict[str, int] = field(default_factory=lambda: dict(SHOP_PRICES))
    currency: str = "EUR"

    def __call__(self, product_ids: Iterable[str]) -> dict[str, PricedProduct]:
        wanted = list(dict.fromkeys(product_ids))
        if missing := [product_id for product_id in wanted if product_id not in self.prices]:
            raise UnknownProductError(missing)
        return {
            product_id: PricedProduct(product_id, f"The {product_id}", self.prices[product_id], self.currency)
            for product_id in wanted
        }


@dataclass
class InMemoryOrders:
    """Intake's store and the order store; `orders` is the truth, in the order of writing."""

    orders: dict[str, NewOrder] = field(default_factory=dict)
    records: InMemoryRecords = field(default_factory=InMemoryRecords)

    def add(self, new: NewOrder) -> None:
        self.orders.setdefault(new.order.order_id, new)

    def add_once(self, new: NewOrder, key: KeyWrite) -> None:
        self.records.save(key)
        self.add(new)

    def status(self, order_id: str) -> OrderStatus | None:
        order = self.find(order_id)
        return order.status if order else None

    def find(self, order_id: str) -> Order | None:
        new = self.orders.get(order_id)
        return new.order if new else None

    def page(
        self, user_id: str, status: OrderStatus | None, limit: int, before: str | None
    ) -> tuple[list[Order], str | None]:
        matching = [
            new.order
            for order_id, new in sorted(self.orders.items(), reverse=True)
            if new.order.user_id == user_id
            and (before is None or order_id < before)
            and (status is None or new.order.status is status)
        ]
        return matching[:limit], matching[limit - 1].order_id if len(matching) > limit else None


@dataclass
class InMemoryQueue:
    """A queue that keeps everything it was sent, unless it is `down`."""

    messages: list[QueuedOrder] = field(default_factory=list)
    down: bool = False

    def send(self, order_id: str, correlation_id: str) -> None:
        if self.down:
            raise QueueUnavailableError("The order queue could not be reached; try again.")
        self.messages.append(QueuedOrder(order_id, correlation_id))


@dataclass
class InMemoryShop:
    """A whole intake in memory."""

    prices: InMemoryPrices = field(default_factory=InMemoryPrices)
    store: InMemoryOrders = field(default_factory=InMemoryOrders)
    queue: InMemoryQueue = field(default_factory=InMemoryQueue)
    clock: FrozenClock = field(default_factory=FrozenClock)
    ids: CountingIds = field(default_factory=CountingIds)

    def intake(self, trap: Trap | None = None, **settings: Any) -> Intake:
        """Return the intake; with a trap, every call it makes is counted by it."""

        def guarded(part: Any) -> Any:
            return trap.guard(part) if trap else part

        return Intake(
            prices=guarded(self.prices),
            store=guarded(self.store),
            queue=guarded(self.queue),
            keys=keys_on(guarded(self.store.records), self.clock),
            clock=self.clock,
            ids=self.ids,
            **{"currency": "EUR", "default_payment_token": "sandbox_approve"} | settings,
        )

    @property
    def order_ids(self) -> list[str]:
        return list(self.store.orders)

    @property
    def queued_ids(self) -> list[str]:
        return [message.order_id for message in self.queue.messages]


def order_request(*lines: tuple[str, int], **fields: Any) -> OrderRequest:
    """Return a request for (product, quantity) lines, one ITEM001 by default."""
    return OrderRequest(tuple(RequestedLine(*line) for line in lines or (("ITEM001", 1),)), ADDRESS, **fields)


def keyed(key: str, body: Any = "one ITEM001", caller: Caller = CUSTOMER) -> Once:
    """Return what recognises a request with an Idempotency-Key."""
    return once(caller.user_id, "POST /orders", key, {"body": body})


def order(order_id: str = "01JFR0ZEN00000000000000001", **fields: Any) -> Order:
    """Return an order as intake makes it."""
    at = "2026-01-02T03:04:05.678Z"
    defaults: dict[str, Any] = {
        "user_id": CUSTOMER.user_id,
        "lines": (OrderLine("ITEM001", "The ITEM001", 2, 1999),),
        "currency": "EUR",
        "shipping_address": ADDRESS,
        "history": (HistoryEntry(OrderStatus.PENDING, at, "customer"),),
        "created_at": at,
        "updated_at": at,
    }
    return Order(order_id, **defaults | fields)


def new_order(order_id: str = "01JFR0ZEN00000000000000001", **fields: Any) -> NewOrder:
    """Return an order as intake stores it."""
    return NewOrder(order(order_id, **fields), "correlation-1", "sandbox_approve")


def answered(key: str, clock: FrozenClock | None = None) -> KeyWrite:
    """Return the write of a key that goes with an order."""
    return keys_on(InMemoryRecords(), clock).fresh(keyed(key)).finished(CREATED)


def payment_terms(order_id: str, **fields: Any) -> PaymentTerms:
    """Return the terms of an order over 19.99 EUR."""
    defaults = {"user_id": CUSTOMER.user_id, "amount": 1999, "currency": "EUR", "token": "sandbox_approve"}
    return PaymentTerms(order_id, **defaults | fields)
