"""Identifiers as a dependency, so that tests can freeze them."""

from collections.abc import Callable

from ulid import ULID

IdFactory = Callable[[], str]


def new_ulid() -> str:
    """Return a sortable, unguessable id: 48 bits of milliseconds and 80 random bits (github.com/ulid/spec)."""
    return str(ULID())
