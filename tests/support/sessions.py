"""Sessions in memory, and offers without a catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from orderflow.checkout.events import Event
from orderflow.checkout.session import Line, Offer, Session
from orderflow.checkout.sessions import Ledger, SessionChangedError
from orderflow.runtime.idempotency.keys import KeyWrite
from tests.support.frozen import CountingIds, FrozenClock
from tests.support.idempotency import InMemoryRecords

CLIENT = "01JFR0ZEN0000000000000000A"
SESSION = "cs_01JFR0ZEN00000000000000001"


@dataclass
class InMemorySessions:
    """Implements SessionStore, SessionAudit and ErasableSessions.

    `faster` are events that somebody else writes just before the next.
    """

    records: InMemoryRecords = field(default_factory=InMemoryRecords)
    kept: dict[str, list[tuple[Event, Session]]] = field(default_factory=dict)
    faster: list[tuple[Event, Session]] = field(default_factory=list)

    def find(self, session_id: str) -> Session | None:
        history = self.kept.get(session_id)
        return history[-1][1] if history else None

    def history(self, session_id: str) -> Iterator[tuple[Event, Session]]:
        yield from self.kept.get(session_id, ())

    def session_ids(self) -> Iterator[str]:
        yield from self.kept

    def rewrite(self, event: Event, state: Session) -> None:
        history = self.kept[event.session_id]
        assert history[event.version - 1][0].event_id == event.event_id
        history[event.version - 1] = (event, state)

    def append(self, event: Event, state: Session, kept: KeyWrite | None = None) -> None:
        if self.faster:
            theirs = self.faster.pop()
            self.kept[theirs[0].session_id].append(theirs)
        history = self.kept.setdefault(event.session_id, [])
        if len(history) != event.version - 1:
            raise SessionChangedError(event.session_id)
        if kept:
            self.records.save(kept)
        history.append((event, state))


def ledger(store: InMemorySessions, clock: FrozenClock | None = None, *, by: str = CLIENT) -> Ledger:
    """Return where one actor adds events, at a frozen time."""
    return Ledger(store, clock or FrozenClock(), CountingIds(), by=by, request_id="request-1")


def offer(*, total: int = 2500, quantity: int = 2, messages: tuple[dict[str, Any], ...] = ()) -> Offer:
    """Return an offer of one line."""
    totals = ({"type": "total", "display_text": "Total", "amount": total},)
    return Offer(
        lines=(Line("line_1", "MUG-01", "Blue mug", quantity, 1250, "kitchen", 40),),
        line_totals={"line_1": totals},
        totals=totals,
        messages=messages,
        charges={"shipping": 0, "tax": 0, "discount": 0},
    )
