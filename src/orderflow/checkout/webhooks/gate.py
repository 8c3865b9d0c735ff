"""The gate before one endpoint: a circuit breaker, and how many attempts may be under way at once.

An endpoint that fails is left alone for a while, so that it can get up again; one that is slow has a few attempts under
way and no more, so that it takes no room from others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

FAILURES = 5  # one after the other, of whichever orders, open the circuit
AT_ONCE = 5
_FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)
_MOST_DOUBLINGS = 10


@dataclass(frozen=True)
class Gate:
    """What is known of an endpoint's state: `under_way` has until when each attempt may take, by its token.

    `closed_until` is set while the circuit is open; after that moment one attempt is let through and decides.
    """

    endpoint_id: str
    under_way: Mapping[str, datetime] = field(default_factory=dict)
    failures: int = 0
    pauses: int = 0
    closed_until: datetime | None = None
    revision: int = 0

    @property
    def is_open_circuit(self) -> bool:
        return self.closed_until is not None

    def refused_until(self, now: datetime) -> datetime | None:
        """Return until when no attempt may begin; None when one may, `now` when it is only a matter of room."""
        if self.closed_until is not None and now < self.closed_until:
            return self.closed_until
        room = 1 if self.is_open_circuit else AT_ONCE
        return now if len(self._live(now)) >= room else None

    def entered(self, token: str, now: datetime, longest: timedelta) -> "Gate":
        """Return the gate with one more attempt under way, which takes `longest` at most."""
        return replace(self, under_way={**self._live(now), token: now + longest}, revision=self.revision + 1)

    def left(self, token: str, now: datetime, *, well: bool | None) -> "Gate":
        """Return the gate after an attempt: one that went well closes the circuit, too many that did not open it.

        None is for an attempt that was never made.
        """
        under_way = {other: until for other, until in self._live(now).items() if other != token}
        after = replace(self, under_way=under_way, revision=self.revision + 1)
        if well is None:
            return after
        if well:
            return replace(after, failures=0, pauses=0, closed_until=None)
        after = replace(after, failures=self.failures + 1)
        if after.failures < FAILURES or (self.closed_until is not None and now < self.closed_until):
            return after
        pause = min(LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(self.pauses, _MOST_DOUBLINGS))
        return replace(after, pauses=self.pauses + 1, closed_until=now + pause)

    def _live(self, now: datetime) -> dict[str, datetime]:
        # An attempt whose function ended without a word gives its room back when its time is over.
        return {token: until for token, until in self.under_way.items() if until > now}
