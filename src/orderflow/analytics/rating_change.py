"""A write of feedback, read with the feedback's own eyes: which rating counts, and what it is."""

from collections.abc import Mapping
from typing import Any

from orderflow.analytics.change import Change
from orderflow.analytics.counted import CountedRating
from orderflow.feedback.given_rating import GivenRating, given_rating, revision_of

Record = Mapping[str, Any]


def rating_change(old: Record | None, new: Record | None) -> Change | None:
    """Return what a write changed in the rating of one product; None: nothing, as with words, or one that waits."""
    before, after = (given_rating(record) if record else None for record in (old, new))
    if after is not None:
        same = before is not None and _facts_of(before) == _facts_of(after)
        return None if same else change_of_rating(after)
    if before is None:
        return None
    # What is left of removed feedback does not say when it was given; what was there before does.
    return gone(before, revision_of(new) if new else before.revision + 1)


def change_of_rating(given: GivenRating) -> Change:
    """Return a rating that counts, as a change of the day (UTC) on which it was given."""
    return Change(given.row_id, given.day, given.revision, _facts_of(given))


def gone(given: GivenRating, revision: int) -> Change:
    """Return that a rating counts no more, since this revision."""
    return Change(given.row_id, given.day, revision, None)


def _facts_of(given: GivenRating) -> CountedRating:
    return CountedRating(given.user_id, given.rating)
