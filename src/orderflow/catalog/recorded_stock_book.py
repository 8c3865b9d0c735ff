"""Stock corrections that leave an entry elsewhere in the same transaction: both are written, or neither."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from orderflow.catalog.errors import ProductNotFoundError, StockBusyError
from orderflow.catalog.stock import Stock
from orderflow.catalog.stock_keeping import Adjustment, AdjustmentRefusedError
from orderflow.catalog.stock_store import DynamoStockBook
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import TransactionConflictError, TransactionRefusedError, to_value, translated_errors

_ATTEMPTS = 5
_PRODUCT, _STOCK, _ENTRY = range(3)


class AlreadyRecordedError(Exception):
    """The entry is there already: this correction was made before, and nothing was changed now."""


class RecordedStockBook(DynamoStockBook):
    """Adjustments with their entry (IAM: as DynamoStockBook, and dynamodb:PutItem where the entry goes).

    `entry` makes the put of the entry from the stock before and after; it must carry a condition that refuses a second.
    """

    def __init__(
        self, client: Any, *, products: str, stock: str, entry: Callable[[Stock, Stock], Mapping[str, Any]]
    ) -> None:
        super().__init__(client, products=products, stock=stock)
        self._entry = entry

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
        change = self._change(product_id, adjustment)
        change["ConditionExpression"] += " AND available = :before"
        change["ExpressionAttributeValues"][":before"] = to_value(before.available)
        entry = self._entry(before, adjusted(before, adjustment))
        with translated_errors():
            self._client.transact_write_items(
                TransactItems=[{"ConditionCheck": self._on_sale(product_id)}, {"Update": change}, {"Put": entry}]
            )


def adjusted(stock: Stock, adjustment: Adjustment) -> Stock:
    """Return the stock as the adjustment would leave it; may be below zero, which nobody writes."""
    available = adjustment.exact if adjustment.exact is not None else stock.available + (adjustment.change or 0)
    return replace(stock, available=available, updated_at=iso(adjustment.at))
