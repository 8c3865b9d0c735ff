"""The audit trail read from DynamoDB: by its owner, or by what it is about; never a Scan."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from orderflow.customers.audit_trail import Place, Recorded
from orderflow.runtime.dynamo import from_item, to_item, translated_errors
from orderflow.runtime.trail import Entry


class DynamoTrail:
    """Entries (IAM: dynamodb:Query on the index by-owner for `of_owner`, on the table for `of_subject`)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def of_owner(self, owner: str, limit: int, after: Place | None) -> tuple[list[Recorded], Place | None]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": "by-owner",
            "KeyConditionExpression": "#owner = :owner",
            "ExpressionAttributeNames": {"#owner": "owner"},
            "ExpressionAttributeValues": to_item({":owner": owner}),
            "ScanIndexForward": False,
        }
        found: list[Recorded] = []
        while True:
            start = {} if after is None else {"ExclusiveStartKey": _key(owner, after)}
            # One more than asked for tells whether there is a next page, so that the last one is not followed by none.
            with translated_errors():
                answer = self._client.query(**request, **start, Limit=limit + 1 - len(found))
            found += [_recorded(from_item(item)) for item in answer["Items"]]
            if len(found) > limit:
                last = found[limit - 1]
                return found[:limit], Place(last.entry.subject, last.entry_id)
            if "LastEvaluatedKey" not in answer:
                return found, None
            key = from_item(answer["LastEvaluatedKey"])
            after = Place(key["subject"], key["entryId"])

    def of_subject(self, subject: str) -> Iterator[Recorded]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "subject = :subject",
            "ExpressionAttributeValues": to_item({":subject": subject}),
            "ConsistentRead": True,
        }
        while True:
            with translated_errors():
                answer = self._client.query(**request)
            yield from (_recorded(from_item(item)) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _key(owner: str, place: Place) -> dict[str, Any]:
    return to_item({"owner": owner, "subject": place.subject, "entryId": place.entry_id})


def _recorded(record: dict[str, Any]) -> Recorded:
    entry = Entry(
        subject=record["subject"],
        action=record["action"],
        by=record["by"],
        at=datetime.fromisoformat(record["at"]),
        request_id=record["requestId"],
        before=record.get("before"),
        after=record.get("after"),
        owner=record.get("owner"),
    )
    return Recorded(record["entryId"], entry)
