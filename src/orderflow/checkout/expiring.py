"""Sessions whose time is over: who was not completed in time ends, and who still waits for its order hears of it.

That a session is over needs no event: every reader decides it by the clock (`Session.seen_at`). Its last event is
written so that whoever follows the events hears of it. One that is being completed has none: it is among those to look
at until its order is decided, so a lost notice is found here, and nobody has to remember to ask.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from orderflow.checkout.behind import A_NOTICE_TAKES, behind
from orderflow.checkout.events import Change, EventType
from orderflow.checkout.following import Follower
from orderflow.checkout.session import Session
from orderflow.checkout.session_records import hour_of
from orderflow.checkout.sessions import Ledger, SessionChangedError
from orderflow.runtime.clock import iso

# How far back a run looks: what a schedule that stood still for less has missed is found.
LOOK_BACK = timedelta(hours=3)
# An order may be in review for a week (review_deadline_seconds), and be repaired after it.
LONGEST_LOOK_BACK = timedelta(days=8)
# Of the hours before LOOK_BACK a run takes one in twelve, by the five minutes that it runs in: each about once an hour.
_EVERY, _TURNS = 5, 12

_HOUR = timedelta(hours=1)


class EndingSessions(Protocol):
    """Sessions by when they expire."""

    def over_in(self, hour: str, now: datetime) -> set[str]:
        """Return the sessions that expire in this hour before `now`, and of which no end is written."""
        ...


class Outcome(Enum):
    """What a look came to."""

    EXPIRED = "expired"
    FOLLOWED = "followed"
    AS_IT_WAS = "as it was"


@dataclass(frozen=True)
class Expirer:
    """Ends what is over; `ledger` and `follower` are the function's own, and may find anybody's session."""

    ledger: Ledger
    sessions: EndingSessions
    follower: Follower

    def over(self) -> Iterator[str]:
        """Yield the sessions to look at in this run: of the last hours, the oldest first, then of those in turn."""
        now = self.ledger.clock()
        last, longest = LOOK_BACK // _HOUR, LONGEST_LOOK_BACK // _HOUR
        turn = now.minute // _EVERY
        for back in (*range(last, -1, -1), *(n for n in range(last + 1, longest + 1) if n % _TURNS == turn)):
            yield from sorted(self.sessions.over_in(hour_of(iso(now - back * _HOUR)), now))

    def look_at(self, session_id: str) -> Outcome:
        """Write that a session is over, or what became of its order; raises SessionBusyError.

        Nothing is written while its order is on its way, or its notice is, and when somebody was faster.
        """
        session = self.ledger.store.find(session_id)
        if session is None:
            return Outcome.AS_IT_WAS
        if not session.is_over_at(self.ledger.clock()):
            return self._caught_up(session)
        try:
            self.ledger.store.append(*self.ledger.next(session, EventType.EXPIRED, Change()))
        except SessionChangedError:
            return Outcome.AS_IT_WAS
        return Outcome.EXPIRED

    def _caught_up(self, session: Session) -> Outcome:
        decided_by = self.ledger.clock() - A_NOTICE_TAKES
        late = next(behind([session.session_id], lambda _: session, self.follower.orders, decided_by), None)
        if late is None:
            return Outcome.AS_IT_WAS
        _, written = self.follower.follow(late.session_id, late.order_id, lambda _: None)
        return Outcome.FOLLOWED if written else Outcome.AS_IT_WAS
