"""Nine rules for repeats: what a request is answered whose key is new, known, at work, or left behind by the dead.

Where everything that a request does is one transaction, nothing is written before it: `fresh`, then the business write
with `Fresh.finished` in it. Where there is more, as around a payment, `begin` takes a lease first and `Fresh.reached`
records each point from which another may go on.
"""

import dataclasses
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from orderflow.runtime.errors import TransientError
from orderflow.runtime.idempotency.answer import Answer
from orderflow.runtime.idempotency.errors import KeyTakenError, RequestInProgressError
from orderflow.runtime.idempotency.once import Once
from orderflow.runtime.idempotency.record import Fact, Point, Record, expiry, newest

# Longer than a function behind the API may run, 30 s (a rule reads it out of modules/), by what two clocks may differ:
# a lease that ended is a holder that Lambda ended. Should one live on all the same, its next write is refused.
LEASE = timedelta(seconds=35)


@dataclass(frozen=True)
class KeyWrite:
    """One write of a key, alone or as one element of the business write's transaction.

    It holds only where the key still is as `before` says, None meaning that there is none or an expired one. `now` is
    seconds since 1970.
    """

    before: Record | None
    after: Record
    now: int


class Records(Protocol):
    """Where keys are kept."""

    def find(self, once_id: str) -> Record | None:
        """Return the key as of now, expired or not."""
        ...

    def save(self, write: KeyWrite) -> None:
        """Write it; raises KeyTakenError. What is there already, because an answer was lost, is written."""
        ...


@dataclass(frozen=True)
class Replay:
    """The first answer; `points` are what the first request left to be looked at, such as the order it placed."""

    answer: Answer
    points: tuple[Point, ...] = ()

    def facts(self, name: str) -> Mapping[str, Fact]:
        """Return what the newest point of that name remembers; who asks knows that every such answer has one."""
        point = self.point(name)
        if point is None:
            raise LookupError(f"the answer has no point {name}")
        return point.facts

    def point(self, name: str) -> Point | None:
        """Return the newest recovery point of that name."""
        return newest(self.points, name)


@dataclass(frozen=True)
class Fresh:
    """The request is this caller's to do. `record` is how the key stands, `stored` whether it is written so.

    Every write returns a KeyWrite: put it into the transaction of what it belongs to, or `IdempotencyKeys.save` it; the
    next one is made on the `Fresh` that comes after it.
    """

    record: Record
    stored: bool
    clock: Callable[[], datetime]

    @property
    def points(self) -> tuple[Point, ...]:
        """How far this request came, or whoever had it before: oldest first."""
        return self.record.points

    def point(self, name: str) -> Point | None:
        """Return the newest recovery point of that name, None when nobody came so far."""
        return self.record.point(name)

    def reached(self, name: str, **facts: Fact) -> KeyWrite:
        """Return the write of a recovery point; facts are few and small."""
        return self._write(points=(*self.points, Point(name, facts)))

    def finished(self, answer: Answer, *points: Point) -> KeyWrite:
        """Return the write of the answer, which every repeat is given from then on."""
        return self._write(points=(*self.points, *points), answer=answer, leased_until=None)

    def released(self) -> KeyWrite:
        """Return the write that lets a repeat go on at once, from the last point: nothing final can be said yet."""
        return self._write(leased_until=0)

    def after(self, write: KeyWrite) -> "Fresh":
        """Return how it stands after that write was made in a transaction."""
        return Fresh(write.after, True, self.clock)

    def _write(self, **changes: object) -> KeyWrite:
        now = self.clock()
        changes |= {"fence": self.record.fence + 1, "expires_at": expiry(now)}
        after = dataclasses.replace(self.record, **changes)  # type: ignore[arg-type]  # replace() checks the names when it runs
        return KeyWrite(self.record if self.stored else None, after, int(now.timestamp()))


@dataclass(frozen=True)
class IdempotencyKeys:
    """Decides about requests with a key; `ids` are unique, one for each try at a request."""

    records: Records
    clock: Callable[[], datetime]
    ids: Callable[[], str]
    lease: timedelta = LEASE

    def fresh(self, once: Once) -> Fresh:
        """Return a request of which nothing is written or read: its one transaction says whether the key was new.

        When it raises KeyTakenError, go on with `taken`.
        """
        return Fresh(Record(once, self.ids(), 0, expiry(self.clock())), False, self.clock)

    def earlier(self, once: Once) -> Replay | None:
        """Return what the first request of the key was answered, None when the key is free.

        Raises IdempotencyConflictError for another body, RequestInProgressError while the first is being worked on.
        """
        found = self._current(once)
        if found is None:
            return None
        if found.answer is not None:
            return Replay(found.answer, found.points)
        found.require_free(self.clock())
        return None

    def taken(self, once: Once) -> Replay:
        """Return what was answered by whom a KeyTakenError told of.

        Raises IdempotencyConflictError, and RequestInProgressError when it is not answered or cannot be seen yet.
        """
        if replay := self.earlier(once):
            return replay
        raise RequestInProgressError

    def begin(self, once: Once, *points: Point) -> Fresh | Replay:
        """Take the request's lease, or return its first answer.

        `points` are recorded with the lease of a new key. Whoever takes over from one whose lease ended finds that
        one's points instead. Raises IdempotencyConflictError for another body, RequestInProgressError while the lease
        of the first holds.
        """
        # Written before it is read: a key is nearly always new.
        new = self.fresh(once)
        record = dataclasses.replace(new.record.leased(new.record.holder, self.clock(), self.lease), points=points)
        try:
            return self.save(self._write(None, record))
        except KeyTakenError:
            pass
        found = self._current(once)
        if found is None:
            raise RequestInProgressError  # it expired between the write and the read: the repeat finds it new
        if found.answer is not None:
            return Replay(found.answer, found.points)
        found.require_free(self.clock())
        try:
            return self.save(self._write(found, found.leased(new.record.holder, self.clock(), self.lease)))
        except KeyTakenError as taken:
            raise RequestInProgressError from taken

    def save(self, write: KeyWrite) -> Fresh:
        """Make a write of the key alone; raises KeyTakenError when the request was taken over from its holder."""
        self.records.save(write)
        return Fresh(write.after, True, self.clock)

    def release(self, fresh: Fresh) -> None:
        """Let a repeat go on at once after a failure. When that cannot be written, the lease ends by itself."""
        with suppress(KeyTakenError, TransientError):
            self.records.save(fresh.released())

    def _current(self, once: Once) -> Record | None:
        found = self.records.find(once.id)
        if found is None or not found.is_current(self.clock()):
            return None
        found.require_same_body(once)
        return found

    def _write(self, before: Record | None, after: Record) -> KeyWrite:
        return KeyWrite(before, after, int(self.clock().timestamp()))
