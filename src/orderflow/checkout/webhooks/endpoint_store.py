"""Webhook endpoints written to DynamoDB, each change with its entry in the audit trail."""

from datetime import datetime
from typing import Any

from orderflow.checkout.webhooks.answers import as_json
from orderflow.checkout.webhooks.endpoint import Endpoint
from orderflow.checkout.webhooks.endpoint_reader import DynamoEndpoints
from orderflow.checkout.webhooks.endpoint_records import claim_id, to_record
from orderflow.checkout.webhooks.errors import EndpointUrlTakenError
from orderflow.checkout.webhooks.managing import Change
from orderflow.runtime.dynamo import TransactionRefusedError, attempts, from_item, to_item
from orderflow.runtime.trail import Author

_NEW = "attribute_not_exists(endpointId)"


class DynamoEndpointBook(DynamoEndpoints):
    """Endpoints, the claims to their URLs and their trail.

    IAM: dynamodb:GetItem, PutItem, DeleteItem on the table, dynamodb:PutItem on the trail.
    """

    def __init__(self, client: Any, table: str, author: Author) -> None:
        super().__init__(client, table)
        self._author = author

    def add(self, endpoint: Endpoint, at: datetime) -> None:
        try:
            self._write(
                self._claim(endpoint),
                self._put(to_record(endpoint), _NEW),
                self._trail(endpoint, Change.CREATED, at, None, endpoint),
            )
        except TransactionRefusedError as refused:
            if 0 not in refused.failed:
                raise
            raise EndpointUrlTakenError(self._holder(endpoint)) from refused

    def rewrite(self, before: Endpoint, after: Endpoint, change: Change, at: datetime) -> bool:
        moved = [self._claim(after), self._freed(before)] if after.url != before.url else []
        try:
            self._write(
                self._put(to_record(after), **_at_version(before)),
                self._trail(after, change, at, before, after),
                *moved,
            )
        except TransactionRefusedError as refused:
            if 0 not in refused.failed and 2 in refused.failed:
                raise EndpointUrlTakenError(self._holder(after)) from refused
            return False
        return True

    def remove(self, endpoint: Endpoint, at: datetime) -> bool:
        try:
            self._write(
                {"Delete": {**self._at(endpoint.endpoint_id), **_at_version(endpoint)}},
                self._trail(endpoint, Change.DELETED, at, endpoint, None),
                self._freed(endpoint),
            )
        except TransactionRefusedError:
            return False
        return True

    def _write(self, *items: dict[str, Any]) -> None:
        for attempt in attempts():
            with attempt:
                self._client.transact_write_items(TransactItems=list(items))

    def _put(self, record: dict[str, Any], ConditionExpression: str, **words: Any) -> dict[str, Any]:  # noqa: N803 - AWS's own name for it
        return {
            "Put": {
                "TableName": self._table,
                "Item": to_item(record),
                "ConditionExpression": ConditionExpression,
                **words,
            }
        }

    def _claim(self, endpoint: Endpoint) -> dict[str, Any]:
        claim = {"endpointId": claim_id(endpoint.client_id, endpoint.url), "takenBy": endpoint.endpoint_id}
        return self._put(claim, _NEW)

    def _freed(self, endpoint: Endpoint) -> dict[str, Any]:
        return {"Delete": self._at(claim_id(endpoint.client_id, endpoint.url))}

    def _trail(
        self, endpoint: Endpoint, change: Change, at: datetime, before: Endpoint | None, after: Endpoint | None
    ) -> dict[str, Any]:
        return self._author.put(
            f"webhook#{endpoint.endpoint_id}",
            change.value,
            at,
            before=as_json(before, at) if before else None,
            after=as_json(after, at) if after else None,
        )

    def _holder(self, endpoint: Endpoint) -> str:
        claim = self._at(claim_id(endpoint.client_id, endpoint.url))
        answer: dict[str, Any] = {}
        for attempt in attempts():
            with attempt:
                answer = self._client.get_item(**claim, ConsistentRead=True)
        # Freed in this very moment: whoever asks again gets it.
        return str(from_item(answer["Item"])["takenBy"]) if "Item" in answer else "that was just removed"

    def _at(self, item_id: str) -> dict[str, Any]:
        return {"TableName": self._table, "Key": to_item({"endpointId": item_id})}


def _at_version(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "ConditionExpression": "#version = :before",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": to_item({":before": endpoint.version}),
    }
