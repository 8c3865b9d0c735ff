"""The journal of operations: who changed what, why, and how it was before and after. Entries are only ever added."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from orderflow.runtime.errors import ConflictError

Facts = dict[str, Any]


class Phase(StrEnum):
    """BEGUN is written before a change that no transaction can hold; DONE after it, or in the change's transaction."""

    BEGUN = "BEGUN"
    DONE = "DONE"


@dataclass(frozen=True)
class Operation:
    """One change by a person: `by` is an ARN, `command` what they ran, `subject` what it changed, `reason` theirs."""

    operation_id: str
    by: str
    command: str
    subject: str
    reason: str


@dataclass(frozen=True)
class Entry:
    """One line of the journal; `before` and `after` are the subject's own words."""

    operation: Operation
    phase: Phase
    at: datetime
    before: Facts
    after: Facts | None = None


class OperationExistsError(ConflictError):
    """The operation's id stands in the journal already: it was done before, and nothing was changed now."""

    code = "OPERATION_EXISTS"

    def __init__(self, operation_id: str) -> None:
        super().__init__(
            f"Operation {operation_id} was done before; nothing was changed. Leave the id out for a new one."
        )


class Journal(Protocol):
    """Where entries are kept."""

    def add(self, entry: Entry) -> None:
        """Keep a new entry; raises OperationExistsError for an operation and phase that stand there already."""
        ...

    def of_day(self, day: date) -> Iterator[Entry]:
        """Return the entries of operations that began on a day (UTC), oldest first."""
        ...

    def of_subject(self, subject: str) -> Iterator[Entry]:
        """Return the entries about one subject, oldest first."""
        ...


@dataclass
class Outcome:
    """What the change came to; whoever makes the change fills it in."""

    after: Facts = field(default_factory=dict)


@contextmanager
def recorded(
    operation: Operation, before: Facts, *, journal: Journal, clock: Callable[[], datetime]
) -> Iterator[Outcome]:
    """Write BEGUN, let the change happen, write DONE with its outcome.

    A change that fails leaves BEGUN alone in the journal: it may or may not have happened.
    """
    journal.add(Entry(operation, Phase.BEGUN, clock(), before))
    outcome = Outcome()
    yield outcome
    journal.add(Entry(operation, Phase.DONE, clock(), before, outcome.after))
