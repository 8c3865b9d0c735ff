"""Orders begin in DynamoDB: with an Idempotency-Key the order and its answer in one transaction."""

from datetime import datetime
from typing import Any

from orderflow.orders.idempotency import FirstAnswer
from orderflow.orders.intake import AlreadyAnsweredError, NewOrder, StoreContendedError
from orderflow.orders.order_records import to_record
from orderflow.orders.status import OrderStatus
from orderflow.runtime.dynamo import (
    TransactionConflictError,
    TransactionRefusedError,
    from_item,
    to_item,
    translated_errors,
)
from orderflow.runtime.idempotency.once import Once
from orderflow.runtime.trail import Author


class DynamoIntakeStore:
    """Intake's store (IAM: dynamodb:PutItem and dynamodb:GetItem on both tables, dynamodb:PutItem on the trail)."""

    def __init__(self, client: Any, *, orders: str, idempotency: str, author: Author) -> None:
        self._client, self._orders, self._idempotency = client, orders, idempotency
        self._author = author

    def add(self, new: NewOrder) -> None:
        try:
            with translated_errors():
                self._client.transact_write_items(TransactItems=[{"Put": self._put_order(new)}, self._told(new)])
        except TransactionRefusedError:
            # 80 random bits do not meet twice: this is our own write, repeated by botocore after a lost answer.
            return

    def add_once(self, new: NewOrder, answer: FirstAnswer, now: datetime) -> None:
        remember = {
            "TableName": self._idempotency,
            "Item": to_item(
                {
                    "id": answer.once.id,
                    "fingerprint": answer.once.fingerprint,
                    "orderId": answer.order_id,
                    "correlationId": answer.correlation_id,
                    "total": answer.total,
                    "currency": answer.currency,
                    "expiresAt": answer.expires_at,
                }
            ),
            "ConditionExpression": "attribute_not_exists(id) OR expiresAt <= :now",
            "ExpressionAttributeValues": to_item({":now": int(now.timestamp())}),
        }
        try:
            with translated_errors():
                # botocore adds a ClientRequestToken, so its own repetition of a landed write succeeds.
                self._client.transact_write_items(
                    TransactItems=[{"Put": remember}, {"Put": self._put_order(new)}, self._told(new)]
                )
        except TransactionRefusedError as refused:
            raise AlreadyAnsweredError from refused
        except TransactionConflictError as conflict:
            raise StoreContendedError from conflict

    def first_answer(self, once_id: str) -> FirstAnswer | None:
        with translated_errors():
            item = self._client.get_item(TableName=self._idempotency, Key=to_item({"id": once_id}), ConsistentRead=True)
        if "Item" not in item:
            return None
        record = from_item(item["Item"])
        return FirstAnswer(
            once=Once(record["id"], record["fingerprint"]),
            order_id=record["orderId"],
            correlation_id=record["correlationId"],
            total=record["total"],
            currency=record["currency"],
            expires_at=record["expiresAt"],
        )

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
