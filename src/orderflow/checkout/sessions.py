"""The ports of a session's use cases, and what all of them do: find a session of one's own, and add an event to it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderflow.checkout.errors import SessionBusyError, SessionNotFoundError
from orderflow.checkout.events import Change, Event, EventType, after
from orderflow.checkout.session import Session
from orderflow.runtime.clock import iso
from orderflow.runtime.idempotency.keys import KeyWrite

_SESSION_ID = re.compile(r"cs_[0-9A-HJKMNP-TV-Z]{26}")
_TRIES = 4

# Returns the write that keeps the answer for the request's repeats; None where the request has no key.
Keep = Callable[[Session], KeyWrite | None]


class SessionChangedError(Exception):
    """Somebody else wrote the version that this event was to be. Nothing was written."""


class SessionReader(Protocol):
    """Sessions as they are now, and as they came to be."""

    def find(self, session_id: str) -> Session | None:
        """Return the session as of its newest event."""
        ...

    def history(self, session_id: str) -> Iterator[tuple[Event, Session]]:
        """Yield each event with the state that was kept with it, the first one first."""
        ...


class SessionWriter(Protocol):
    """Where events are added."""

    def append(self, event: Event, state: Session, kept: KeyWrite | None = None) -> None:
        """Add an event, and keep its answer in the same transaction.

        Raises SessionChangedError, and KeyTakenError when the request's key was used before.
        """
        ...


class SessionStore(SessionReader, SessionWriter, Protocol):
    """Both."""


def own_session(session_id: str, client_id: str, sessions: SessionReader) -> Session:
    """Return a client's session; raises SessionNotFoundError, also for somebody else's."""
    session = sessions.find(session_id) if _SESSION_ID.fullmatch(session_id) else None
    if session is None or session.client_id != client_id:
        raise SessionNotFoundError(session_id)
    return session


@dataclass(frozen=True)
class Ledger:
    """Adds events for one actor: `by` is a client's key or a function, `request_id` what it acts on."""

    store: SessionStore
    clock: Callable[[], datetime]
    ids: Callable[[], str]
    by: str
    request_id: str

    def own(self, session_id: str) -> Session:
        """Return the actor's session; raises SessionNotFoundError, also for somebody else's."""
        return own_session(session_id, self.by, self.store)

    def next(self, session: Session, kind: EventType, change: Change) -> tuple[Event, Session]:
        """Return the event that would come next, and the session after it."""
        event = self.event(session.session_id, session.version + 1, kind, change)
        return event, after(session, event)

    def event(self, session_id: str, version: int, kind: EventType, change: Change) -> Event:
        """Return an event of this moment."""
        return Event(session_id, version, self.ids(), kind, iso(self.clock()), self.by, self.request_id, change)

    def change_own(self, session_id: str, decide: Callable[[Session], tuple[EventType, Change]], keep: Keep) -> Session:
        """Add the event that `decide` makes of the session as it is, again when somebody was faster.

        Raises SessionNotFoundError, KeyTakenError, SessionBusyError, and what `decide` raises.
        """
        for _ in range(_TRIES):
            session = self.own(session_id)
            event, state = self.next(session, *decide(session))
            try:
                self.store.append(event, state, keep(state))
            except SessionChangedError:
                continue
            return state
        raise SessionBusyError(session_id)
