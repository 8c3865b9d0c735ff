"""One client key read from DynamoDB: all that the authorizer does with the table."""

from typing import Any

from orderflow.clients.client_key import ClientKey
from orderflow.clients.key_records import from_record
from orderflow.runtime.dynamo import from_item, to_item, translated_errors


class DynamoKeys:
    """Keys by their id (IAM: dynamodb:GetItem)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def find(self, key_id: str) -> ClientKey | None:
        # Strongly consistent: a key that was issued works at once, and one that was revoked does not.
        with translated_errors():
            answer = self._client.get_item(TableName=self._table, Key=to_item({"keyId": key_id}), ConsistentRead=True)
        return from_record(from_item(answer["Item"])) if "Item" in answer else None
