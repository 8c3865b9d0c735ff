"""The stock table as administrators and readers see it."""

from collections.abc import Sequence
from typing import Any

from orderflow.catalog.errors import ProductNotFoundError
from orderflow.catalog.product import ProductStatus
from orderflow.catalog.stock import Stock
from orderflow.catalog.stock_keeping import Adjustment, AdjustmentRefusedError
from orderflow.runtime.batch import read_batch
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import TransactionRefusedError, from_item, to_item, translated_errors


class DynamoStockReader:
    """Units of one product (IAM: dynamodb:GetItem) or of many at once (IAM: dynamodb:BatchGetItem)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def available(self, product_ids: Sequence[str]) -> dict[str, int]:
        rows = read_batch(
            self._client, self._table, key="productId", values=product_ids, attributes=("productId", "available")
        )
        return {row["productId"]: row["available"] for row in rows}

    def stock(self, product_id: str) -> Stock | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"productId": product_id}), ConsistentRead=True
            )
        if "Item" not in answer:
            return None
        row = from_item(answer["Item"])
        return Stock(
            available=row["available"], reserved=row["reserved"], sold=row["sold"], updated_at=row["updatedAt"]
        )


class DynamoStockBook(DynamoStockReader):
    """Adjustments (IAM: dynamodb:ConditionCheckItem on products; GetItem, UpdateItem on stock)."""

    def __init__(self, client: Any, *, products: str, stock: str) -> None:
        super().__init__(client, stock)
        self._products = products

    def adjust(self, product_id: str, adjustment: Adjustment) -> None:
        # A transaction, because botocore makes it idempotent: a relative change that is sent twice is counted once.
        try:
            with translated_errors():
                self._client.transact_write_items(
                    TransactItems=[
                        {"ConditionCheck": self._on_sale(product_id)},
                        {"Update": self._change(product_id, adjustment)},
                    ]
                )
        except TransactionRefusedError as refused:
            if 0 in refused.failed:
                raise ProductNotFoundError(product_id) from refused
            raise AdjustmentRefusedError from refused

    def _on_sale(self, product_id: str) -> dict[str, Any]:
        return {
            "TableName": self._products,
            "Key": to_item({"productId": product_id}),
            "ConditionExpression": "#status = :active",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": to_item({":active": ProductStatus.ACTIVE.value}),
        }

    def _change(self, product_id: str, adjustment: Adjustment) -> dict[str, Any]:
        last = {
            "change": adjustment.change,
            "set": adjustment.exact,
            "reason": adjustment.reason,
            "by": adjustment.by,
            "at": iso(adjustment.at),
        }
        values: dict[str, Any] = {
            ":at": iso(adjustment.at),
            ":last": {key: value for key, value in last.items() if value is not None},
        }
        if adjustment.change is None:
            amount, condition = ":exact", "attribute_exists(productId)"
            values[":exact"] = adjustment.exact
        else:
            amount, condition = "available + :change", "available >= :least"
            values |= {":change": adjustment.change, ":least": -adjustment.change}
        return {
            "TableName": self._table,
            "Key": to_item({"productId": product_id}),
            "UpdateExpression": f"SET available = {amount}, updatedAt = :at, lastAdjustment = :last",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": to_item(values),
        }
