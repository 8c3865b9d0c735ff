"""The journal in DynamoDB, by day: an operation's id is a ULID, and its time tells the day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from ulid import ULID

from orderflow.operations.journal import Entry, Operation, OperationExistsError, Phase
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import ConditionFailedError, from_item, to_item, translated_errors


class DynamoJournal:
    """Entries (IAM: dynamodb:PutItem, Query on the operations table, Query on its index by-subject for `of_subject`).

    The table refuses changes by its own policy.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def add(self, entry: Entry) -> None:
        try:
            with translated_errors():
                self._client.put_item(**self.put(entry))
        except ConditionFailedError as refused:
            raise OperationExistsError(entry.operation.operation_id) from refused

    def put(self, entry: Entry) -> dict[str, Any]:
        """Return the write of a new entry, for a transaction that another store makes."""
        operation = entry.operation
        record = {
            "day": _day(operation.operation_id),
            "entry": f"{operation.operation_id}#{entry.phase.value}",
            "operationId": operation.operation_id,
            "phase": entry.phase.value,
            "at": iso(entry.at),
            "by": operation.by,
            "command": operation.command,
            "subject": operation.subject,
            "reason": operation.reason,
            "before": entry.before,
            "after": entry.after,
        }
        return {"TableName": self._table, "Item": to_item(record), "ConditionExpression": "attribute_not_exists(entry)"}

    def of_day(self, day: date) -> Iterator[Entry]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "#day = :day",
            "ExpressionAttributeNames": {"#day": "day"},
            "ExpressionAttributeValues": to_item({":day": day.isoformat()}),
            "ConsistentRead": True,
        }
        yield from self._entries(request)

    def of_subject(self, subject: str) -> Iterator[Entry]:
        request = {
            "TableName": self._table,
            "IndexName": "by-subject",
            "KeyConditionExpression": "subject = :subject",
            "ExpressionAttributeValues": to_item({":subject": subject}),
        }
        yield from self._entries(request)

    def _entries(self, request: dict[str, Any]) -> Iterator[Entry]:
        while True:
            with translated_errors():
                answer = self._client.query(**request)
            for item in answer["Items"]:
                yield _entry(from_item(item))
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _day(operation_id: str) -> str:
    moment: datetime = ULID.from_str(operation_id).datetime
    return moment.astimezone(UTC).date().isoformat()


def _entry(record: dict[str, Any]) -> Entry:
    operation = Operation(record["operationId"], record["by"], record["command"], record["subject"], record["reason"])
    at = datetime.fromisoformat(record["at"])
    return Entry(operation, Phase(record["phase"]), at, record["before"], record.get("after"))
