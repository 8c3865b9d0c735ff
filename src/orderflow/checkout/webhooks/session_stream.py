"""Events of checkout sessions, from the stream of their table and from the table itself."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from orderflow.checkout.webhooks.publishing import SessionEvent
from orderflow.runtime.dynamo import from_item, to_item, translated_errors

_PAGE = 5  # mostly one is enough
_ERASURE = "checkout.session.erased"  # as orderflow.checkout.events has it, which this function has no use for


def session_event(image: Mapping[str, Any]) -> SessionEvent:
    """Return the event in an item of the table; raises KeyError, TypeError or ValueError for any other."""
    record = from_item(image)
    state = record["state"]
    return SessionEvent(
        session_id=record["sessionId"],
        version=record["version"],
        event_id=record["eventId"],
        at=record["at"],
        client_id=state["clientId"],
        order=json.loads(state["order"]) if state.get("order") else None,
        is_erasure=record["event"] == _ERASURE,
    )


class DynamoSessionHistory:
    """What happened to sessions before (IAM: dynamodb:Query)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def before(self, session_id: str, version: int) -> Iterator[SessionEvent]:
        while version > 1:
            with translated_errors():
                answer = self._client.query(
                    TableName=self._table,
                    KeyConditionExpression="sessionId = :session AND version < :version",
                    ExpressionAttributeValues=to_item({":session": session_id, ":version": version}),
                    ScanIndexForward=False,
                    Limit=_PAGE,
                    ConsistentRead=True,
                )
            found = [session_event(item) for item in answer["Items"]]
            yield from found
            if "LastEvaluatedKey" not in answer:
                return
            version = found[-1].version
