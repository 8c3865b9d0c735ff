"""Feedback as rows of its table: one for each product of the order, each whole, so that an index can list them.

The row carries `ratedProduct` while it counts at its product, and the first row when to look at the order again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from orderflow.feedback.feedback import Feedback
from orderflow.runtime.clock import iso

DUE_GROUP = "following"


def to_rows(feedback: Feedback) -> list[dict[str, Any]]:
    """Return the rows, by product."""
    shared = {
        "feedbackId": feedback.feedback_id,
        "orderId": feedback.order_id,
        "userId": feedback.user_id,
        "rating": feedback.rating,
        "comment": feedback.comment,
        "category": feedback.category,
        "createdAt": feedback.created_at,
        "updatedAt": feedback.updated_at,
        "version": feedback.version,
        "revision": feedback.revision,
        # Whoever sees fewer has met the first transaction half-way.
        "rows": len(feedback.product_ids),
    }
    rows: list[dict[str, Any]] = [
        {**shared, "productId": each, **({"ratedProduct": each} if each in feedback.counted else {})}
        for each in feedback.product_ids
    ]
    if feedback.check_after is not None:
        rows[0] |= {"dueGroup": DUE_GROUP, "checkAfter": feedback.check_after}
    return rows


def are_whole(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether rows of one id are all that there are of it, and none of them from before another write."""
    return len({row["revision"] for row in rows}) <= 1 and all(row.get("rows", len(rows)) == len(rows) for row in rows)


def removed_rows(feedback: Feedback, at: datetime) -> list[dict[str, Any]]:
    """Return what is left of removed feedback: that there was one. Nothing of what it said, nor who said it."""
    left = {"feedbackId": feedback.feedback_id, "revision": feedback.revision + 1, "removedAt": iso(at)}
    return [{**left, "productId": each} for each in feedback.product_ids]


def from_rows(rows: Iterable[Mapping[str, Any]]) -> Feedback:
    """Return the feedback that these rows, all of one revision and not removed, make up."""
    rows = list(rows)
    first = rows[0]
    return Feedback(
        feedback_id=first["feedbackId"],
        order_id=first["orderId"],
        user_id=first["userId"],
        product_ids=tuple(row["productId"] for row in rows),
        rating=first["rating"],
        comment=first["comment"],
        category=first.get("category"),
        created_at=first["createdAt"],
        updated_at=first["updatedAt"],
        counted=frozenset(row["ratedProduct"] for row in rows if "ratedProduct" in row),
        check_after=first.get("checkAfter"),
        version=first["version"],
        revision=first["revision"],
    )
