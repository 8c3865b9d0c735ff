"""Sessions in DynamoDB whose events are written again without their buyer."""

from orderflow.checkout.erasing import ErasableSessions
from orderflow.checkout.events import Event
from orderflow.checkout.session import Session
from orderflow.checkout.session_records import to_record
from orderflow.checkout.session_store import DynamoSessionStore
from orderflow.runtime.dynamo import to_item, translated_errors


class DynamoErasableSessions(DynamoSessionStore, ErasableSessions):
    """Sessions (IAM: dynamodb:Query and dynamodb:PutItem on the table).

    The table's policy refuses updates and deletes to everybody. A put that replaces an item is the one way in, and
    there IAM cannot tell it from a new event's: only here the condition is that the very event is there.
    """

    def rewrite(self, event: Event, state: Session) -> None:
        with translated_errors():
            self._client.put_item(
                TableName=self._table,
                Item=to_item(to_record(event, state)),
                ConditionExpression="eventId = :event",
                ExpressionAttributeValues=to_item({":event": event.event_id}),
            )
