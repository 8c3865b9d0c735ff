"""Products on sale, page by page: always a Query on an index, never a Scan."""

from typing import Any

from orderflow.catalog.browsing import Position, Selection, Sort
from orderflow.catalog.product import Product
from orderflow.catalog.product_records import LISTING, from_record
from orderflow.runtime.dynamo import from_item, to_item, translated_errors

# A search filters after reading, so what one request may read is bounded: the cost does not grow with the catalogue.
MAX_EXAMINED = 1000
_SEARCH_STEP = 200


class DynamoProductListing:
    """Pages from the products table's four indexes (IAM: dynamodb:Query on them)."""

    def __init__(
        self, client: Any, table: str, *, max_examined: int = MAX_EXAMINED, search_step: int = _SEARCH_STEP
    ) -> None:
        self._client, self._table = client, table
        self._max_examined, self._search_step = max_examined, search_step

    def page(self, selection: Selection, limit: int, after: Position | None) -> tuple[list[Product], Position | None]:
        sort_key = "price" if selection.sort in (Sort.PRICE, Sort.PRICE_DESCENDING) else "nameKey"
        group = {"listing": LISTING} if selection.category is None else {"category": selection.category}
        request = self._request(selection, group, sort_key)
        start = None if after is None else {**group, "productId": after.product_id, sort_key: after.sort_key}
        found: list[dict[str, Any]] = []
        budget = self._max_examined
        while True:
            # One more than asked for tells whether there is a next page, so that the last one is not followed by none.
            step = self._search_step if selection.search_key else limit + 1 - len(found)
            with translated_errors():
                answer = self._client.query(
                    **request,
                    Limit=min(step, budget),
                    **({} if start is None else {"ExclusiveStartKey": to_item(start)}),
                )
            found += [from_item(item) for item in answer["Items"]]
            budget -= answer["ScannedCount"]
            last = answer.get("LastEvaluatedKey")
            if len(found) > limit:
                return _products(found[:limit]), _position(found[limit - 1], sort_key)
            if not last:
                return _products(found), None
            start = from_item(last)
            if budget <= 0:
                return _products(found), _position(start, sort_key)

    def _request(self, selection: Selection, group: dict[str, str], sort_key: str) -> dict[str, Any]:
        ((group_key, group_value),) = group.items()
        values = {":group": group_value}
        request: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": f"{'all' if selection.category is None else 'category'}-by-{sort_key.removesuffix('Key')}",
            "KeyConditionExpression": "#group = :group",
            "ExpressionAttributeNames": {"#group": group_key},
            "ScanIndexForward": selection.sort in (Sort.NAME, Sort.PRICE),
        }
        if selection.search_key:
            request["FilterExpression"] = "contains(searchText, :search)"
            values[":search"] = selection.search_key
        return {**request, "ExpressionAttributeValues": to_item(values)}


def _products(records: list[dict[str, Any]]) -> list[Product]:
    return [from_record(record) for record in records]


def _position(record: dict[str, Any], sort_key: str) -> Position:
    return Position(product_id=record["productId"], sort_key=record[sort_key])
