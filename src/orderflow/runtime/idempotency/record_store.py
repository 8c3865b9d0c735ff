"""Keys in DynamoDB: alone, or as one element of the transaction of what they belong to."""

import zlib
from typing import Any

from orderflow.runtime.dynamo import ConditionFailedError, from_item, to_item, translated_errors
from orderflow.runtime.idempotency.answer import Answer
from orderflow.runtime.idempotency.errors import KeyTakenError
from orderflow.runtime.idempotency.keys import KeyWrite
from orderflow.runtime.idempotency.once import Once
from orderflow.runtime.idempotency.record import Point, Record
from orderflow.runtime.json_text import JsonText

# A write is paid for by the kilobyte, twice in a transaction; a longer answer shrinks to a fifth or less.
_LONG = 512


class DynamoRecords:
    """Keys (IAM: dynamodb:GetItem for `find`, dynamodb:PutItem for `save` and `element`).

    The table's partition key is `key`, its TTL attribute `expiresAt`.
    """

    def __init__(self, client: Any, table: str, *, key: str = "id") -> None:
        self._client, self._table, self._key = client, table, key

    def find(self, once_id: str) -> Record | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({self._key: once_id}), ConsistentRead=True
            )
        return _record(self._key, from_item(answer["Item"])) if "Item" in answer else None

    def save(self, write: KeyWrite) -> None:
        try:
            with translated_errors():
                self._client.put_item(**self._put(write))
        except ConditionFailedError as refused:
            # botocore repeats a write whose answer was lost, and the repeat meets our own.
            if self.find(write.after.once.id) != write.after:
                raise KeyTakenError from refused

    def element(self, write: KeyWrite) -> dict[str, Any]:
        """Return the write as one element of TransactItems; its refusal means KeyTakenError."""
        return {"Put": self._put(write)}

    def _put(self, write: KeyWrite) -> dict[str, Any]:
        condition = f"attribute_not_exists({self._key}) OR expiresAt <= :now"
        values: dict[str, str | int] = {":now": write.now}
        if write.before:
            condition = "holder = :holder AND fence = :fence"
            values = {":holder": write.before.holder, ":fence": write.before.fence}
        return {
            "TableName": self._table,
            "Item": to_item({self._key: write.after.once.id, **_attributes(write.after)}),
            "ConditionExpression": condition,
            "ExpressionAttributeValues": to_item(values),
        }


def _attributes(record: Record) -> dict[str, Any]:
    answer = record.answer
    return {
        "fingerprint": record.once.fingerprint,
        "holder": record.holder,
        "fence": record.fence,
        "expiresAt": record.expires_at,
        "leasedUntil": record.leased_until,
        "points": [{"name": point.name, "facts": dict(point.facts)} for point in record.points] or None,
        "status": answer.status if answer else None,
        "body": _packed(answer.body) if answer else None,
        "headers": dict(answer.headers) if answer else None,
    }


def _record(key: str, item: dict[str, Any]) -> Record:
    return Record(
        once=Once(item[key], item["fingerprint"]),
        # What an older release wrote has neither holder nor answer: nobody takes that over while it is kept.
        holder=item.get("holder", ""),
        fence=item.get("fence", 0),
        expires_at=item["expiresAt"],
        leased_until=item.get("leasedUntil", None if "status" in item else item["expiresAt"]),
        points=tuple(Point(each["name"], each["facts"]) for each in item.get("points", ())),
        answer=Answer(item["status"], _unpacked(item["body"]), item["headers"]) if "status" in item else None,
    )


def _packed(body: str) -> str | bytes:
    return body if len(body) <= _LONG else zlib.compress(body.encode())


def _unpacked(body: Any) -> JsonText:
    return JsonText(body if isinstance(body, str) else zlib.decompress(bytes(body)).decode())
