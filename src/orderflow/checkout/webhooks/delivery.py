"""One event on its way to one endpoint, and every attempt at it. Times are ISO 8601 in UTC."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from orderflow.checkout.webhooks.backoff import Uniform, next_try
from orderflow.runtime.clock import iso

# Far more than 72 hours take; what a replay adds pushes the oldest out.
MOST_KEPT = 200
_GONE = 410


class DeliveryState(StrEnum):
    """Where a delivery stands; PENDING is the only one that goes on."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    GIVEN_UP = "GIVEN_UP"
    STOPPED = "STOPPED"


@dataclass(frozen=True)
class Answer:
    """What came of sending once: a status, or the reason that there is none, and how long it took."""

    milliseconds: int
    status: int | None = None
    error: str | None = None
    retry_after: timedelta = timedelta(0)

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver says that the endpoint is no more, and wants nothing further (RFC 9110, 15.5.11)."""
        return self.status == _GONE


@dataclass(frozen=True)
class Attempt:
    """One attempt; without status and error it is under way, or its function ended before it knew."""

    at: str
    status: int | None = None
    error: str | None = None
    milliseconds: int | None = None


@dataclass(frozen=True)
class Delivery:
    """An event's way to an endpoint; `tries` and `first_at` count since it was last set off, by a replay perhaps."""

    endpoint_id: str
    order_id: str
    sequence: int
    event_id: str
    type: str
    taken_at: str
    state: DeliveryState = DeliveryState.PENDING
    attempts: tuple[Attempt, ...] = ()
    tries: int = 0
    first_at: str | None = None

    def begun(self, now: datetime) -> "Delivery":
        """Return the delivery with an attempt under way."""
        return replace(
            self,
            attempts=(*self.attempts, Attempt(iso(now)))[-MOST_KEPT:],
            tries=self.tries + 1,
            first_at=self.first_at or iso(now),
        )

    def ended(self, answer: Answer, now: datetime, uniform: Uniform) -> tuple["Delivery", datetime | None]:
        """Return the delivery after its attempt, and when the next one is; None when there is none."""
        last = replace(self.attempts[-1], status=answer.status, error=answer.error, milliseconds=answer.milliseconds)
        told = replace(self, attempts=(*self.attempts[:-1], last))
        if answer.is_success:
            return replace(told, state=DeliveryState.DELIVERED), None
        if answer.is_gone:
            return replace(told, state=DeliveryState.STOPPED), None
        at = next_try(self.tries, datetime.fromisoformat(self.first_at or iso(now)), now, uniform, answer.retry_after)
        return (told, at) if at else (replace(told, state=DeliveryState.GIVEN_UP), None)

    def stopped(self) -> "Delivery":
        """Return the delivery ended without another attempt: its endpoint is disabled or was removed."""
        return replace(self, state=DeliveryState.STOPPED)

    def set_off_again(self) -> "Delivery":
        """Return the delivery as it is replayed: it has its 72 hours again, and its history stays."""
        return replace(self, state=DeliveryState.PENDING, tries=0, first_at=None)
