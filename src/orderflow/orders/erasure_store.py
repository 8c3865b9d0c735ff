"""Orders in DynamoDB, as far as they tell of somebody: found by customer, written on the version that was read."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from orderflow.orders.erasing import Traces
from orderflow.orders.erasure_records import without_customer
from orderflow.orders.status import OrderStatus
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import TransactionRefusedError, attempts, from_item, to_item, translated_errors
from orderflow.runtime.trail import Author


class DynamoTracesBook:
    """Orders (IAM: dynamodb:Query on the index by-user, GetItem and UpdateItem on the table; PutItem on the trail)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def of_customer(self, user_id: str) -> Iterator[Traces]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": "by-user",
            "KeyConditionExpression": "userId = :user",
            "ExpressionAttributeValues": to_item({":user": user_id}),
        }
        while True:
            with translated_errors():
                answer = self._client.query(**request)
            yield from (_traces(from_item(item)) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def of_order(self, order_id: str) -> Traces | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"orderId": order_id}), ConsistentRead=True
            )
        return _traces(from_item(answer["Item"])) if "Item" in answer else None

    def erase(self, traces: Traces, at: datetime, author: Author) -> bool:
        changes = {**traces.without, "version": traces.version + 1, "updatedAt": iso(at)}
        update = {
            "TableName": self._table,
            "Key": to_item({"orderId": traces.order_id}),
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in changes),
            # The index answers a little late: an order that moved since, or has work again, stays as it is.
            "ConditionExpression": "#version = :read AND attribute_not_exists(openGroup)",
            "ExpressionAttributeNames": {f"#{name}": name for name in changes},
            "ExpressionAttributeValues": to_item(
                {":read": traces.version, **{f":{name}": value for name, value in changes.items()}}
            ),
        }
        told = author.put(
            f"order#{traces.order_id}",
            "order.customer_erased",
            at,
            before={"version": traces.version},
            after={"version": traces.version + 1, "erased": sorted(traces.without)},
            owner=traces.user_id,
        )
        try:
            for attempt in attempts():
                with attempt:
                    self._client.transact_write_items(TransactItems=[{"Update": update}, told])
        except TransactionRefusedError as refused:
            if 0 not in refused.failed:
                raise
            return False
        return True


def _traces(record: dict[str, Any]) -> Traces:
    return Traces(
        order_id=record["orderId"],
        user_id=record["userId"],
        status=OrderStatus(record["status"]),
        version=record["version"],
        has_work="openGroup" in record,
        without=without_customer(record),
    )
