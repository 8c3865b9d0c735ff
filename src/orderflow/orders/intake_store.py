"""Orders begin in DynamoDB: with an Idempotency-Key the order and its answer in one transaction."""

from datetime import datetime
from typing import Any

from orderflow.orders.intake import NewOrder
from orderflow.orders.order_records import to_record
from orderflow.orders.status import OrderStatus
from orderflow.runtime.dynamo import (
    TransactionConflictError,
    TransactionRefusedError,
    from_item,
    to_item,
    translated_errors,
)
from orderflow.runtime.idempotency.errors import KeyTakenError
from orderflow.runtime.idempotency.keys import KeyWrite
from orderflow.runtime.idempotency.record_store import DynamoRecords
from orderflow.runtime.trail import Author


class DynamoIntakeStore:
    """Intake's store (IAM: dynamodb:PutItem on orders, keys and trail, dynamodb:GetItem on orders for `status`)."""

    def __init__(self, client: Any, *, orders: str, idempotency: str, author: Author) -> None:
        self._client, self._orders, self._author = client, orders, author
        self._records = DynamoRecords(client, idempotency)

    def add(self, new: NewOrder) -> None:
        try:
            with translated_errors():
                self._client.transact_write_items(TransactItems=self.elements(new))
        except TransactionRefusedError:
            # 80 random bits do not meet twice: this is our own write, repeated by botocore after a lost answer.
            return

    def add_once(self, new: NewOrder, key: KeyWrite) -> None:
        try:
            with translated_errors():
                # botocore adds a ClientRequestToken, so its own repetition of a landed write succeeds.
                self._client.transact_write_items(TransactItems=[self._records.element(key), *self.elements(new)])
        except (TransactionRefusedError, TransactionConflictError) as taken:
            raise KeyTakenError from taken

    def elements(self, new: NewOrder) -> list[dict[str, Any]]:
        """Return the order and its entry in the trail, for a transaction that writes more than those."""
        return [{"Put": self._put_order(new)}, self._told(new)]

    def status(self, order_id: str) -> OrderStatus | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._orders,
                Key=to_item({"orderId": order_id}),
                ConsistentRead=True,
                ProjectionExpression="#status",
                ExpressionAttributeNames={"#status": "status"},
            )
        return OrderStatus(from_item(answer["Item"])["status"]) if "Item" in answer else None

    def _told(self, new: NewOrder) -> dict[str, Any]:
        order = new.order
        return self._author.put(
            f"order#{order.order_id}",
            "order.placed",
            datetime.fromisoformat(order.created_at),
            after={
                "status": order.status.value,
                "version": order.version,
                "items": [f"{line.product_id} x {line.quantity}" for line in order.lines],
                "total": order.total,
                "currency": order.currency,
            },
            owner=order.user_id,
        )

    def _put_order(self, new: NewOrder) -> dict[str, Any]:
        return {
            "TableName": self._orders,
            "Item": to_item(to_record(new)),
            "ConditionExpression": "attribute_not_exists(orderId)",
        }
