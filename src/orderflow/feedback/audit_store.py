"""Feedback read whole from DynamoDB; never what it says."""

from collections.abc import Iterator, Mapping
from typing import Any

from orderflow.feedback.audit import FeedbackRow
from orderflow.runtime.audit import Page, page_of
from orderflow.runtime.scan import pages

_ATTRIBUTES = ("feedbackId", "productId", "ratedProduct", "rating", "checkAfter", "removedAt")


class DynamoFeedbackAudit:
    """The feedback's audit (IAM: dynamodb:Scan on its table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def pages(self) -> Iterator[Page[FeedbackRow]]:
        for rows in pages(self._client, self._table, _ATTRIBUTES):
            yield page_of((row for row in rows if "removedAt" not in row), "feedbackId", _row)


def _row(row: Mapping[str, Any]) -> FeedbackRow:
    return FeedbackRow(row["feedbackId"], row.get("ratedProduct"), row["rating"], row.get("checkAfter"))
