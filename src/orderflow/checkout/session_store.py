"""Sessions in DynamoDB: appended to, never changed. The newest item is the session, whatever came before it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from orderflow.checkout.events import Event
from orderflow.checkout.session import Session
from orderflow.checkout.session_records import event_from, state_from, to_record
from orderflow.checkout.sessions import SessionChangedError, SessionReader, SessionWriter
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import (
    ConditionFailedError,
    TransactionConflictError,
    TransactionRefusedError,
    from_item,
    to_item,
    translated_errors,
)
from orderflow.runtime.idempotency.errors import KeyTakenError
from orderflow.runtime.idempotency.keys import KeyWrite
from orderflow.runtime.idempotency.record_store import DynamoRecords


class DynamoSessionReader(SessionReader):
    """Reads (IAM: dynamodb:Query on the sessions table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def find(self, session_id: str) -> Session | None:
        with translated_errors():
            answer = self._client.query(**self._of(session_id), ScanIndexForward=False, Limit=1)
        items = answer["Items"]
        return state_from(from_item(items[0])) if items else None

    def history(self, session_id: str) -> Iterator[tuple[Event, Session]]:
        """Yield each event of a session with the state that was kept with it, the first one first."""
        pages = self._client.get_paginator("query").paginate(**self._of(session_id))
        with translated_errors():
            for page in pages:
                for item in page["Items"]:
                    record = from_item(item)
                    yield event_from(record), state_from(record)

    def over_in(self, hour: str, now: datetime) -> set[str]:
        """Return the sessions that expire in this hour before `now`, and of which no end is written.

        IAM: dynamodb:Query on the index by-expiry.
        """
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by-expiry",
            KeyConditionExpression="expiryHour = :hour AND expiresAt <= :now",
            ExpressionAttributeValues=to_item({":hour": hour, ":now": iso(now)}),
        )
        versions: dict[str, int] = {}
        with translated_errors():
            for page in pages:
                for record in map(from_item, page["Items"]):
                    versions[record["sessionId"]] = max(record["version"], versions.get(record["sessionId"], 0))
        # The first event and the last are there: who has a second one has ended.
        return {session_id for session_id, version in versions.items() if version == 1}

    def _of(self, session_id: str) -> dict[str, Any]:
        # Consistent: who was just told of a version must not be shown the one before it.
        return {
            "TableName": self._table,
            "KeyConditionExpression": "sessionId = :session",
            "ExpressionAttributeValues": to_item({":session": session_id}),
            "ConsistentRead": True,
        }


class DynamoSessionStore(DynamoSessionReader, SessionWriter):
    """Reads and appends (IAM: dynamodb:Query and dynamodb:PutItem on the table; what `DynamoRecords` needs)."""

    def __init__(self, client: Any, table: str, *, idempotency: str) -> None:
        super().__init__(client, table)
        self._records = DynamoRecords(client, idempotency)

    def append(self, event: Event, state: Session, kept: KeyWrite | None = None) -> None:
        if kept is not None:
            self.append_with(event, state, kept, ())
            return
        try:
            with translated_errors():
                self._client.put_item(**self._put(event, state))
        except TransactionConflictError as conflict:
            raise SessionChangedError(event.session_id) from conflict
        except ConditionFailedError as refused:
            if not self._is_ours(event):
                raise SessionChangedError(event.session_id) from refused

    def append_with(
        self, event: Event, state: Session, kept: KeyWrite | None, others: Sequence[Mapping[str, Any]]
    ) -> None:
        """Add an event, its answer and other writes, all or none; whatever refuses is SessionChangedError.

        Raises KeyTakenError as well.
        """
        answer = [self._records.element(kept)] if kept else []
        try:
            with translated_errors():
                # botocore adds a ClientRequestToken, so its own repetition of a landed write succeeds.
                self._client.transact_write_items(TransactItems=[*answer, {"Put": self._put(event, state)}, *others])
        except TransactionRefusedError as refused:
            if kept and 0 in refused.failed:
                raise KeyTakenError from refused
            raise SessionChangedError(event.session_id) from refused
        except TransactionConflictError as conflict:
            # Of the same key or of the same version: whoever is asked next tells.
            raise SessionChangedError(event.session_id) from conflict

    def _is_ours(self, event: Event) -> bool:
        """Tell whether the refused write is our own, repeated by botocore after a lost answer."""
        with translated_errors():
            answer = self._client.query(**self._of(event.session_id), ScanIndexForward=False, Limit=1)
        return bool(answer["Items"]) and from_item(answer["Items"][0])["eventId"] == event.event_id

    def _put(self, event: Event, state: Session) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Item": to_item(to_record(event, state)),
            "ConditionExpression": "attribute_not_exists(sessionId)",
        }
