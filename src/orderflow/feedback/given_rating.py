"""A row of feedback as a rating of one product, for whoever adds ratings up: never what it says in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ATTRIBUTES = ("feedbackId", "productId", "ratedProduct", "userId", "rating", "createdAt", "revision")


@dataclass(frozen=True)
class GivenRating:
    """A rating, 1 to 5, that counts at a product; `created_at` is ISO 8601 in UTC, each write raises `revision`."""

    feedback_id: str
    product_id: str
    user_id: str
    rating: int
    created_at: str
    revision: int

    @property
    def row_id(self) -> str:
        """What names the row: neither id has a `#`."""
        return f"{self.feedback_id}#{self.product_id}"

    @property
    def day(self) -> str:
        """The day (UTC) on which it was given, ISO 8601."""
        return self.created_at[:10]


def given_rating(row: Mapping[str, Any]) -> GivenRating | None:
    """Return the rating in a row of feedback; None while it does not count, and when it was removed.

    Raises KeyError for what is no row of feedback.
    """
    revision_of(row)
    if "ratedProduct" not in row:
        return None
    return GivenRating(
        row["feedbackId"], row["productId"], row["userId"], row["rating"], row["createdAt"], row["revision"]
    )


def revision_of(row: Mapping[str, Any]) -> int:
    """Return how often a row was written, also one that was removed."""
    revision: int = row["revision"]
    return revision
