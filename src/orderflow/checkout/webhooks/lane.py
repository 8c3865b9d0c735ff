"""A lane: the events of one order on their way to one endpoint, sent one after the other, in their sequence.

Only the first event of a lane is ever sent, and the next when that has arrived or was given up. A lane is due at a
moment; whoever claims it then puts that moment off by the time that an attempt may take. So a lane whose function ended
without a word is due again by itself, and nothing has to remember it.
"""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class Lane:
    """Sequences that wait, ascending; `claimed` is the one being sent, `due_at` None while nothing waits."""

    endpoint_id: str
    order_id: str
    waiting: tuple[int, ...] = ()
    due_at: datetime | None = None
    claimed: int | None = None
    revision: int = 0

    @property
    def head(self) -> int | None:
        """The sequence that is to be sent next; what is being sent stays first until it is known what became of it."""
        if self.claimed is not None:
            return self.claimed
        return self.waiting[0] if self.waiting else None

    def is_due(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now

    def joined(self, sequence: int, now: datetime) -> "Lane":
        """Return the lane with one more event; the same object when that waits already."""
        if sequence in self.waiting:
            return self
        waiting = tuple(sorted((*self.waiting, sequence)))
        return self._next(waiting=waiting, due_at=self.due_at or now)

    def hurried(self, now: datetime) -> "Lane":
        """Return the lane due at once, unless its event is being sent."""
        return self if self.claimed is not None or self.is_due(now) else self._next(due_at=now)

    def begun(self, until: datetime) -> "Lane":
        """Return the lane with its head being sent, due again at `until` should nothing be heard of it."""
        return self._next(claimed=self.head, due_at=until)

    def put_off(self, until: datetime) -> "Lane":
        """Return the lane with its head to be sent at another time."""
        return self._next(claimed=None, due_at=until)

    def done(self, now: datetime) -> "Lane":
        """Return the lane without its head; what waits behind it is due."""
        waiting = tuple(sequence for sequence in self.waiting if sequence != self.head)
        return self._next(waiting=waiting, claimed=None, due_at=now if waiting else None)

    def _next(self, **facts: object) -> "Lane":
        return replace(self, revision=self.revision + 1, **facts)  # type: ignore[arg-type]  # the callers' names
