"""Placing an order: priced by the server, stored PENDING, queued; and the same order again for a repeated request."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from orderflow.orders.errors import (
    ForeignOrdersError,
    OrderNotQueuedError,
    PaymentMethodMissingError,
    QueueUnavailableError,
)
from orderflow.orders.order import Address, HistoryEntry, Order
from orderflow.orders.pricing import Prices, RequestedLine, priced_lines, require_payable
from orderflow.orders.status import Actor, OrderStatus
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso
from orderflow.runtime.errors import OrderflowError
from orderflow.runtime.idempotency.answer import Answer
from orderflow.runtime.idempotency.errors import KeyTakenError
from orderflow.runtime.idempotency.keys import IdempotencyKeys, KeyWrite, Replay
from orderflow.runtime.idempotency.once import Once
from orderflow.runtime.idempotency.record import Fact, Point
from orderflow.runtime.json_text import json_text

# What the answer's record remembers of the order, for the repeat that has to queue it.
_PLACED = "placed"


@dataclass(frozen=True)
class NewOrder:
    """An order with what only its processing needs; the token never shows in logs or errors."""

    order: Order
    correlation_id: str
    payment_token: str = field(repr=False)


class IntakeStore(Protocol):
    """Where orders begin."""

    def add(self, new: NewOrder) -> None:
        """Store the order unless its id is stored already."""
        ...

    def add_once(self, new: NewOrder, key: KeyWrite) -> None:
        """Store order and key, both or neither; raises KeyTakenError."""
        ...

    def status(self, order_id: str) -> OrderStatus | None:
        """Return the order's status as of now."""
        ...


class OrderQueue(Protocol):
    """The way from intake to the workflow."""

    def send(self, order_id: str, correlation_id: str) -> None:
        """Queue the order; raises QueueUnavailableError."""
        ...


@dataclass(frozen=True)
class Charges:
    """What an order costs besides its goods, in minor units: `discount` and `tax` those of its lines included."""

    shipping: int = 0
    tax: int = 0
    discount: int = 0


@dataclass(frozen=True)
class OrderRequest:
    """What a client wants; `user_id` None means themselves.

    `charges` and `checkout_session_id` are a checkout's: no client sends them.
    """

    lines: tuple[RequestedLine, ...]
    shipping_address: Address
    user_id: str | None = None
    payment_token: str | None = field(default=None, repr=False)
    charges: Charges = Charges()
    checkout_session_id: str | None = None


@dataclass(frozen=True)
class Accepted:
    """An order that was taken, and what its client is answered; `replayed` when an earlier request had been."""

    order_id: str
    total: int
    currency: str
    answer: Answer
    replayed: bool = False


@dataclass(frozen=True)
class Intake:
    """Orders come in here."""

    prices: Prices
    store: IntakeStore
    queue: OrderQueue
    keys: IdempotencyKeys
    clock: Callable[[], datetime]
    ids: Callable[[], str]
    currency: str
    default_payment_token: str | None = None

    def place_order(
        self, request: OrderRequest, caller: Caller, *, once: Once | None = None, correlation_id: str
    ) -> Accepted:
        """Store and queue the order, or answer a repeated request as the first time.

        Raises ForeignOrdersError, PaymentMethodMissingError, what `priced_lines` raises, IdempotencyConflictError,
        RequestInProgressError, and OrderNotQueuedError when the order is stored and not queued: repeating queues it.
        ValueError for charges that do not add up, which is a defect of whoever computed them.
        """
        if request.user_id not in (None, caller.user_id) and not caller.is_admin:
            raise ForeignOrdersError
        now = self.clock()
        try:
            new = new_order(
                request,
                caller,
                order_id=self.ids(),
                prices=self.prices,
                currency=self.currency,
                default_payment_token=self.default_payment_token,
                correlation_id=correlation_id,
                now=now,
            )
        except OrderflowError:
            # The catalogue may have changed since the first request: its answer still stands.
            if once and (replay := self.keys.earlier(once)):
                return self._replay(replay)
            raise
        accepted = Accepted(new.order.order_id, new.order.total, new.order.currency, _answer(new.order))
        if once is None:
            self.store.add(new)
        else:
            try:
                self.store.add_once(new, self.keys.fresh(once).finished(accepted.answer, _placed(new)))
            except KeyTakenError:
                return self._replay(self.keys.taken(once))
        self._queue(new.order.order_id, correlation_id, repeatable=once is not None)
        return accepted

    def _replay(self, replay: Replay) -> Accepted:
        placed = replay.facts(_PLACED)
        order_id = str(placed["orderId"])
        # The first request may have died before it queued the order. A second message harms nothing: the execution's
        # name is the order's id.
        if self.store.status(order_id) is OrderStatus.PENDING:
            self._queue(order_id, str(placed["correlationId"]), repeatable=True)
        return Accepted(order_id, int(placed["total"]), str(placed["currency"]), replay.answer, replayed=True)

    def _queue(self, order_id: str, correlation_id: str, *, repeatable: bool) -> None:
        try:
            self.queue.send(order_id, correlation_id)
        except QueueUnavailableError as error:
            raise OrderNotQueuedError(order_id, repeatable=repeatable) from error


def new_order(
    request: OrderRequest,
    caller: Caller,
    *,
    order_id: str,
    prices: Prices,
    currency: str,
    correlation_id: str,
    now: datetime,
    default_payment_token: str | None = None,
) -> NewOrder:
    """Return an order at the server's prices, PENDING, for whoever stores it.

    Raises PaymentMethodMissingError, what `priced_lines` raises, and ValueError for charges that do not add up.
    """
    token = request.payment_token or default_payment_token
    if not token:
        raise PaymentMethodMissingError
    lines = priced_lines(request.lines, prices, currency)
    user_id = request.user_id or caller.user_id
    at = iso(now)
    by = Actor.CUSTOMER if user_id == caller.user_id else Actor.ADMIN
    order = Order(
        order_id=order_id,
        user_id=user_id,
        lines=lines,
        currency=currency,
        shipping_address=request.shipping_address,
        history=(HistoryEntry(OrderStatus.PENDING, at, by),),
        created_at=at,
        updated_at=at,
        shipping=request.charges.shipping,
        tax=request.charges.tax,
        discount=request.charges.discount,
        checkout_session_id=request.checkout_session_id,
    )
    if not order.adds_up:
        raise ValueError(f"{request.charges} and the lines' own discounts and taxes do not add up")
    require_payable(order.total, currency)
    return NewOrder(order, correlation_id, token)


def _answer(order: Order) -> Answer:
    body = {
        "orderId": order.order_id,
        "status": order.status.value,
        "total": order.total,
        "currency": order.currency,
    }
    return Answer(202, json_text(body), {"Location": f"/orders/{order.order_id}"})


def _placed(new: NewOrder) -> Point:
    order = new.order
    facts: dict[str, Fact] = {
        "orderId": order.order_id,
        "total": order.total,
        "currency": order.currency,
        "correlationId": new.correlation_id,
    }
    return Point(_PLACED, facts)
