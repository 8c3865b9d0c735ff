"""Prices read from the products table."""

from typing import Any

from orderflow.catalog.pricing import PricedProduct
from orderflow.runtime.batch import read_batch


class DynamoPriceStore:
    """Prices from DynamoDB in one BatchGetItem (IAM: dynamodb:BatchGetItem on the products table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def prices(self, product_ids: tuple[str, ...]) -> dict[str, PricedProduct]:
        # Strongly consistent: a price holds for every order accepted after the change was answered.
        records = read_batch(
            self._client,
            self._table,
            key="productId",
            values=product_ids,
            attributes=("productId", "name", "price", "currency", "category", "status"),
            consistent=True,
        )
        return {
            record["productId"]: PricedProduct(
                product_id=record["productId"],
                name=record["name"],
                unit_price=record["price"],
                currency=record["currency"],
                category=record.get("category", ""),
            )
            for record in records
            if record["status"] == "ACTIVE"
        }
