"""Webhook endpoints read from DynamoDB: by id, by client, page by page; never a Scan."""

from typing import Any

from orderflow.checkout.webhooks.endpoint import Endpoint
from orderflow.checkout.webhooks.endpoint_records import LISTING, from_record
from orderflow.runtime.dynamo import from_item, to_item, translated_errors


class DynamoEndpoints:
    """Endpoints (IAM: dynamodb:GetItem; Query on the index of-client for `of_client`, on newest for `page`)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def find(self, endpoint_id: str) -> Endpoint | None:
        # Strongly consistent: what was disabled gets nothing more, and a new secret signs at once.
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"endpointId": endpoint_id}), ConsistentRead=True
            )
        return from_record(from_item(answer["Item"])) if "Item" in answer else None

    def of_client(self, client_id: str) -> list[Endpoint]:
        """Return all endpoints of a client, those of the last second perhaps not: an index follows its table."""
        found: list[Endpoint] = []
        start: dict[str, Any] = {}
        while True:
            with translated_errors():
                answer = self._client.query(
                    TableName=self._table,
                    IndexName="of-client",
                    KeyConditionExpression="clientId = :client",
                    ExpressionAttributeValues=to_item({":client": client_id}),
                    **start,
                )
            found += [from_record(from_item(item)) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return found
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def page(self, limit: int, before: str | None) -> tuple[list[Endpoint], str | None]:
        start = {} if before is None else {"ExclusiveStartKey": to_item({"listing": LISTING, "endpointId": before})}
        # One more than asked for tells whether there is a next page, so that the last one is not followed by none.
        with translated_errors():
            answer = self._client.query(
                TableName=self._table,
                IndexName="newest",
                KeyConditionExpression="listing = :listing",
                ExpressionAttributeValues=to_item({":listing": LISTING}),
                ScanIndexForward=False,
                Limit=limit + 1,
                **start,
            )
        found = [from_record(from_item(item)) for item in answer["Items"]]
        return found[:limit], found[limit - 1].endpoint_id if len(found) > limit else None
