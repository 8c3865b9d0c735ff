"""The provider's events in the payment's own row: append-only, each event id once."""

from datetime import datetime
from typing import Any

from orderflow.payments.payment import Payment
from orderflow.payments.payment_store import payment_from
from orderflow.payments.provider_events import ProviderEvent, Reaction
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import ConditionFailedError, from_item, to_item, translated_errors


class DynamoEventStore:
    """Payments and their events (IAM: dynamodb:GetItem and dynamodb:UpdateItem on the payments table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def find(self, payment_id: str) -> Payment | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"paymentId": payment_id}), ConsistentRead=True
            )
        return payment_from(from_item(answer["Item"])) if "Item" in answer else None

    def record(self, payment_id: str, event: ProviderEvent, reaction: Reaction, at: datetime) -> bool:
        entry = {
            "eventId": event.event_id,
            "type": event.type,
            "reaction": reaction.value,
            "reference": event.reference,
            "occurredAt": iso(event.at),
            "at": iso(at),
        }
        try:
            with translated_errors():
                self._client.update_item(
                    TableName=self._table,
                    Key=to_item({"paymentId": payment_id}),
                    UpdateExpression="SET providerEvents = list_append(if_not_exists(providerEvents, :none), :entry) "
                    "ADD providerEventIds :ids",
                    # The row must be there: an update would make one. A set tells ids apart, a list could not.
                    ConditionExpression="attribute_exists(paymentId) AND NOT contains(providerEventIds, :id)",
                    ExpressionAttributeValues=to_item(
                        {":none": [], ":entry": [entry], ":ids": {event.event_id}, ":id": event.event_id}
                    ),
                )
        except ConditionFailedError:
            return False
        return True
