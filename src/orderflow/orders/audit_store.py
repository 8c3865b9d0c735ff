"""Orders read whole from DynamoDB; never the payment token."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orderflow.orders.audit import OrderRecord
from orderflow.orders.order_records import SHOWN_ATTRIBUTES, from_record
from orderflow.runtime.audit import Page, page_of
from orderflow.runtime.batch import read_batch
from orderflow.runtime.scan import pages

_ATTRIBUTES = (
    *SHOWN_ATTRIBUTES, "subtotal", "total", "correlationId", "executionArn", "cancellation", "reviewDeadline",
)  # fmt: skip


class DynamoOrderAudit:
    """The orders' audit (IAM: dynamodb:Scan, BatchGetItem on the orders table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def pages(self) -> Iterator[Page[OrderRecord]]:
        for rows in pages(self._client, self._table, _ATTRIBUTES):
            yield page_of(rows, "orderId", _record)

    def record(self, order_id: str) -> OrderRecord | None:
        rows = self._read([order_id], _ATTRIBUTES)
        return _record(rows[0]) if rows else None

    def known(self, order_ids: Sequence[str]) -> set[str]:
        return {row["orderId"] for row in self._read(order_ids, ("orderId",))}

    def _read(self, order_ids: Sequence[str], attributes: Sequence[str]) -> list[dict[str, Any]]:
        return read_batch(
            self._client, self._table, key="orderId", values=order_ids, attributes=attributes, consistent=True
        )


def _record(row: Mapping[str, Any]) -> OrderRecord:
    return OrderRecord(
        order=from_record(row),
        line_totals=tuple(line["lineTotal"] for line in row["items"]),
        subtotal=row["subtotal"],
        total=row["total"],
        correlation_id=row["correlationId"],
        execution_arn=row.get("executionArn"),
        cancellation=row.get("cancellation"),
        review_deadline=row.get("reviewDeadline"),
    )
