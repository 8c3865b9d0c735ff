"""Time and ids that tests decide."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


@dataclass
class FrozenClock:
    """A clock that stands still until a test moves it."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move on by what a caller would have slept."""
        self.advance(seconds=seconds)

    def advance(self, **delta: float) -> None:
        """Move on by timedelta's keywords, such as `seconds=1`."""
        self.now += timedelta(**delta)


@dataclass
class CountingIds:
    """Ids of a ULID's form and order: the first is 01JFR0ZEN00000000000000001."""

    made: list[str] = field(default_factory=list)

    def __call__(self) -> str:
        self.made.append(f"01JFR0ZEN{len(self.made) + 1:017d}")
        return self.made[-1]
