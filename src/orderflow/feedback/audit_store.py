"""Feedback read whole from DynamoDB; never what it says."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orderflow.feedback.audit import FeedbackRow
from orderflow.feedback.given_rating import ATTRIBUTES, GivenRating, given_rating
from orderflow.runtime.audit import Page, page_of
from orderflow.runtime.batch import read_items
from orderflow.runtime.scan import pages

_ATTRIBUTES = ("feedbackId", "productId", "ratedProduct", "rating", "checkAfter", "removedAt")


class DynamoFeedbackAudit:
    """The feedback's audit (IAM: dynamodb:Scan, BatchGetItem on its table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def pages(self) -> Iterator[Page[FeedbackRow]]:
        for rows in pages(self._client, self._table, _ATTRIBUTES):
            yield page_of((row for row in rows if "removedAt" not in row), "feedbackId", _row)

    def ratings(self) -> Iterator[Page[GivenRating]]:
        for rows in pages(self._client, self._table, ATTRIBUTES):
            yield page_of((row for row in rows if "ratedProduct" in row), "feedbackId", _rating)

    def counting(self, row_ids: Sequence[str]) -> set[str]:
        names = ("feedbackId", "productId")
        keys = [dict(zip(names, row_id.split("#"), strict=True)) for row_id in row_ids]
        attributes = (*names, "ratedProduct")
        found = read_items(self._client, self._table, keys=keys, attributes=attributes, consistent=True)
        return {f"{row['feedbackId']}#{row['productId']}" for row in found if "ratedProduct" in row}


def _rating(row: Mapping[str, Any]) -> GivenRating:
    given = given_rating(row)
    if given is None or type(given.rating) is not int:
        raise ValueError("rating must be a whole number")
    return given


def _row(row: Mapping[str, Any]) -> FeedbackRow:
    return FeedbackRow(row["feedbackId"], row.get("ratedProduct"), row["rating"], row.get("checkAfter"))
