"""Identifiers as a dependency, so that tests can freeze them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ulid import PureRandomPolicy, ULIDGenerator

IdFactory = Callable[[], str]

# The library's default counts on from the id before within one millisecond: who knows one would know the next.
_ids = ULIDGenerator(policy=PureRandomPolicy())
_counted = ULIDGenerator()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_ulid() -> str:
    """Return a sortable, unguessable id: 48 bits of milliseconds and 80 random bits (github.com/ulid/spec)."""
    return str(_ids.generate())


def ulid_of(moment: datetime) -> str:
    """Return a ULID whose time is `moment`; those of one millisecond sort as they were made."""
    # No secret, it opens nothing. In whole milliseconds: by way of a float it is one early at times.
    return str(_counted.generate((moment - _EPOCH) // timedelta(milliseconds=1)))
