"""Safe repeats: one Idempotency-Key of one caller stands for one request and its first answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from orderflow.runtime.idempotency.once import Once

KEEP_ANSWERS = timedelta(hours=24)


@dataclass(frozen=True)
class FirstAnswer:
    """What the first request of a key was answered, good until `expires_at` (seconds since 1970)."""

    once: Once
    order_id: str
    correlation_id: str
    total: int
    currency: str
    expires_at: int

    def is_current(self, now: datetime) -> bool:
        """Tell whether the answer still stands: DynamoDB deletes expired items late, by days at worst."""
        return self.expires_at > int(now.timestamp())


def expiry(now: datetime) -> int:
    """Return when an answer given now is forgotten, in seconds since 1970."""
    return int((now + KEEP_ANSWERS).timestamp())
