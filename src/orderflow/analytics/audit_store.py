"""Ledger and counters read whole from DynamoDB, and corrected."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orderflow.analytics.audit import CounterRow, LedgerEntry, without_zeros
from orderflow.analytics.counted import Figures, Row
from orderflow.analytics.counter_store import LEDGER, counted_in, unchanged
from orderflow.analytics.errors import CountedMeanwhileError
from orderflow.analytics.summary_store import figures_in
from orderflow.runtime.audit import Page, page_of
from orderflow.runtime.batch import read_items
from orderflow.runtime.dynamo import ConditionFailedError, from_item, to_item, translated_errors
from orderflow.runtime.scan import pages


class DynamoCounterAudit:
    """The counters' audit (IAM: dynamodb:Scan, Query, BatchGetItem, PutItem on the analytics table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def pages(self) -> Iterator[Page[CounterRow | LedgerEntry]]:
        for rows in pages(self._client, self._table, None):
            yield page_of(rows, "line", _record)

    def ledger(self, day: str) -> Iterator[LedgerEntry]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "book = :book",
            "ExpressionAttributeValues": to_item({":book": f"{LEDGER}{day}"}),
            "ConsistentRead": True,
        }
        while True:
            with translated_errors():
                answer = self._client.query(**request)
            for item in answer["Items"]:
                yield _entry(from_item(item))
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def rows(self, rows: Sequence[Row]) -> Mapping[Row, CounterRow]:
        keys = [row._asdict() for row in rows]
        found = read_items(self._client, self._table, keys=keys, attributes=None, consistent=True)
        return {read.row: read for read in map(_row, found)}

    def correct(self, row: Row, figures: Figures, revision: int | None) -> None:
        record = {**row._asdict(), **figures, "revision": (revision or 0) + 1}
        try:
            with translated_errors():
                self._client.put_item(TableName=self._table, Item=to_item(record), **unchanged(revision))
        except ConditionFailedError as refused:
            raise CountedMeanwhileError from refused


def _record(record: dict[str, Any]) -> CounterRow | LedgerEntry:
    return _entry(record) if record["book"].startswith(LEDGER) else _row(record)


def _row(record: dict[str, Any]) -> CounterRow:
    figures = without_zeros(figures_in(record))
    if wrong := [name for name, amount in figures.items() if type(amount) is not int]:
        raise ValueError(f"{', '.join(wrong)} must be whole numbers")
    return CounterRow(Row(record["book"], record["line"]), figures, record["revision"])


def _entry(record: dict[str, Any]) -> LedgerEntry:
    return LedgerEntry(record["line"], record["book"].removeprefix(LEDGER), counted_in(record))
