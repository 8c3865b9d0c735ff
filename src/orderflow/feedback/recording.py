"""One write of feedback, together with what it changes in the ratings of products."""

from collections.abc import Set
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from orderflow.feedback.feedback import Feedback


class FeedbackMovedError(Exception):
    """The feedback is not as it was read, or there is one where none was: nothing was written."""


class FeedbackFinder(Protocol):
    """Feedback as it is read."""

    def find(self, feedback_id: str) -> Feedback | None:
        """Return the feedback as of now; None also when it was removed."""
        ...


class FeedbackStore(FeedbackFinder, Protocol):
    """Where feedback is kept."""

    def write(self, before: Feedback | None, after: Feedback | None, at: datetime) -> Set[str]:
        """Put `after` in the place of `before` and the difference into the ratings of products, all or nothing.

        Without `before` there must never have been any, without `after` it is removed for good. Returns the products
        that the catalogue does not have: then nothing was written. Raises FeedbackMovedError.
        """
        ...


def record(before: Feedback | None, after: Feedback, at: datetime, store: FeedbackStore) -> Feedback:
    """Write, and return what was written: it does not count at products that the catalogue does not have.

    Raises FeedbackMovedError.
    """
    if before is not None:
        after = replace(after, revision=before.revision + 1)
    while unknown := store.write(before, after, at):
        before, after = before and before.not_counted_at(unknown), after.not_counted_at(unknown)
    return after


def erase(before: Feedback, at: datetime, store: FeedbackStore) -> None:
    """Remove feedback for good; raises FeedbackMovedError."""
    while unknown := store.write(before, None, at):
        before = before.not_counted_at(unknown)
