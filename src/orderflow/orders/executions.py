"""Executions of the order workflow, as operators look at them. An execution is named by its order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Execution:
    """One execution: `status` in Step Functions' words; `error` and `cause` when it ended badly and they were asked."""

    order_id: str
    status: str
    started: datetime
    stopped: datetime | None = None
    error: str | None = None
    cause: str | None = None


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

    def status(self, order_id: str) -> str | None:
        """Return how the order's execution stands, None when it was never started (or forgotten: after 90 days)."""
        ...

    def events(self, order_id: str) -> Iterator[ExecutionEvent]:
        """Return what happened in the order's execution, oldest first; nothing when there is none."""
        ...

    def newest(self) -> Iterator[Execution]:
        """Return all executions, newest first, without errors."""
        ...

    def failed(self, since: datetime) -> Iterator[Execution]:
        """Return the executions started since then that ended badly, newest first, with error and cause."""
        ...
