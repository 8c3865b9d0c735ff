"""Deliveries of webhooks listed from DynamoDB: of one order, or day by day; never a Scan."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from orderflow.checkout.webhooks.delivery import Delivery
from orderflow.checkout.webhooks.delivery_records import delivery_from
from orderflow.checkout.webhooks.delivery_store import DynamoDeliveries
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import from_item, to_item, translated_errors


class DynamoDeliveryArchive(DynamoDeliveries):
    """Implements Archive (IAM besides: dynamodb:Query on the indexes by-order and by-day)."""

    def of_order(self, order_id: str) -> Iterator[Delivery]:
        yield from self._query("by-order", "ofOrder = :value", {":value": order_id})

    def since(self, first: datetime, now: datetime) -> Iterator[Delivery]:
        day = first.date()
        while day <= now.date():
            values = {":value": day.isoformat(), ":first": iso(first)}
            yield from self._query("by-day", "#day = :value AND takenAt >= :first", values, {"#day": "day"})
            day += timedelta(days=1)

    def _query(
        self, index: str, condition: str, values: dict[str, str], names: dict[str, str] | None = None
    ) -> Iterator[Delivery]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": index,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": to_item(values),
            **({"ExpressionAttributeNames": names} if names else {}),
        }
        while True:
            with translated_errors():
                answer = self._client.query(**request)
            yield from (delivery_from(from_item(item)) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
