"""Lanes that are due and that nothing looks at: those that wait long, and those whose message or function was lost."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from orderflow.runtime.clock import Clock

# What the queue brings by itself is not brought twice, unless the queue is behind.
GRACE = timedelta(seconds=15)
PAGE = 100
_MOST = 5000  # a run; the next one goes on


class DueLanes(Protocol):
    """Lanes by when they are due."""

    def due(self, until: datetime, limit: int) -> list[tuple[str, str]]:
        """Return endpoint and order of lanes that have been due since `until` or longer, the oldest first."""
        ...


def release(
    lanes: DueLanes, queue: Callable[[Sequence[tuple[str, str]]], None], clock: Clock, most: int = _MOST
) -> int:
    """Queue every lane that is due to be looked at, the oldest first, and return how many."""
    found = lanes.due(clock() - GRACE, most)
    for first in range(0, len(found), PAGE):
        queue(found[first : first + PAGE])
    return len(found)
