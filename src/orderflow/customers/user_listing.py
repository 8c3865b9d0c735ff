"""Profiles page by page: always a Query on an index, never a Scan."""

from typing import Any

from orderflow.customers.user import User
from orderflow.customers.user_reading import Position, Selection
from orderflow.customers.user_records import LISTING, from_record
from orderflow.runtime.dynamo import from_item, to_item, translated_errors


class DynamoUserListing:
    """Pages from the customers table's three indexes (IAM: dynamodb:Query on them)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def page(self, selection: Selection, limit: int, after: Position | None) -> tuple[list[User], Position | None]:
        index, sort_key, prefix = _order(selection)
        condition, values = "#listing = :listing", {":listing": LISTING}
        names = {"#listing": "listing"}
        if prefix:
            condition += " AND begins_with(#key, :prefix)"
            names["#key"], values[":prefix"] = sort_key, prefix
        request: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": index,
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_item(values),
            "ScanIndexForward": prefix is not None,
            # One more than asked for tells whether there is a next page, so that the last one is not followed by none.
            "Limit": limit + 1,
        }
        if after is not None:
            start = {"listing": LISTING, "userId": after.user_id, sort_key: after.sort_key}
            request["ExclusiveStartKey"] = to_item(start)
        with translated_errors():
            answer = self._client.query(**request)
        found = [from_item(item) for item in answer["Items"]]
        users = [from_record(record) for record in found[:limit]]
        if len(found) <= limit:
            return users, None
        return users, Position(user_id=found[limit - 1]["userId"], sort_key=found[limit - 1][sort_key])


def _order(selection: Selection) -> tuple[str, str, str | None]:
    if selection.email_prefix is not None:
        return "all-by-email", "email", selection.email_prefix
    if selection.name_prefix is not None:
        return "all-by-name", "nameKey", selection.name_prefix
    return "all-by-created", "createdAt", None
