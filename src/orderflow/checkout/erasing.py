"""What sessions tell of their buyers, taken out of every version once the session has ended (decision 0026).

First an event is added that says so, and after which nothing tells of the buyer. Whoever had read the session before,
to write the same version, has lost to it and reads again; so nothing that was taken out is written back. Then the
versions before it are written again, each as the same event. What breaks off is finished by a repeat.
"""

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from orderflow.checkout.events import Change, Event, EventType
from orderflow.checkout.forgetting import (
    asked_without_buyer,
    message_without_buyer,
    offer_without_buyer,
    order_without_buyer,
    without_buyer,
)
from orderflow.checkout.session import Session, SessionStatus
from orderflow.checkout.sessions import Ledger, SessionChangedError, SessionStore
from orderflow.runtime.clock import iso
from orderflow.runtime.errors import ConflictError, NotFoundError
from orderflow.runtime.idempotency.answer import KEEP_ANSWERS

_ENDED = frozenset({SessionStatus.COMPLETED, SessionStatus.CANCELED, SessionStatus.EXPIRED})
# As long as answers are kept for repeats, which tell the whole session. A table's stream is kept for as long, too:
# docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html. Later nothing is on its way to the agent.
QUIET = max(KEEP_ANSWERS, timedelta(hours=24))


class NoSuchSessionError(NotFoundError):
    """There is no session with this id, or no order that was placed for one."""

    code = "NO_SUCH_SESSION"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}; look for the id once more. Nothing was changed.")


class SessionNotEndedError(ConflictError):
    """Somebody is to be forgotten whose agent may still buy for them."""

    code = "SESSION_NOT_ENDED"

    def __init__(self, session: Session, status: SessionStatus) -> None:
        super().__init__(
            f"Checkout session {session.session_id} is {status.value}: its agent goes on with it until it is completed "
            f"or canceled, or at {session.expires_at}. Nothing was changed."
        )


class SessionNotQuietError(ConflictError):
    """Somebody is to be forgotten of whom answers and order events are still on their way."""

    code = "SESSION_NOT_QUIET"

    def __init__(self, session_id: str, until: str) -> None:
        super().__init__(
            f"Answers and order events of checkout session {session_id} may be repeated until {until}; come again "
            "then. Nothing was changed."
        )


class ErasableSessions(SessionStore, Protocol):
    """Sessions, whose events may be written again."""

    def rewrite(self, event: Event, state: Session) -> None:
        """Write an event again that is there, with another change and state."""
        ...


@dataclass(frozen=True)
class SessionTraces:
    """What a session still tells of its buyer: the events in `telling`, the first one first, as they are kept.

    `orders` are the ids of all orders that were placed for it, also of those that came to nothing.
    """

    session: Session
    orders: tuple[str, ...]
    telling: tuple[tuple[Event, Session], ...]

    @property
    def versions(self) -> tuple[int, ...]:
        return tuple(event.version for event, _ in self.telling)

    @property
    def order_events(self) -> tuple[tuple[str, Event], ...]:
        """Return events after which the session held an order, with the order's id."""
        return tuple((str(state.order["id"]), event) for event, state in self.telling if state.order is not None)


def traces_of(session_id: str, sessions: ErasableSessions) -> SessionTraces:
    """Return what a session tells of its buyer; raises NoSuchSessionError."""
    session: Session | None = None
    orders: list[str] = []
    telling: list[tuple[Event, Session]] = []
    for event, state in sessions.history(session_id):
        session = state
        if event.change.placed is not None:
            orders.append(event.change.placed)
        if erased(event, state) != (event, state):
            telling.append((event, state))
    if session is None:
        raise NoSuchSessionError(f"there is no checkout session {session_id}")
    return SessionTraces(session, tuple(orders), tuple(telling))


def require_over(traces: SessionTraces, now: datetime) -> None:
    """Raise SessionNotEndedError, and SessionNotQuietError within a day of the last event that tells of the buyer."""
    status = traces.session.seen_at(now).status
    if status not in _ENDED:
        raise SessionNotEndedError(traces.session, status)
    if not traces.telling:
        return
    last, _ = traces.telling[-1]
    until = iso(datetime.fromisoformat(last.at) + QUIET)
    if iso(now) < until:
        raise SessionNotQuietError(traces.session.session_id, until)


def close(traces: SessionTraces, ledger: Ledger) -> None:
    """Add the event after which the session tells of nobody.

    Raises SessionNotQuietError when something else happened at this very moment.
    """
    if traces.versions[-1:] != (traces.session.version,):
        return
    try:
        ledger.store.append(*ledger.next(traces.session, EventType.ERASED, Change()))
    except SessionChangedError as changed:
        raise SessionNotQuietError(traces.session.session_id, iso(ledger.clock() + QUIET)) from changed


def rewrite(traces: SessionTraces, sessions: ErasableSessions) -> None:
    """Write again what told of the buyer: the same events, of the same moments, about the same amounts."""
    for event, state in traces.telling:
        sessions.rewrite(*erased(event, state))


def erased(event: Event, state: Session) -> tuple[Event, Session]:
    """Return an event and its state as they are once they tell of nobody."""
    change = event.change
    return dataclasses.replace(
        event,
        change=dataclasses.replace(
            change,
            asked=None if change.asked is None else asked_without_buyer(change.asked),
            offer=None if change.offer is None else offer_without_buyer(change.offer),
            order=None if change.order is None else order_without_buyer(change.order),
            notice=None if change.notice is None else message_without_buyer(change.notice),
        ),
    ), without_buyer(state)
