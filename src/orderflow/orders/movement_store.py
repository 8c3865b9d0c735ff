"""Orders and their movements in DynamoDB: one write on the version that was read, in or out of the index by-open."""

from datetime import datetime
from typing import Any

from orderflow.orders import fulfilment
from orderflow.orders.movement_records import to_record
from orderflow.orders.movement_trail import told_of
from orderflow.orders.open_orders import INDEX, MOVEMENTS_GROUP, next_look
from orderflow.orders.order import HistoryEntry, Order
from orderflow.orders.order_store import DynamoOrderStore
from orderflow.orders.settling import OrderChangedError
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import (
    ConditionFailedError,
    TransactionConflictError,
    TransactionRefusedError,
    from_item,
    to_item,
    translated_errors,
)
from orderflow.runtime.trail import Author


class DynamoMovementStore(DynamoOrderStore):
    """Movements (IAM: dynamodb:GetItem and UpdateItem on the orders table and PutItem on the trail; for `due`, Query
    on the orders table's index by-open)."""

    def __init__(self, client: Any, table: str, *, author: Author) -> None:
        super().__init__(client, table)
        self._author = author

    def save(self, before: Order, after: Order, now: datetime) -> None:
        told = after.history[len(before.history) :]
        changes = {
            "status": after.status.value,
            "version": after.version,
            "movements": [to_record(movement) for movement in after.movements],
            "refunded": after.refunded,
            "updatedAt": after.updated_at,
        }
        index = {"openGroup": MOVEMENTS_GROUP, "checkAfter": next_look(now)} if fulfilment.pending(after) else {}
        names = {f"#{name}": name for name in changes | index}
        update = ", ".join(f"#{name} = :{name}" for name in changes | index)
        write = {
            "TableName": self._table,
            "Key": to_item({"orderId": before.order_id}),
            "UpdateExpression": f"SET {update}, history = list_append(history, :told)"
            + ("" if index else " REMOVE openGroup, checkAfter"),
            "ConditionExpression": "#version = :read AND #status = :from",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_item(
                {f":{name}": value for name, value in (changes | index).items()}
                | {
                    ":told": [_entry(entry) for entry in told],
                    ":read": before.version,
                    ":from": before.status.value,
                }
            ),
        }
        try:
            with translated_errors():
                self._client.transact_write_items(
                    TransactItems=[{"Update": write}, told_of(before, after, now, self._author)]
                )
        except (TransactionRefusedError, TransactionConflictError) as refused:
            raise OrderChangedError from refused

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the ids of at most `limit` orders with movements that should be settled by now, longest due first."""
        with translated_errors():
            answer = self._client.query(
                TableName=self._table,
                IndexName=INDEX,
                KeyConditionExpression="openGroup = :group AND checkAfter <= :now",
                ExpressionAttributeValues=to_item({":group": MOVEMENTS_GROUP, ":now": iso(now)}),
                ProjectionExpression="orderId",
                Limit=limit,
            )
        return [from_item(item)["orderId"] for item in answer["Items"]]

    def put_off(self, order: Order, now: datetime) -> None:
        """Look at the order again later, unless it has changed: then whoever changed it has said when."""
        try:
            with translated_errors():
                self._client.update_item(
                    TableName=self._table,
                    Key=to_item({"orderId": order.order_id}),
                    UpdateExpression="SET checkAfter = :next",
                    ConditionExpression="#version = :read AND attribute_exists(checkAfter)",
                    ExpressionAttributeNames={"#version": "version"},
                    ExpressionAttributeValues=to_item({":next": next_look(now), ":read": order.version}),
                )
        except ConditionFailedError:
            return


def _entry(entry: HistoryEntry) -> dict[str, Any]:
    record: dict[str, Any] = {"status": entry.status.value, "at": entry.at, "by": entry.by}
    if entry.reason:
        record["reason"] = {"code": entry.reason, "message": _WORDS[entry.reason]}
    return record


_WORDS = {
    "SHIPMENT": "Goods left the shop.",
    "DELIVERY": "A shipment arrived.",
    "RETURN": "Goods came back.",
    "REFUND": "Money is given back.",
    "REFUND_FAILED": "The payment provider refused a refund for good.",
}
