"""The requests of each key, counted a minute at a time in one item that every request writes once."""

from datetime import datetime
from typing import Any

from orderflow.clients.admission import Usage
from orderflow.clients.key_records import use_id, validity_from
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import (
    ConditionFailedError,
    TransactionConflictError,
    from_item,
    to_item,
    translated_errors,
)

_CONFLICTS = 3  # with an administrator's change of the key, which takes milliseconds


class DynamoUsageBook:
    """Counts (IAM: dynamodb:UpdateItem on items whose key begins with use#)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def count(self, key_id: str, at: datetime) -> Usage | None:
        # The last of the three is for a request that was not the first of its minute after all. A clock that is behind
        # counts into the minute that another has begun.
        for update, condition in (
            ("SET lastUsedAt = :at ADD requests :one", "#minute >= :minute"),
            ("SET lastUsedAt = :at, #minute = :minute, requests = :one", "#minute < :minute"),
            ("SET lastUsedAt = :at ADD requests :one", "#minute >= :minute"),
        ):
            try:
                record = self._update(key_id, at, update, condition)
            except ConditionFailedError:
                continue
            return Usage(record["requests"], validity_from(record))
        return None

    def _update(self, key_id: str, at: datetime, update: str, condition: str) -> dict[str, Any]:
        values = {":at": iso(at), ":one": 1, ":minute": int(at.timestamp()) // 60}
        for attempt in range(_CONFLICTS):
            try:
                with translated_errors():
                    answer = self._client.update_item(
                        TableName=self._table,
                        Key=to_item({"keyId": use_id(key_id)}),
                        UpdateExpression=update,
                        ConditionExpression=condition,
                        ExpressionAttributeNames={"#minute": "minute"},
                        ExpressionAttributeValues=to_item(values),
                        ReturnValues="ALL_NEW",
                    )
            except TransactionConflictError:
                if attempt + 1 == _CONFLICTS:
                    raise
            else:
                return from_item(answer["Attributes"])
        raise AssertionError("unreachable")
