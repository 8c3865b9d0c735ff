"""Orders read from DynamoDB, by id or by customer: never a Scan, and never the payment token."""

from typing import Any

from orderflow.orders.order import Order
from orderflow.orders.order_records import SHOWN_ATTRIBUTES, from_record
from orderflow.orders.status import OrderStatus
from orderflow.runtime.dynamo import from_item, to_item, translated_errors

# Orders that a page examines where a status filters after reading: always as many, so that a page costs the same
# however many orders there are.
EXAMINED = 50
_NAMES = {f"#{position}": name for position, name in enumerate(SHOWN_ATTRIBUTES)}
_SHOWN = ", ".join(_NAMES)
_STATUS = next(placeholder for placeholder, name in _NAMES.items() if name == "status")


class DynamoOrderStore:
    """Orders (IAM: dynamodb:GetItem on the table for `find`, dynamodb:Query on its index by-user for `page`)."""

    def __init__(self, client: Any, table: str, *, examined: int = EXAMINED) -> None:
        self._client, self._table, self._examined = client, table, examined

    def find(self, order_id: str) -> Order | None:
        # Strongly consistent: an order answered 202 can be read at once.
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table,
                Key=to_item({"orderId": order_id}),
                ConsistentRead=True,
                ProjectionExpression=_SHOWN,
                ExpressionAttributeNames=_NAMES,
            )
        return from_record(from_item(answer["Item"])) if "Item" in answer else None

    def page(
        self, user_id: str, status: OrderStatus | None, limit: int, before: str | None
    ) -> tuple[list[Order], str | None]:
        request = self._request(user_id, status)
        if before is not None:
            request["ExclusiveStartKey"] = to_item({"userId": user_id, "orderId": before})
        # One more than asked for tells whether there is a next page, so that the last one is not followed by none.
        examined = max(limit + 1, self._examined) if status else limit + 1
        with translated_errors():
            answer = self._client.query(**request, Limit=examined)
        orders = [from_record(from_item(item)) for item in answer["Items"]]
        if len(orders) > limit:
            return orders[:limit], orders[limit - 1].order_id
        last = answer.get("LastEvaluatedKey")
        return orders, from_item(last)["orderId"] if last else None

    def _request(self, user_id: str, status: OrderStatus | None) -> dict[str, Any]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": "by-user",
            "KeyConditionExpression": "userId = :user",
            "ScanIndexForward": False,
            "ProjectionExpression": _SHOWN,
            "ExpressionAttributeNames": _NAMES,
        }
        values = {":user": user_id}
        if status:
            request["FilterExpression"] = f"{_STATUS} = :status"
            values[":status"] = status.value
        return {**request, "ExpressionAttributeValues": to_item(values)}
