"""Client keys written to DynamoDB, each change with its entry in the audit trail."""

from datetime import datetime
from typing import Any

from orderflow.clients.answers import as_json
from orderflow.clients.changing import Change
from orderflow.clients.client_key import ClientKey
from orderflow.clients.errors import KeyNameTakenError
from orderflow.clients.key_finder import DynamoKeys
from orderflow.clients.key_records import name_id, to_record, use_id, validity_record
from orderflow.runtime.dynamo import (
    TransactionConflictError,
    TransactionRefusedError,
    from_item,
    to_item,
    translated_errors,
)
from orderflow.runtime.trail import Author

# A busy machine writes its count many times a second, and must be got rid of all the same. A conflict writes nothing.
_CONFLICTS = 20


class DynamoKeyBook(DynamoKeys):
    """Keys with their count, their name and their trail.

    IAM: dynamodb:GetItem, PutItem, UpdateItem, DeleteItem on the table, dynamodb:PutItem on the trail.
    """

    def __init__(self, client: Any, table: str, author: Author) -> None:
        super().__init__(client, table)
        self._author = author

    def add(self, key: ClientKey, at: datetime) -> None:
        use = {"keyId": use_id(key.key_id), "minute": 0, "requests": 0, **validity_record(key.validity)}
        name = {"keyId": name_id(key.name), "takenBy": key.key_id}
        new = "attribute_not_exists(keyId)"
        try:
            self._write(
                self._put(name, new),
                self._put(to_record(key), new),
                self._put(use, new),
                self._trail(key, Change.GRANTED, at, before=None),
            )
        except TransactionRefusedError as refused:
            if 0 not in refused.failed:
                raise
            raise KeyNameTakenError(self._holder(key.name)) from refused

    def replace(self, before: ClientKey, after: ClientKey, change: Change, at: datetime) -> bool:
        freed = [{"Delete": self._at(name_id(before.name))}] if after.revoked_at else []
        try:
            self._write(
                self._put(
                    to_record(after),
                    "#version = :before",
                    ExpressionAttributeNames={"#version": "version"},
                    ExpressionAttributeValues=to_item({":before": before.version}),
                ),
                self._valid(after),
                self._trail(after, change, at, before=before),
                *freed,
            )
        except TransactionRefusedError:
            return False
        return True

    def _write(self, *items: dict[str, Any]) -> None:
        for attempt in range(_CONFLICTS):
            try:
                with translated_errors():
                    self._client.transact_write_items(TransactItems=list(items))
            except TransactionConflictError:
                if attempt + 1 == _CONFLICTS:
                    raise
            else:
                return

    def _put(self, record: dict[str, Any], condition: str, **words: Any) -> dict[str, Any]:
        return {"Put": {"TableName": self._table, "Item": to_item(record), "ConditionExpression": condition, **words}}

    def _valid(self, key: ClientKey) -> dict[str, Any]:
        """Return the update of what decides about the machine's next request; its count goes on."""
        facts = validity_record(key.validity)
        return {
            "Update": {
                **self._at(use_id(key.key_id)),
                "UpdateExpression": "SET " + ", ".join(f"{name} = :{name}" for name in facts),
                "ExpressionAttributeValues": to_item({f":{name}": value for name, value in facts.items()}),
                "ConditionExpression": "attribute_exists(keyId)",
            }
        }

    def _trail(self, key: ClientKey, change: Change, at: datetime, *, before: ClientKey | None) -> dict[str, Any]:
        return self._author.put(
            f"permission#{key.key_id}",
            change.value,
            at,
            before=as_json(before, at) if before else None,
            after=as_json(key, at),
        )

    def _holder(self, name: str) -> str:
        with translated_errors():
            answer = self._client.get_item(**self._at(name_id(name)), ConsistentRead=True)
        # Freed in this very moment: whoever asks again gets it.
        return str(from_item(answer["Item"])["takenBy"]) if "Item" in answer else "that was just revoked"

    def _at(self, item_id: str) -> dict[str, Any]:
        return {"TableName": self._table, "Key": to_item({"keyId": item_id})}
