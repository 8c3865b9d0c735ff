"""Counters read from DynamoDB: a Query of a book's days, and one for the best of a day; never a Scan."""

from collections.abc import Mapping
from typing import Any

from orderflow.analytics.counted import Figures
from orderflow.analytics.period import Period
from orderflow.runtime.dynamo import from_item, to_item, translated_errors

INDEX = "by-units"
_NO_FIGURES = frozenset({"book", "line", "revision"})


class DynamoSummaryStore:
    """The counters' reader (IAM: dynamodb:Query on the analytics table and its index by-units)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def lines(self, book: str, period: Period) -> Mapping[str, Figures]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "book = :book AND line BETWEEN :first AND :last",
            "ExpressionAttributeValues": to_item(
                # A line is a day and a currency or `rating`, parted by a character below `~`.
                {":book": book, ":first": period.first.isoformat(), ":last": f"{period.last.isoformat()}~"}
            ),
        }
        found: dict[str, Figures] = {}
        while True:
            with translated_errors():
                answer = self._client.query(**request)
            found |= {record["line"]: figures_in(record) for record in map(from_item, answer["Items"])}
            if "LastEvaluatedKey" not in answer:
                return found
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def best(self, book: str, limit: int) -> Mapping[str, int]:
        with translated_errors():
            answer = self._client.query(
                TableName=self._table,
                IndexName=INDEX,
                KeyConditionExpression="book = :book",
                ExpressionAttributeValues=to_item({":book": book}),
                ScanIndexForward=False,
                Limit=limit,
            )
        return {record["line"]: record["units"] for record in map(from_item, answer["Items"])}


def figures_in(record: Mapping[str, Any]) -> dict[str, int]:
    """Return the figures of a row of counters."""
    return {name: value for name, value in record.items() if name not in _NO_FIGURES}
