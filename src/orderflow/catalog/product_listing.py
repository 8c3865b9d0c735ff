"""Products on sale, page by page: always a Query on an index, never a Scan."""

from typing import Any

from orderflow.catalog.browsing import Position, Selection, Sort
from orderflow.catalog.product import Product
from orderflow.catalog.product_records import LISTING, from_record
from orderflow.runtime.dynamo import from_item, to_item, translated_errors


class DynamoProductListing:
    """Pages from the products table's four indexes (IAM: dynamodb:Query on them)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def page(self, selection: Selection, limit: int, after: Position | None) -> tuple[list[Product], Position | None]:
        sort_key = sort_attribute(selection.sort)
        group = {"listing": LISTING} if selection.category is None else {"category": selection.category}
        request = self._request(selection, group)
        start = None if after is None else {**group, "productId": after.product_id, sort_key: after.sort_key}
        found: list[dict[str, Any]] = []
        while True:
            # One more than asked for tells whether there is a next page, so that the last one is not followed by none.
            with translated_errors():
                answer = self._client.query(
                    **request,
                    Limit=limit + 1 - len(found),
                    **({} if start is None else {"ExclusiveStartKey": to_item(start)}),
                )
            found += [from_item(item) for item in answer["Items"]]
            last = answer.get("LastEvaluatedKey")
            if len(found) > limit:
                return _products(found[:limit]), _position(found[limit - 1], sort_key)
            if not last:
                return _products(found), None
            start = from_item(last)

    def _request(self, selection: Selection, group: dict[str, str]) -> dict[str, Any]:
        ((group_key, group_value),) = group.items()
        return {
            "TableName": self._table,
            "IndexName": index_of(selection),
            "KeyConditionExpression": "#group = :group",
            "ExpressionAttributeNames": {"#group": group_key},
            "ExpressionAttributeValues": to_item({":group": group_value}),
            "ScanIndexForward": is_ascending(selection.sort),
        }


def index_of(selection: Selection) -> str:
    """Return the index that has a selection in its order: those of products and of words have the same names."""
    group = "all" if selection.category is None else "category"
    return f"{group}-by-{'price' if sort_attribute(selection.sort) == 'price' else 'name'}"


def sort_attribute(sort: Sort) -> str:
    """Return the attribute that the indexes of this order are sorted by."""
    return "price" if sort in (Sort.PRICE, Sort.PRICE_DESCENDING) else "nameKey"


def is_ascending(sort: Sort) -> bool:
    """Tell the direction in which an index is read."""
    return sort in (Sort.NAME, Sort.PRICE)


def _products(records: list[dict[str, Any]]) -> list[Product]:
    return [from_record(record) for record in records]


def _position(record: dict[str, Any], sort_key: str) -> Position:
    return Position(product_id=record["productId"], sort_key=record[sort_key])
