"""Orders that are not finished, in DynamoDB: a Query on the sparse index, then each order itself."""

from datetime import datetime
from typing import Any

from orderflow.orders.open_orders import GROUP, INDEX
from orderflow.orders.order import StatusReason
from orderflow.orders.status import OrderStatus
from orderflow.orders.sweeping import OpenOrder
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import ConditionFailedError, from_item, to_item, translated_errors


class DynamoOpenOrderStore:
    """Open orders (IAM: dynamodb:Query on the index by-open, dynamodb:GetItem and dynamodb:UpdateItem on the table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def due(self, now: datetime, limit: int) -> list[str]:
        # At most 200 keys: far from the 1 MB at which a page would end early.
        with translated_errors():
            answer = self._client.query(
                TableName=self._table,
                IndexName=INDEX,
                KeyConditionExpression="openGroup = :group AND checkAfter <= :now",
                ExpressionAttributeValues=to_item({":group": GROUP, ":now": iso(now)}),
                ProjectionExpression="orderId",
                Limit=limit,
            )
        return [from_item(item)["orderId"] for item in answer["Items"]]

    def find(self, order_id: str) -> OpenOrder | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table,
                Key=to_item({"orderId": order_id}),
                ConsistentRead=True,
                ProjectionExpression="orderId, #status, correlationId, checkAfter, executionArn, reviewToken, "
                "statusReason, cancellation",
                ExpressionAttributeNames={"#status": "status"},
            )
        if "Item" not in answer:
            return None
        record = from_item(answer["Item"])
        reason = record.get("statusReason")
        return OpenOrder(
            order_id=record["orderId"],
            status=OrderStatus(record["status"]),
            correlation_id=record["correlationId"],
            check_after=record.get("checkAfter"),
            execution=record.get("executionArn"),
            waits="reviewToken" in record,
            reason=StatusReason(reason["code"], reason["message"]) if reason else None,
            settled=record.get("cancellation") == "COMPLETE",
        )

    def look_again(self, order: OpenOrder, check_after: str) -> None:
        self._update(
            order,
            "SET checkAfter = :next",
            "#status = :status AND checkAfter = :read",
            {":next": check_after, ":read": order.check_after},
        )

    def take_out(self, order: OpenOrder) -> None:
        self._update(order, "REMOVE openGroup, checkAfter", "#status = :status", {})

    def _update(self, order: OpenOrder, update: str, condition: str, values: dict[str, Any]) -> None:
        try:
            with translated_errors():
                self._client.update_item(
                    TableName=self._table,
                    Key=to_item({"orderId": order.order_id}),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues=to_item({":status": order.status.value, **values}),
                )
        except ConditionFailedError:
            return  # The workflow, a person or another run moved the order on: theirs stands.
