"""Bodies of webhooks in DynamoDB, written again without the buyer."""

from datetime import datetime

from orderflow.checkout.webhooks.delivery import Delivery
from orderflow.checkout.webhooks.delivery_archive import DynamoDeliveryArchive
from orderflow.checkout.webhooks.delivery_records import lane_key, numbered, order_key
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import to_item, translated_errors


class DynamoKeptBodies(DynamoDeliveryArchive):
    """Implements KeptBodies (IAM: dynamodb:GetItem, PutItem, UpdateItem; Query on the index by-order)."""

    def rewrite(self, delivery: Delivery, body: str, at: datetime) -> None:
        key = {
            "lane": lane_key(delivery.endpoint_id, delivery.order_id),
            "row": numbered("body", delivery.sequence),
        }
        with translated_errors():
            self._client.update_item(
                TableName=self._table,
                Key=to_item(key),
                UpdateExpression="SET body = :body, erasedAt = :at",
                ConditionExpression="attribute_exists(lane)",
                ExpressionAttributeValues=to_item({":body": body, ":at": iso(at)}),
            )

    def give_up(self, order_id: str, sequence: int, event_id: str, at: datetime) -> None:
        taken = {
            "lane": order_key(order_id),
            "row": numbered("taken", sequence),
            "eventId": event_id,
            "takenAt": iso(at),
            "givenUpAt": iso(at),
        }
        with translated_errors():
            self._client.put_item(TableName=self._table, Item=to_item(taken))
