"""Products in DynamoDB, one by one."""

from datetime import datetime
from typing import Any

from orderflow.catalog.errors import ProductExistsError
from orderflow.catalog.product import MAX_IMAGES, Product, ProductStatus
from orderflow.catalog.product_records import fact_attributes, from_record, to_record, told
from orderflow.catalog.word_index import DynamoWordIndex
from orderflow.runtime.dynamo import TransactionRefusedError, attempts, from_item, to_item, translated_errors
from orderflow.runtime.trail import Author

_ACTIVE, _WITHDRAWN = ProductStatus.ACTIVE.value, ProductStatus.WITHDRAWN.value


class DynamoProductReader:
    """Products of one table, to look at (IAM: dynamodb:GetItem)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def find(self, product_id: str) -> Product | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"productId": product_id}), ConsistentRead=True
            )
        return from_record(from_item(answer["Item"])) if "Item" in answer else None


class DynamoProductStore(DynamoProductReader):
    """Products and the trail of their changes (IAM: dynamodb:UpdateItem to change, withdraw and add images, and PutItem
    on the trail).

    `words` is the table of the words that products are found by, kept by `add`, `change` and `withdraw` (IAM: PutItem
    and DeleteItem), `stock` the one in which `add` puts the first stock (IAM: PutItem on both).
    """

    def __init__(self, client: Any, table: str, *, author: Author, words: str = "", stock: str | None = None) -> None:
        super().__init__(client, table)
        self._author, self._words, self._stock = author, DynamoWordIndex(words), stock

    def add(self, product: Product, initial_stock: int) -> None:
        stock = {
            "productId": product.product_id,
            "available": initial_stock,
            "reserved": 0,
            "sold": 0,
            "updatedAt": product.created_at,
        }
        puts = [
            {
                "Put": {
                    "TableName": table,
                    "Item": to_item(record),
                    "ConditionExpression": "attribute_not_exists(productId)",
                }
            }
            for table, record in ((self._table, to_record(product)), (self._stock, stock))
        ]
        entry = self._author.put(
            f"product#{product.product_id}",
            "product.created",
            datetime.fromisoformat(product.created_at),
            after={**told(product), "available": initial_stock},
        )
        words = self._words.changes(None, product)
        try:
            for attempt in attempts():
                with attempt:
                    self._client.transact_write_items(TransactItems=[*puts, entry, *words])
        except TransactionRefusedError as refused:
            raise ProductExistsError(product.product_id) from refused

    def change(self, before: Product, after: Product, *, pictures: bool) -> bool:
        attributes = {
            **fact_attributes(after.facts),
            "version": after.version,
            "updatedAt": after.updated_at,
            **({"imageKeys": list(after.image_keys)} if pictures else {}),
        }
        names = {f"#{attribute}": attribute for attribute in (*attributes, "status")}
        values = {f":{attribute}": value for attribute, value in attributes.items()}
        return self._update(
            after.product_id,
            "SET " + ", ".join(f"#{attribute} = :{attribute}" for attribute in attributes),
            "#status = :active AND #version = :expected",
            names,
            {**values, ":active": _ACTIVE, ":expected": before.version},
            self._author.put(
                f"product#{after.product_id}",
                "product.updated",
                datetime.fromisoformat(after.updated_at),
                before=told(before),
                after=told(after),
            ),
            *self._words.changes(before, after),
        )

    def withdraw(self, product: Product, at: str) -> bool:
        return self._update(
            product.product_id,
            "SET #status = :withdrawn, withdrawnCategory = category, updatedAt = :at, #version = #version + :one"
            " REMOVE listing, category",
            "#status = :active AND #version = :expected",
            {"#status": "status", "#version": "version"},
            {":withdrawn": _WITHDRAWN, ":active": _ACTIVE, ":at": at, ":one": 1, ":expected": product.version},
            self._author.put(
                f"product#{product.product_id}",
                "product.deleted",
                datetime.fromisoformat(at),
                before={"status": _ACTIVE},
                after={"status": _WITHDRAWN},
            ),
            *self._words.changes(product, None),
        )

    def add_image(self, product_id: str, key: str, at: datetime) -> bool:
        return self._update(
            product_id,
            "SET imageKeys = list_append(imageKeys, :new)",
            "#status = :active AND NOT contains(imageKeys, :key) AND size(imageKeys) < :limit",
            {"#status": "status"},
            {":new": [key], ":key": key, ":active": _ACTIVE, ":limit": MAX_IMAGES},
            self._author.put(f"product#{product_id}", "product.image_attached", at, before={}, after={"imageKey": key}),
        )

    def _update(
        self,
        product_id: str,
        update: str,
        condition: str,
        names: dict[str, str],
        values: dict[str, Any],
        *beside: dict[str, Any],
    ) -> bool:
        """Return whether the condition held, and the update and what belongs to it were written."""
        change = {
            "TableName": self._table,
            "Key": to_item({"productId": product_id}),
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_item(values),
        }
        try:
            for attempt in attempts():
                with attempt:
                    self._client.transact_write_items(TransactItems=[{"Update": change}, *beside])
        except TransactionRefusedError as refused:
            if 0 not in refused.failed:
                raise
            return False
        return True
