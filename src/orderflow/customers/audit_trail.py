"""The audit trail as it is read: by whose data it is about, or by the one thing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from orderflow.runtime.trail import Entry


@dataclass(frozen=True)
class Recorded:
    """An entry of the trail, by its id: it sorts by time."""

    entry_id: str
    entry: Entry


@dataclass(frozen=True)
class Place:
    """Where a list of an owner's entries goes on: after this one."""

    subject: str
    entry_id: str


class OwnerTrail(Protocol):
    """Where entries are read by whose data they are about."""

    def of_owner(self, owner: str, limit: int, after: Place | None) -> tuple[list[Recorded], Place | None]:
        """Return at most `limit` entries about an owner's data, newest first, and where the list goes on."""
        ...


class SubjectTrail(Protocol):
    """Where entries are read by what was changed."""

    def of_subject(self, subject: str) -> Iterator[Recorded]:
        """Return every entry about one thing, oldest first."""
        ...
