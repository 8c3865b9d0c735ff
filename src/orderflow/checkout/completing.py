"""An agent completes its session: one order for it, however often and however fast it asks; then its outcome.

One transaction is everything that makes the order: the session's next version, the order, the uses of the token and of
the codes, and the request's recovery point. Of many requests one writes that version. What dies later is finished by
the order's workflow and its sweeper, and by whoever follows the order.
"""

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from orderflow.checkout import messages
from orderflow.checkout.dialects.up import CARD_HANDLER
from orderflow.checkout.errors import SessionBusyError
from orderflow.checkout.events import Change, Event, EventType
from orderflow.checkout.following import Follower
from orderflow.checkout.offering import Offering
from orderflow.checkout.placing import Placement, label, order_of
from orderflow.checkout.progress import is_decided
from orderflow.checkout.session import Session, SessionStatus, Wire
from orderflow.checkout.sessions import Ledger, SessionChangedError
from orderflow.checkout.updating import require_open
from orderflow.checkout.vault.errors import (
    AuthenticationRequiredError,
    AuthenticationResultMissingError,
    TokenRefusedError,
)
from orderflow.checkout.vault.token import VaultToken
from orderflow.checkout.vault.tokens import check, is_authenticated
from orderflow.checkout.working import Work
from orderflow.orders.errors import QueueUnavailableError
from orderflow.orders.order import Order
from orderflow.orders.status import OrderStatus
from orderflow.runtime.idempotency.answer import Answer
from orderflow.runtime.idempotency.errors import KeyTakenError
from orderflow.runtime.idempotency.keys import IdempotencyKeys, KeyWrite, Replay
from orderflow.runtime.idempotency.once import Once
from orderflow.runtime.json_text import JsonText

_TRIES = 4
_LONGEST_TOKEN = 255  # characters; ours are shorter, and what is longer than 2 KB is no key of a table
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 0.5  # seconds between two looks; doubles
# What a complete request may tell of the session; how it is paid is nowhere kept.
_TOLD = ("buyer", "order_notes")


class Tokens(Protocol):
    """Delegated payment tokens."""

    def find(self, token_id: str) -> VaultToken | None:
        """Return the token as of now."""
        ...


class Placements(Protocol):
    """Where an order begins together with its session's event."""

    def place(self, event: Event, state: Session, kept: KeyWrite | None, placement: Placement) -> None:
        """Write event, order, its entry in the trail, the uses of token and codes, and the key: all or none.

        Raises SessionChangedError, also when the token or a code was used up in between, and KeyTakenError.
        """
        ...


class OrderQueue(Protocol):
    """The way to the order's workflow."""

    def send(self, order_id: str, correlation_id: str) -> None:
        """Queue the order; raises QueueUnavailableError."""
        ...


@dataclass(frozen=True)
class Completed:
    """An answer to a complete request, the order that is on its way or made, and whether it was placed just now."""

    answer: Answer
    order_id: str | None = None
    placed: bool = False
    replayed: bool = False


@dataclass(frozen=True)
class Completer:
    """Sessions of one client are completed here; `patience` is how long the outcome may take, in seconds."""

    ledger: Ledger
    offering: Offering
    tokens: Tokens
    placements: Placements
    follower: Follower
    queue: OrderQueue
    merchant_id: str
    order_ids: Callable[[], str]
    patience: float
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def complete_once(
        self,
        session_id: str,
        body: Wire,
        *,
        once: Once | None,
        keys: IdempotencyKeys,
        render: Callable[[Session], JsonText],
        correlation_id: str,
    ) -> Completed:
        """Complete for the first request of a key, and answer every repeat as that one; without a key, just complete.

        Raises what `complete` raises but KeyTakenError; IdempotencyConflictError, RequestInProgressError.
        """
        begun = keys.begin(once) if once else None
        if isinstance(begun, Replay):
            return Completed(begun.answer, replayed=True)
        work = Work(keys, begun, render)
        try:
            return self.complete(session_id, body, work, correlation_id=correlation_id)
        except KeyTakenError:
            if once is None:
                raise
            return Completed(keys.taken(once).answer, replayed=True)
        except Exception:
            # Whatever it was: the repeat goes on from what is written.
            work.release()
            raise

    def complete(self, session_id: str, body: Wire, work: Work, *, correlation_id: str) -> Completed:
        """Return the session with its order, with what stands in the way of one, or still in progress.

        `body` is a complete request of 2026-04-17. Raises SessionNotFoundError, SessionClosedError,
        CompletionInProgressError, AuthenticationResultMissingError, SessionBusyError, KeyTakenError, and what offering
        raises.
        """
        order_id, placed = work.order_id, False
        if order_id is None:
            session = self._decided(session_id, body, work, correlation_id)
            if session.status is not SessionStatus.COMPLETE_IN_PROGRESS or session.order_id is None:
                return Completed(work.answer(session))
            order_id, placed = session.order_id, True
        session = self._awaited(session_id, order_id, work, correlation_id)
        if session.order_id == order_id and session.status is SessionStatus.COMPLETE_IN_PROGRESS:
            work.release()  # the repeat looks again
        else:
            work.finish(session)
        return Completed(work.answer(session), order_id, placed)

    def _decided(self, session_id: str, body: Wire, work: Work, correlation_id: str) -> Session:
        for _ in range(_TRIES):
            session = self.ledger.own(session_id)
            require_open(session, self.ledger)
            change, placement = self._change(session, body, correlation_id)
            event, state = self.ledger.next(session, EventType.UPDATED, change)
            try:
                if placement is None:
                    self.ledger.store.append(event, state, work.finished(state))
                else:
                    write = work.placed(placement.new.order.order_id)
                    self.placements.place(event, state, write, placement)
                    work.wrote(write)
            except SessionChangedError:
                continue
            return state
        raise SessionBusyError(session_id)

    def _change(self, session: Session, body: Wire, correlation_id: str) -> tuple[Change, Placement | None]:
        """Return what completing the session as it is comes to."""
        now = self.ledger.clock()
        told = {name: body[name] for name in _TOLD if name in body}
        asked = {**session.asked, **told}
        offer = self.offering.again(session.offer.lines, asked, session.currency, now)
        seen = Change(asked=told, offer=offer)
        if offer.total != session.offer.total:
            # Nobody pays what they were not shown.
            noted = dataclasses.replace(offer, messages=(*offer.messages, messages.price_changed()))
            return dataclasses.replace(seen, offer=noted), None
        if not offer.is_payable:
            return seen, None
        if "buyer" not in asked:
            return dataclasses.replace(seen, notice=messages.buyer_missing()), None
        shipping_address = label(asked["fulfillment_details"]["address"])
        if shipping_address is None:
            return dataclasses.replace(seen, notice=messages.address_too_long()), None
        payment = body["payment_data"]
        if payment.get("handler_id") != CARD_HANDLER or "instrument" not in payment:
            return dataclasses.replace(seen, notice=messages.not_paid_so()), None
        token_id, order_id = str(payment["instrument"]["credential"]["token"]), self.order_ids()
        try:
            payment_token = check(
                self.tokens.find(token_id) if _may_be_ours(token_id) else None,
                amount=offer.total,
                currency=session.currency,
                session_id=session.session_id,
                client_id=session.client_id,
                merchant_id=self.merchant_id,
                order_id=order_id,
                authenticated=is_authenticated(body),
                now=now,
            )
        except AuthenticationRequiredError as required:
            if session.status is SessionStatus.AUTHENTICATION_REQUIRED and "authentication_result" not in body:
                raise AuthenticationResultMissingError from required
            return dataclasses.replace(seen, notice=required.as_message()), None
        except TokenRefusedError as refused:
            return dataclasses.replace(seen, notice=refused.as_message()), None
        new = order_of(
            session, offer, shipping_address,
            order_id=order_id, payment_token=payment_token, correlation_id=correlation_id, now=now,
        )  # fmt: skip
        return dataclasses.replace(seen, placed=order_id), Placement(new, token_id, offer.codes_used)

    def _awaited(self, session_id: str, order_id: str, work: Work, correlation_id: str) -> Session:
        """Return the session once its order's outcome is known, or as it is when the time is up."""
        deadline, pause = self.monotonic() + self.patience, _FIRST_PAUSE
        order = self.follower.orders(order_id)
        # Whoever placed it may have died before this. A second message harms nothing: the execution's name is the
        # order's id.
        on_its_way = self._queued(order, order_id, correlation_id)
        while not (order and is_decided(order)):
            if not on_its_way or self.monotonic() + pause > deadline:
                return self.ledger.own(session_id)
            self.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            order = self.follower.orders(order_id)
        session, written = self.follower.follow(session_id, order_id, work.finished)
        if written:
            work.wrote_answer()
        return session or self.ledger.own(session_id)

    def _queued(self, order: Order | None, order_id: str, correlation_id: str) -> bool:
        if order and order.status is not OrderStatus.PENDING:
            return True
        try:
            self.queue.send(order_id, correlation_id)
        except QueueUnavailableError:
            return False  # the sweeper queues it
        return True


def _may_be_ours(token_id: str) -> bool:
    return token_id.isascii() and 0 < len(token_id) <= _LONGEST_TOKEN
