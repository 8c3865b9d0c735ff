"""Forgetting the buyer of a checkout session: whom an agent bought for has no id here (decision 0026)."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from orderflow.checkout.erasing import (
    ErasableSessions,
    NoSuchSessionError,
    SessionTraces,
    close,
    require_over,
    rewrite,
    traces_of,
)
from orderflow.checkout.sessions import Ledger
from orderflow.checkout.webhooks.erasing import KeptBodies, erase_bodies, give_up, telling_bodies
from orderflow.orders.erasing import Traces, TracesBook, erase_order
from orderflow.orders.order import Order
from orderflow.runtime.ids import IdFactory
from orderflow.runtime.trail import Author


@dataclass(frozen=True)
class BuyerRemains:
    """What still tells of a buyer: versions of the session, ids of orders, ids of events whose webhooks are kept.

    What is needed is on its way: an order to its buyer, a webhook to its agent.
    """

    versions: tuple[int, ...]
    orders: tuple[str, ...]
    orders_needed: tuple[str, ...]
    webhooks: tuple[str, ...]
    webhooks_needed: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        return not any(asdict(self).values())

    def as_json(self) -> dict[str, Any]:
        """Return it in the words of the journal: numbers and ids, nothing personal."""
        return {
            "versions": list(self.versions),
            "orders": list(self.orders),
            "ordersNeeded": list(self.orders_needed),
            "webhooks": list(self.webhooks),
            "webhooksNeeded": list(self.webhooks_needed),
        }


@dataclass(frozen=True)
class BuyerEraser:
    """Looks for what tells of the buyer of a session, and takes it out."""

    sessions: ErasableSessions
    orders: TracesBook
    webhooks: KeptBodies
    clock: Callable[[], datetime]
    ids: IdFactory

    def session_of(self, order: Order | None, order_id: str) -> str:
        """Return the session that an order was placed for; raises NoSuchSessionError."""
        if order is None:
            raise NoSuchSessionError(f"there is no order {order_id}")
        if order.checkout_session_id is None:
            raise NoSuchSessionError(f"order {order_id} is a customer's own (`users erase`), not one of a session")
        return order.checkout_session_id

    def look(self, session_id: str) -> BuyerRemains:
        """Return what still tells of the buyer; changes nothing. Raises NoSuchSessionError."""
        return self._remains(traces_of(session_id, self.sessions))

    def require_erasable(self, session_id: str) -> None:
        """Raise SessionNotEndedError, SessionNotQuietError for a session that is not to be touched yet."""
        require_over(traces_of(session_id, self.sessions), self.clock())

    def erase(self, session_id: str, author: Author) -> BuyerRemains:
        """Take out whatever nothing needs any more, and return what is left; a repeat finishes what broke off.

        While an order is needed the session stays as it is, too: it is how the agent follows the order. Raises
        SessionNotEndedError, SessionNotQuietError.
        """
        traces = traces_of(session_id, self.sessions)
        require_over(traces, self.clock())
        if (left := self._remains(traces)).orders_needed:
            return left
        close(traces, Ledger(self.sessions, self.clock, self.ids, by=author.by, request_id=author.request_id))
        for order_id, event in traces.order_events:
            give_up(order_id, event.version, event.event_id, kept=self.webhooks, at=self.clock())
        rewrite(traces, self.sessions)
        for order in self._orders(traces):
            erase_order(order, book=self.orders, clock=self.clock, author=author)
            erase_bodies(order.order_id, kept=self.webhooks, at=self.clock())
        return self.look(session_id)

    def _orders(self, traces: SessionTraces) -> list[Traces]:
        found = (self.orders.of_order(order_id) for order_id in traces.orders)
        return [each for each in found if each is not None]

    def _remains(self, traces: SessionTraces) -> BuyerRemains:
        telling = [each for each in self._orders(traces) if each.without]
        bodies = [body for order_id in traces.orders for body in telling_bodies(order_id, self.webhooks)]
        return BuyerRemains(
            versions=traces.versions,
            orders=tuple(each.order_id for each in telling if not each.is_needed),
            orders_needed=tuple(each.order_id for each in telling if each.is_needed),
            webhooks=tuple(body.delivery.event_id for body in bodies if not body.is_needed),
            webhooks_needed=tuple(body.delivery.event_id for body in bodies if body.is_needed),
        )
