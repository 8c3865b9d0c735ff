"""When a webhook that did not arrive is sent again: exponential backoff with full jitter, for 72 hours."""

from collections.abc import Callable
from datetime import datetime, timedelta

PERIOD = timedelta(hours=72)  # from an event's first attempt to its last
LONGEST = timedelta(hours=3)
_FIRST = timedelta(seconds=5)
_SHORTEST = timedelta(seconds=1)
_MOST_DOUBLINGS = 20  # beyond LONGEST long before; keeps the numbers small

# Draws between two bounds, such as random.uniform.
Uniform = Callable[[float, float], float]


def bound(tries: int) -> timedelta:
    """Return the most that is waited after so many attempts: 5 seconds, doubled each time, 3 hours in the end."""
    return min(LONGEST, _FIRST * (1 << min(tries - 1, _MOST_DOUBLINGS)))


def next_try(
    tries: int, first: datetime, now: datetime, uniform: Uniform, asked: timedelta = timedelta(0)
) -> datetime | None:
    """Return when to send again after `tries` attempts since `first`, None when the time is over.

    Full jitter (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter): anything from nothing to the bound,
    so that what failed together does not come back together. `asked` is what a receiver's Retry-After says, which is
    followed up to the longest wait. The last attempt is made when the time is over, never later.
    """
    end = first + PERIOD
    if now >= end:
        return None
    drawn = timedelta(seconds=uniform(0, bound(tries).total_seconds()))
    return min(now + max(drawn, min(asked, LONGEST), _SHORTEST), end)
