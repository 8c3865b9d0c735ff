"""A checkout to complete in memory: sessions, tokens, discount codes and orders, with one transaction over all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from orderflow.checkout.completing import Completed, Completer
from orderflow.checkout.events import Change, Event, EventType, after
from orderflow.checkout.following import Follower
from orderflow.checkout.placing import Placement
from orderflow.checkout.session import Line, Offer, Session
from orderflow.checkout.sessions import SessionChangedError
from orderflow.checkout.vault.token import VaultToken
from orderflow.orders.errors import QueueUnavailableError
from orderflow.orders.order import HistoryEntry, Order, StatusReason
from orderflow.orders.status import OrderStatus
from orderflow.runtime.idempotency.keys import KeyWrite
from orderflow.runtime.idempotency.once import Once, once
from orderflow.runtime.json_text import JsonText, json_text
from tests.support.checkout import ADDRESS, paid_by
from tests.support.frozen import CountingIds, FrozenClock
from tests.support.idempotency import keys_on
from tests.support.sessions import CLIENT, SESSION, InMemorySessions, ledger
from tests.support.vault import token

SHOP = "https://shop.example.com"
HOME = {**ADDRESS, "line_two": "c/o Roe"}
BUYER = {"email": "jane@example.com"}
OPTION = {
    "type": "shipping",
    "id": "standard",
    "title": "Standard",
    "earliest_delivery_time": "2026-01-05T00:00:00Z",
    "latest_delivery_time": "2026-01-07T00:00:00Z",
    "totals": [],
}
DONE = OrderStatus.CONFIRMED


def totals(**amounts: int) -> tuple[dict[str, Any], ...]:
    """Return all eight totals, those not named 0."""
    kinds = ("items_base_amount", "items_discount", "subtotal", "discount", "fulfillment", "tax", "fee", "total")
    return tuple({"type": kind, "display_text": kind, "amount": amounts.get(kind, 0)} for kind in kinds)


def priced(unit_price: int = 1250, *, messages: tuple[dict[str, Any], ...] = (), codes: tuple[str, ...] = ()) -> Offer:
    """Return a payable offer: two mugs on one line and one on another, 5.00 of shipping, nothing off."""
    lines = (
        Line("line_1", "MUG-01", "Blue mug", 2, unit_price, "kitchen", 40),
        Line("line_2", "MUG-01", "Blue mug", 1, unit_price, "kitchen", 40),
    )
    goods = 3 * unit_price
    return Offer(
        lines=lines,
        line_totals={
            line.line_id: totals(
                items_base_amount=line.quantity * unit_price,
                subtotal=line.quantity * unit_price,
                total=line.quantity * unit_price,
            )
            for line in lines
        },
        totals=totals(items_base_amount=goods, subtotal=goods, fulfillment=500, total=goods + 500),
        options=(OPTION,),
        selected="standard",
        discounts={"codes": list(codes), "applied": [{"code": code} for code in codes], "rejected": []},
        messages=messages,
        charges={"shipping": 500, "tax": 0, "discount": 0},
    )


def ended(order: Order, status: OrderStatus, reason: str | None = None) -> Order:
    """Return the order as its workflow left it."""
    told = StatusReason(reason, f"because of {reason}") if reason else None
    history = (*order.history, HistoryEntry(status, order.created_at, "workflow"))
    return replace(order, status=status, status_reason=told, history=history)


@dataclass
class World:
    """Implements what Completer and Follower ask for; orders end as `outcome` says at the look `after_looks`."""

    clock: FrozenClock = field(default_factory=FrozenClock)
    sessions: InMemorySessions = field(default_factory=InMemorySessions)
    offer: Offer = field(default_factory=priced)
    tokens: dict[str, VaultToken] = field(default_factory=dict)
    placed: list[Placement] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    queued: list[str] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    outcome: tuple[OrderStatus, str | None] | None = (DONE, None)
    after_looks: int = 2
    queue_is_down: bool = False
    looks: int = 0
    ids: CountingIds = field(default_factory=CountingIds)
    before_placing: Callable[[], object] | None = None

    def __post_init__(self) -> None:
        self.keys = keys_on(self.sessions.records, self.clock)
        self.grant()

    def grant(self, token_id: str = "vt_1", **changes: Any) -> None:  # noqa: S107 - an id, no secret
        """Delegate a payment for the session."""
        facts = {"client_id": CLIENT, "session_id": SESSION, "currency": "eur", "max_amount": 10_000}
        self.tokens[token_id] = token(token_id=token_id, **(facts | changes))

    def begin(self, **asked: Any) -> Session:
        """Begin the session with everything that it needs to be completed."""
        pieces = {"buyer": BUYER, "fulfillment_details": {"address": HOME}, **asked}
        told = {name: piece for name, piece in pieces.items() if piece is not None}
        change = Change(asked=told, offer=self.offer, currency="EUR", expires_at="2026-01-02T04:04:05.678Z")
        event = ledger(self.sessions, self.clock).event(SESSION, 1, EventType.CREATED, change)
        self.sessions.append(event, after(None, event))
        return self.session

    @property
    def session(self) -> Session:
        found = self.sessions.find(SESSION)
        assert found is not None
        return found

    def complete(self, key: str | None = "key-1", patience: float = 5, **pieces: Any) -> Completed:
        """Ask for the completion as an agent does."""
        body = {"payment_data": paid_by("vt_1"), **pieces}
        return self.completer(patience).complete_once(
            SESSION,
            body,
            once=self.once(key, body) if key else None,
            keys=self.keys,
            render=rendered,
            correlation_id="correlation-1",
        )

    def once(self, key: str, body: Mapping[str, Any]) -> Once:
        """Return what recognises a request."""
        return once(f"key:{CLIENT}", f"POST /checkout_sessions/{SESSION}/complete", key, body)

    def completer(self, patience: float = 5) -> Completer:
        """Return what completes, at a frozen time in which only sleeping passes."""
        desk = ledger(self.sessions, self.clock)
        return Completer(
            ledger=desk,
            offering=self,  # type: ignore[arg-type]  # only `again` is asked for
            tokens=self,
            placements=self,
            follower=self.follower(),
            queue=self,
            merchant_id="orderflow-test",
            order_ids=self.ids,
            patience=patience,
            monotonic=lambda: self.clock.now.timestamp(),
            sleep=self.clock.sleep,
        )

    def follower(self) -> Follower:
        """Return what lets sessions follow their orders."""
        return Follower(ledger(self.sessions, self.clock, by="follow_orders"), self, self.look, SHOP)

    # What the use cases ask for.

    def again(self, lines: Sequence[Line], asked: Mapping[str, Any], currency: str, now: datetime) -> Offer:
        return self.offer

    def find(self, token_id: str) -> VaultToken | None:
        return self.tokens.get(token_id)

    def place(self, event: Event, state: Session, kept: KeyWrite | None, placement: Placement) -> None:
        if self.before_placing:
            hook, self.before_placing = self.before_placing, None
            hook()
        held = self.tokens[placement.token_id]
        if held.used_for not in (None, placement.new.order.order_id):
            raise SessionChangedError(event.session_id)
        self.sessions.append(event, state, kept)
        self.tokens[placement.token_id] = replace(held, used_for=placement.new.order.order_id)
        self.orders[placement.new.order.order_id] = placement.new.order
        self.placed.append(placement)

    def give_back(self, event: Event, state: Session, kept: KeyWrite | None, codes: tuple[str, ...]) -> None:
        self.sessions.append(event, state, kept)
        self.returned.extend(codes)

    def send(self, order_id: str, correlation_id: str) -> None:
        if self.queue_is_down:
            raise QueueUnavailableError("down")
        self.queued.append(order_id)

    def look(self, order_id: str) -> Order | None:
        self.looks += 1
        order = self.orders.get(order_id)
        at_work = order and order.status is OrderStatus.PENDING and self.queued and self.looks > self.after_looks
        if order and at_work and self.outcome:
            self.orders[order_id] = ended(order, *self.outcome)
        return self.orders.get(order_id)


def rendered(session: Session) -> JsonText:
    """Return a session as an answer that tells whether it has an order."""
    return json_text(
        {"status": session.status.value, "order": session.order, "messages": [m["code"] for m in session.messages]}
    )
