"""Executions of the order's workflows, as operators look at them.

An order's first execution is named by its id; a later one, which repairs it, by a name that begins with its id. Those
that cancel it are named the same way behind `cancel-`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

_ULID_LENGTH = 26


@dataclass(frozen=True)
class Execution:
    """One execution: `status` in Step Functions' words; `error` and `cause` when it ended badly and they were asked."""

    name: str
    status: str
    started: datetime
    stopped: datetime | None = None
    error: str | None = None
    cause: str | None = None

    @property
    def order_id(self) -> str:
        """The order that it is about: the ULID which its name begins with, behind what it does to it."""
        return self.name.removeprefix("cancel-")[:_ULID_LENGTH]


@dataclass(frozen=True)
class ExecutionEvent:
    """One event of an execution: what happened, in which state, with which error; never inputs or outputs."""

    at: datetime
    what: str
    state: str | None = None
    error: str | None = None
    cause: str | None = None


class Executions(Protocol):
    """Where order workflows run."""

    def status(self, name: str) -> str | None:
        """Return how the execution stands, None when it was never started (or forgotten: after 90 days)."""
        ...

    def events(self, name: str) -> Iterator[ExecutionEvent]:
        """Return what happened in the execution, oldest first; nothing when there is none."""
        ...

    def newest(self) -> Iterator[Execution]:
        """Return all executions, newest first, without errors."""
        ...

    def failed(self, since: datetime) -> Iterator[Execution]:
        """Return the executions started since then that ended badly, newest first, with error and cause."""
        ...
