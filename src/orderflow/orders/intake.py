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
from orderflow.orders.idempotency import FirstAnswer, expiry
from orderflow.orders.order import Address, HistoryEntry, Order
from orderflow.orders.pricing import Prices, RequestedLine, priced_lines, require_payable
from orderflow.orders.status import Actor, OrderStatus
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso
from orderflow.runtime.errors import OrderflowError
from orderflow.runtime.idempotency.errors import IdempotencyConflictError, RequestInProgressError
from orderflow.runtime.idempotency.once import Once


class AlreadyAnsweredError(Exception):
    """The store holds a current answer for the key; nothing was written."""


class StoreContendedError(Exception):
    """Another request with the same key is writing at this moment; nothing was written."""


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

    def add_once(self, new: NewOrder, answer: FirstAnswer, now: datetime) -> None:
        """Store order and answer, both or neither; an expired answer of the same key gives way.

        Raises AlreadyAnsweredError or StoreContendedError.
        """
        ...

    def first_answer(self, once_id: str) -> FirstAnswer | None:
        """Return the stored answer, expired or not, as of now."""
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
    """What a client wants; `user_id` None means themselves. `charges` are a checkout's: no client sends them."""

    lines: tuple[RequestedLine, ...]
    shipping_address: Address
    user_id: str | None = None
    payment_token: str | None = field(default=None, repr=False)
    charges: Charges = Charges()


@dataclass(frozen=True)
class Accepted:
    """The answer; `replayed` when an earlier request had been given it."""

    order_id: str
    total: int
    currency: str
    replayed: bool = False
    status: OrderStatus = OrderStatus.PENDING


@dataclass(frozen=True)
class Intake:
    """Orders come in here."""

    prices: Prices
    store: IntakeStore
    queue: OrderQueue
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
            new = self._new_order(request, caller, correlation_id, now)
        except OrderflowError:
            # The catalogue may have changed since the first request: its answer still stands.
            if once and (answer := self._current_answer(once, now)):
                return self._replay(answer)
            raise
        if once is None:
            self.store.add(new)
        else:
            try:
                self.store.add_once(new, _answer_for(new, once, now), now)
            except (AlreadyAnsweredError, StoreContendedError) as repeated:
                if answer := self._current_answer(once, now):
                    return self._replay(answer)
                raise RequestInProgressError from repeated
        self._queue(new.order.order_id, correlation_id, repeatable=once is not None)
        return Accepted(new.order.order_id, new.order.total, new.order.currency)

    def _new_order(self, request: OrderRequest, caller: Caller, correlation_id: str, now: datetime) -> NewOrder:
        token = request.payment_token or self.default_payment_token
        if not token:
            raise PaymentMethodMissingError
        lines = priced_lines(request.lines, self.prices, self.currency)
        user_id = request.user_id or caller.user_id
        at = iso(now)
        by = Actor.CUSTOMER if user_id == caller.user_id else Actor.ADMIN
        order = Order(
            order_id=self.ids(),
            user_id=user_id,
            lines=lines,
            currency=self.currency,
            shipping_address=request.shipping_address,
            history=(HistoryEntry(OrderStatus.PENDING, at, by),),
            created_at=at,
            updated_at=at,
            shipping=request.charges.shipping,
            tax=request.charges.tax,
            discount=request.charges.discount,
        )
        if not order.adds_up:
            raise ValueError(f"{request.charges} and the lines' own discounts and taxes do not add up")
        require_payable(order.total, self.currency)
        return NewOrder(order, correlation_id, token)

    def _current_answer(self, once: Once, now: datetime) -> FirstAnswer | None:
        answer = self.store.first_answer(once.id)
        if answer is None or not answer.is_current(now):
            return None
        if answer.once.fingerprint != once.fingerprint:
            raise IdempotencyConflictError
        return answer

    def _replay(self, answer: FirstAnswer) -> Accepted:
        # The first request may have died before it queued the order. A second message harms nothing: the execution's
        # name is the order's id.
        if self.store.status(answer.order_id) is OrderStatus.PENDING:
            self._queue(answer.order_id, answer.correlation_id, repeatable=True)
        return Accepted(answer.order_id, answer.total, answer.currency, replayed=True)

    def _queue(self, order_id: str, correlation_id: str, *, repeatable: bool) -> None:
        try:
            self.queue.send(order_id, correlation_id)
        except QueueUnavailableError as error:
            raise OrderNotQueuedError(order_id, repeatable=repeatable) from error


def _answer_for(new: NewOrder, once: Once, now: datetime) -> FirstAnswer:
    return FirstAnswer(
        once=once,
        order_id=new.order.order_id,
        correlation_id=new.correlation_id,
        total=new.order.total,
        currency=new.order.currency,
        expires_at=expiry(now),
    )
