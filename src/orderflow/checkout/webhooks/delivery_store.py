"""Webhooks on their way, in DynamoDB: each step is one conditional write, of a lane with what it is about."""

from datetime import datetime
from typing import Any

from orderflow.checkout.webhooks.delivery import Delivery
from orderflow.checkout.webhooks.delivery_records import (
    DUE,
    GATE,
    LANE,
    delivery_from,
    delivery_record,
    gate_from,
    gate_key,
    gate_record,
    lane_from,
    lane_key,
    lane_of,
    lane_record,
    numbered,
    order_key,
)
from orderflow.checkout.webhooks.event import OrderEvent
from orderflow.checkout.webhooks.gate import Gate
from orderflow.checkout.webhooks.lane import Lane
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import (
    ConditionFailedError,
    TransactionConflictError,
    TransactionRefusedError,
    from_item,
    to_item,
    translated_errors,
)

_NEW = "attribute_not_exists(lane)"


class DynamoDeliveries:
    """Implements Intake, Deliveries and DueLanes (IAM: dynamodb:GetItem, PutItem; Query on the index due)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def is_taken(self, order_id: str, sequence: int) -> bool:
        return self._get(order_key(order_id), numbered("taken", sequence)) is not None

    def mark_taken(self, event: OrderEvent, at: datetime) -> None:
        taken = {
            "lane": order_key(event.order_id),
            "row": numbered("taken", event.sequence),
            "eventId": event.event_id,
            "takenAt": iso(at),
        }
        with translated_errors():
            self._client.put_item(TableName=self._table, Item=to_item(taken))

    def lane(self, endpoint_id: str, order_id: str) -> Lane:
        record = self._get(lane_key(endpoint_id, order_id), LANE)
        return lane_from(record) if record else Lane(endpoint_id, order_id)

    def keep(self, before: Lane, after: Lane, delivery: Delivery, body: str) -> bool:
        text = {
            "lane": lane_key(delivery.endpoint_id, delivery.order_id),
            "row": numbered("body", delivery.sequence),
            "body": body,
        }
        try:
            self._write(
                self._put(delivery_record(delivery), _NEW),
                self._put(text, _NEW),
                self._put_lane(before, after),
            )
        except TransactionRefusedError as refused:
            # Kept before, and perhaps delivered already: an event is on its way once.
            return 0 in refused.failed
        except TransactionConflictError:
            return False
        return True

    def delivery(self, lane: Lane, sequence: int) -> Delivery:
        record = self._get(lane_key(lane.endpoint_id, lane.order_id), numbered("state", sequence))
        if record is None:
            raise LookupError(f"event {sequence} waits for {lane.endpoint_id} and is not kept")
        return delivery_from(record)

    def body(self, lane: Lane, sequence: int) -> bytes:
        record = self._get(lane_key(lane.endpoint_id, lane.order_id), numbered("body", sequence))
        if record is None:
            raise LookupError(f"the body of event {sequence} for {lane.endpoint_id} is not kept")
        return str(record["body"]).encode()

    def write(self, before: Lane, after: Lane, delivery: Delivery | None = None) -> bool:
        told = [self._put(delivery_record(delivery))] if delivery else []
        try:
            self._write(self._put_lane(before, after), *told)
        except (TransactionRefusedError, TransactionConflictError):
            return False
        return True

    def gate(self, endpoint_id: str) -> Gate:
        record = self._get(gate_key(endpoint_id), GATE)
        return gate_from(record) if record else Gate(endpoint_id)

    def swing(self, before: Gate, after: Gate) -> bool:
        try:
            with translated_errors():
                self._client.put_item(
                    TableName=self._table, Item=to_item(gate_record(after)), **_at_revision(before.revision)
                )
        except (ConditionFailedError, TransactionConflictError):
            return False
        return True

    def due(self, until: datetime, limit: int) -> list[tuple[str, str]]:
        """Return endpoint and order of lanes that have been due since `until` or longer, the oldest first."""
        with translated_errors():
            answer = self._client.query(
                TableName=self._table,
                IndexName="due",
                KeyConditionExpression="due = :due AND dueAt <= :until",
                ExpressionAttributeValues=to_item({":due": DUE, ":until": iso(until)}),
                Limit=limit,
            )
        return [lane_of(from_item(item)["lane"]) for item in answer["Items"]]

    def _get(self, key: str, row: str) -> dict[str, Any] | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"lane": key, "row": row}), ConsistentRead=True
            )
        return from_item(answer["Item"]) if "Item" in answer else None

    def _write(self, *items: dict[str, Any]) -> None:
        with translated_errors():
            self._client.transact_write_items(TransactItems=list(items))

    def _put(self, record: dict[str, Any], condition: str | None = None) -> dict[str, Any]:
        words = {"ConditionExpression": condition} if condition else {}
        return {"Put": {"TableName": self._table, "Item": to_item(record), **words}}

    def _put_lane(self, before: Lane, after: Lane) -> dict[str, Any]:
        put = {"TableName": self._table, "Item": to_item(lane_record(after))}
        return {"Put": {**put, **_at_revision(before.revision)}}


def _at_revision(revision: int) -> dict[str, Any]:
    """Return the condition that a record is as it was read; revision 0 is one that was not there."""
    if revision == 0:
        return {"ConditionExpression": _NEW}
    return {
        "ConditionExpression": "revision = :revision",
        "ExpressionAttributeValues": to_item({":revision": revision}),
    }
