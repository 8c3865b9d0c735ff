"""Identifiers as a dependency, so that tests can freeze them."""

from collections.abc import Callable

from ulid import PureRandomPolicy, ULIDGenerator

IdFactory = Callable[[], str]

# The library's default counts on from the id before within one millisecond: who knows one would know the next.
_ids = ULIDGenerator(policy=PureRandomPolicy())


def new_ulid() -> str:
    """Return a sortable, unguessable id: 48 bits of milliseconds and 80 random bits (github.com/ulid/spec)."""
    return str(_ids.generate())
