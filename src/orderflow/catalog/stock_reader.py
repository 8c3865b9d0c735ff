"""The stock table as readers see it."""

from collections.abc import Sequence
from typing import Any

from orderflow.catalog.stock import Stock
from orderflow.runtime.batch import read_batch
from orderflow.runtime.dynamo import from_item, to_item, translated_errors


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
