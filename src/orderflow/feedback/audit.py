"""The audit of feedback by itself: it follows its order, and what its rows say the products' ratings are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from orderflow.catalog.rating import UNRATED, Rating
from orderflow.feedback.given_rating import GivenRating
from orderflow.runtime.audit import Finding, Page

# It is looked at every minute, a hundred at a time.
FOLLOWS_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class FeedbackRow:
    """Feedback on one product: `rated` names it where it counts, `check_after` is when the order is looked at next."""

    feedback_id: str
    rated: str | None
    rating: int
    check_after: str | None


class FeedbackAudit(Protocol):
    """Feedback, read whole and page by page: for audits only."""

    def pages(self) -> Iterator[Page[FeedbackRow]]:
        """Return every row of feedback that was not removed."""
        ...


class RatingAudit(Protocol):
    """The ratings that count, row by row: for audits only."""

    def ratings(self) -> Iterator[Page[GivenRating]]:
        """Return every rating that counts, at most 100 at a time."""
        ...

    def counting(self, row_ids: Sequence[str]) -> set[str]:
        """Return those of at most 100 rows that count, as of now."""
        ...


def ratings_given(store: FeedbackAudit) -> dict[str, Rating]:
    """Return what each product's rating must be; memory grows with the products rated, not with the feedback."""
    given: dict[str, Rating] = {}
    for page in store.pages():
        for row in page.records:
            if row.rated is not None:
                given[row.rated] = given.get(row.rated, UNRATED) + Rating(row.rating, 1)
    return given


def check_feedback(row: FeedbackRow, now: datetime) -> Iterator[Finding]:
    """Check one row by itself."""
    if row.check_after is not None and now - datetime.fromisoformat(row.check_after) > FOLLOWS_WITHIN:
        message = f"its order was to be looked at {row.check_after}: see whether settle_feedback runs"
        yield Finding("feedback-follows-its-order", f"feedback {row.feedback_id}", message)
