"""Products in DynamoDB, one by one."""

from typing import Any

from orderflow.catalog.errors import ProductExistsError
from orderflow.catalog.product import MAX_IMAGES, Product, ProductStatus
from orderflow.catalog.product_records import fact_attributes, from_record, to_record
from orderflow.runtime.dynamo import (
    ConditionFailedError,
    TransactionRefusedError,
    from_item,
    to_item,
    translated_errors,
)

_ACTIVE = ProductStatus.ACTIVE.value


class DynamoProductStore:
    """Products of one table (IAM: dynamodb:GetItem to find, UpdateItem to change, withdraw and add images).

    `stock` is the table in which `add` puts the first stock (IAM: PutItem on both).
    """

    def __init__(self, client: Any, table: str, *, stock: str | None = None) -> None:
        self._client, self._table, self._stock = client, table, stock

    def find(self, product_id: str) -> Product | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"productId": product_id}), ConsistentRead=True
            )
        return from_record(from_item(answer["Item"])) if "Item" in answer else None

    def add(self, product: Product, initial_stock: int) -> None:
        stock = {
            "productId": product.product_id,
            "available": initial_stock,
            "reserved": 0,
            "sold": 0,
            "updatedAt": product.created_at,
        }
        puts = [
            {"TableName": table, "Item": to_item(record), "ConditionExpression": "attribute_not_exists(productId)"}
            for table, record in ((self._table, to_record(product)), (self._stock, stock))
        ]
        try:
            with translated_errors():
                self._client.transact_write_items(TransactItems=[{"Put": put} for put in puts])
        except TransactionRefusedError as refused:
            raise ProductExistsError(product.product_id) from refused

    def change(self, product: Product, expected_version: int, *, pictures: bool) -> bool:
        attributes = {
            **fact_attributes(product.facts),
            "version": product.version,
            "updatedAt": product.updated_at,
            **({"imageKeys": list(product.image_keys)} if pictures else {}),
        }
        names = {f"#{attribute}": attribute for attribute in (*attributes, "status")}
        values = {f":{attribute}": value for attribute, value in attributes.items()}
        return self._update(
            product.product_id,
            "SET " + ", ".join(f"#{attribute} = :{attribute}" for attribute in attributes),
            "#status = :active AND #version = :expected",
            names,
            {**values, ":active": _ACTIVE, ":expected": expected_version},
        )

    def withdraw(self, product_id: str, at: str) -> bool:
        return self._update(
            product_id,
            "SET #status = :withdrawn, withdrawnCategory = category, updatedAt = :at, #version = #version + :one"
            " REMOVE listing, category",
            "#status = :active",
            {"#status": "status", "#version": "version"},
            {":withdrawn": ProductStatus.WITHDRAWN.value, ":active": _ACTIVE, ":at": at, ":one": 1},
        )

    def add_image(self, product_id: str, key: str) -> bool:
        return self._update(
            product_id,
            "SET imageKeys = list_append(imageKeys, :new)",
            "#status = :active AND NOT contains(imageKeys, :key) AND size(imageKeys) < :limit",
            {"#status": "status"},
            {":new": [key], ":key": key, ":active": _ACTIVE, ":limit": MAX_IMAGES},
        )

    def _update(
        self, product_id: str, update: str, condition: str, names: dict[str, str], values: dict[str, Any]
    ) -> bool:
        """Return whether the condition held and the update was made."""
        try:
            with translated_errors():
                self._client.update_item(
                    TableName=self._table,
                    Key=to_item({"productId": product_id}),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues=to_item(values),
                )
        except ConditionFailedError:
            return False
        return True
