"""Client keys read from DynamoDB, one by one or page by page: never a Scan."""

from collections.abc import Sequence

from orderflow.clients.client_key import ClientKey
from orderflow.clients.key_finder import DynamoKeys
from orderflow.clients.key_records import LISTING, from_record, key_id_of_use, use_id
from orderflow.runtime.batch import read_batch
from orderflow.runtime.dynamo import from_item, to_item, translated_errors


class DynamoKeyReader(DynamoKeys):
    """Keys and their use (IAM: dynamodb:Query on the index newest for `page`, BatchGetItem for `last_used`)."""

    def page(self, limit: int, before: str | None) -> tuple[list[ClientKey], str | None]:
        start = {} if before is None else {"ExclusiveStartKey": to_item({"listing": LISTING, "keyId": before})}
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
        keys = [from_record(from_item(item)) for item in answer["Items"]]
        return keys[:limit], keys[limit - 1].key_id if len(keys) > limit else None

    def last_used(self, key_ids: Sequence[str]) -> dict[str, str]:
        rows = read_batch(
            self._client,
            self._table,
            key="keyId",
            values=[use_id(key_id) for key_id in key_ids],
            attributes=("keyId", "lastUsedAt"),
        )
        return {key_id_of_use(row["keyId"]): row["lastUsedAt"] for row in rows if "lastUsedAt" in row}
