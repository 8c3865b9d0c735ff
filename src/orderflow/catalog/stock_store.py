"""The stock table as administrators change it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from orderflow.catalog.errors import ProductNotFoundError, StockBusyError
from orderflow.catalog.product import ProductStatus
from orderflow.catalog.stock import Stock
from orderflow.catalog.stock_keeping import Adjustment, AdjustmentRefusedError
from orderflow.catalog.stock_reader import DynamoStockReader
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import (
    TransactionConflictError,
    TransactionRefusedError,
    to_item,
    translated_errors,
)
from orderflow.runtime.trail import Author

# Each lost race means that an order moved units of the product.
_ATTEMPTS = 10
_PRODUCT, _STOCK, _ENTRY = range(3)


class AlreadyRecordedError(Exception):
    """The entry is there already: this correction was made before, and nothing was changed now."""


class DynamoStockBook(DynamoStockReader):
    """Adjustments, each with an entry that tells of it: both are written, or neither.

    `entry` makes the put of the entry from the stock before and after; it must carry a condition that refuses a second.
    IAM: dynamodb:ConditionCheckItem on products; GetItem, UpdateItem on stock; PutItem where the entry goes.
    """

    def __init__(
        self, client: Any, *, products: str, stock: str, entry: Callable[[Stock, Stock], Mapping[str, Any]]
    ) -> None:
        super().__init__(client, stock)
        self._products, self._entry = products, entry

    def adjust(self, product_id: str, adjustment: Adjustment) -> None:
        """Adjust the stock that was read, so that `before` and `after` are true; also raises AlreadyRecordedError."""
        for _ in range(_ATTEMPTS):
            before = self.stock(product_id)
            if before is None:
                raise ProductNotFoundError(product_id)
            available = adjusted(before, adjustment).available
            if available < 0:
                raise AdjustmentRefusedError
            try:
                self._write(product_id, adjustment, before)
            except TransactionConflictError:
                continue
            except TransactionRefusedError as refused:
                if _ENTRY in refused.failed:
                    raise AlreadyRecordedError from refused
                if _PRODUCT in refused.failed:
                    raise ProductNotFoundError(product_id) from refused
                # An order moved the stock in between: look again.
                continue
            return
        raise StockBusyError

    def _write(self, product_id: str, adjustment: Adjustment, before: Stock) -> None:
        entry = self._entry(before, adjusted(before, adjustment))
        with translated_errors():
            # botocore makes a transaction idempotent: a relative change that is sent twice is counted once.
            self._client.transact_write_items(
                TransactItems=[
                    {"ConditionCheck": self._on_sale(product_id)},
                    {"Update": self._change(product_id, adjustment, before)},
                    {"Put": entry},
                ]
            )

    def _on_sale(self, product_id: str) -> dict[str, Any]:
        return {
            "TableName": self._products,
            "Key": to_item({"productId": product_id}),
            "ConditionExpression": "#status = :active",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": to_item({":active": ProductStatus.ACTIVE.value}),
        }

    def _change(self, product_id: str, adjustment: Adjustment, before: Stock) -> dict[str, Any]:
        last = {
            "change": adjustment.change,
            "set": adjustment.exact,
            "reason": adjustment.reason,
            "by": adjustment.by,
            "at": iso(adjustment.at),
        }
        return {
            "TableName": self._table,
            "Key": to_item({"productId": product_id}),
            "UpdateExpression": "SET available = :after, updatedAt = :at, lastAdjustment = :last",
            "ConditionExpression": "available = :before",
            "ExpressionAttributeValues": to_item(
                {
                    ":before": before.available,
                    ":after": adjusted(before, adjustment).available,
                    ":at": iso(adjustment.at),
                    ":last": {key: value for key, value in last.items() if value is not None},
                }
            ),
        }


def adjusted(stock: Stock, adjustment: Adjustment) -> Stock:
    """Return the stock as the adjustment would leave it; may be below zero, which nobody writes."""
    available = adjustment.exact if adjustment.exact is not None else stock.available + (adjustment.change or 0)
    return replace(stock, available=available, updated_at=iso(adjustment.at))


def trail_of(author: Author, product_id: str, reason: str) -> Callable[[Stock, Stock], Mapping[str, Any]]:
    """Return what makes an adjustment's entry in the audit trail."""

    def entry(before: Stock, after: Stock) -> Mapping[str, Any]:
        written: Mapping[str, Any] = author.put(
            f"product#{product_id}",
            "product.stock_adjusted",
            datetime.fromisoformat(after.updated_at),
            before={"available": before.available},
            after={"available": after.available, "reason": reason},
        )["Put"]
        return written

    return entry
