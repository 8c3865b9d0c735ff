"""What is known of a key: who works on it, how far they came, and what they answered."""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from orderflow.runtime.idempotency.answer import KEEP_ANSWERS, Answer
from orderflow.runtime.idempotency.errors import IdempotencyConflictError, RequestInProgressError
from orderflow.runtime.idempotency.once import Once

Fact = str | int


@dataclass(frozen=True)
class Point:
    """A recovery point: what was done or is about to be, with the few facts that whoever takes over needs.

    They may be a payment method, where the table is read by nobody else; so they never show in logs or errors.
    """

    name: str
    facts: Mapping[str, Fact] = field(repr=False)


@dataclass(frozen=True)
class Record:
    """A key as it is stored; times in seconds since 1970.

    `fence` grows with every write of the key, and `holder` names the request that wrote it last: together they are what
    a write is made on, so who was taken over from can write no more. `leased_until` is None once there is an `answer`.
    """

    once: Once
    holder: str
    fence: int
    expires_at: int
    leased_until: int | None = None
    points: tuple[Point, ...] = ()
    answer: Answer | None = None

    def point(self, name: str) -> Point | None:
        """Return the newest recovery point of that name, None when nobody came so far."""
        return newest(self.points, name)

    def is_current(self, now: datetime) -> bool:
        """Tell whether the key is still kept: DynamoDB deletes expired items late, by days at worst."""
        return self.expires_at > int(now.timestamp())

    def require_same_body(self, once: Once) -> None:
        """Raise IdempotencyConflictError for a request with another body."""
        if self.once.fingerprint != once.fingerprint:
            raise IdempotencyConflictError

    def require_free(self, now: datetime) -> None:
        """Raise RequestInProgressError while somebody works on the request."""
        if self.leased_until is not None and self.leased_until > now.timestamp():
            raise RequestInProgressError

    def leased(self, holder: str, now: datetime, lease: timedelta) -> "Record":
        """Return the record with a new holder, who knows the points of the one before."""
        return dataclasses.replace(
            self,
            holder=holder,
            fence=self.fence + 1,
            expires_at=expiry(now),
            leased_until=math.ceil((now + lease).timestamp()),
        )


def newest(points: tuple[Point, ...], name: str) -> Point | None:
    """Return the last of these points that has the name."""
    return next((point for point in reversed(points) if point.name == name), None)


def expiry(now: datetime) -> int:
    """Return when what is written now is forgotten, in seconds since 1970."""
    return int((now + KEEP_ANSWERS).timestamp())
