"""Sessions that nobody completed in time: their last event is written, so that whoever follows the events hears of it.

That a session is over needs no event: every reader decides it by the clock (`Session.seen_at`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from orderflow.checkout.events import Change, EventType
from orderflow.checkout.session_records import hour_of
from orderflow.checkout.sessions import Ledger, SessionChangedError
from orderflow.runtime.clock import iso

# How far back a run looks: what a schedule that stood still for less has missed is found.
LOOK_BACK = timedelta(hours=3)


class EndingSessions(Protocol):
    """Sessions by when they expire."""

    def over_in(self, hour: str, now: datetime) -> set[str]:
        """Return the sessions that expire in this hour before `now`, and of which no end is written."""
        ...


class Outcome(Enum):
    """What a look came to."""

    EXPIRED = "expired"
    AS_IT_WAS = "as it was"


@dataclass(frozen=True)
class Expirer:
    """Writes the last event of what is over; `ledger` is the function's own, and may find anybody's session."""

    ledger: Ledger
    sessions: EndingSessions

    def over(self) -> Iterator[str]:
        """Yield the sessions to look at in this run, those of the oldest hour first."""
        now = self.ledger.clock()
        hours = {
            hour_of(iso(now - back))
            for back in (timedelta(hours=n) for n in range(int(LOOK_BACK.total_seconds() // 3600) + 1))
        }
        for hour in sorted(hours):
            yield from sorted(self.sessions.over_in(hour, now))

    def expire(self, session_id: str) -> Outcome:
        """Write that a session is over, unless it is being completed or somebody was faster."""
        session = self.ledger.store.find(session_id)
        if session is None or not session.is_over_at(self.ledger.clock()):
            return Outcome.AS_IT_WAS
        try:
            self.ledger.store.append(*self.ledger.next(session, EventType.EXPIRED, Change()))
        except SessionChangedError:
            return Outcome.AS_IT_WAS
        return Outcome.EXPIRED
