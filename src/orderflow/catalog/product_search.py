"""Products on sale by the words of their names, page by page: one Query, and the products of the page."""

from typing import Any

from orderflow.catalog.browsing import Position, Selection
from orderflow.catalog.product import Product, ProductStatus
from orderflow.catalog.product_listing import index_of, is_ascending, sort_attribute
from orderflow.catalog.product_records import from_record
from orderflow.catalog.search_words import is_found, stem_of
from orderflow.catalog.word_index import category_stem
from orderflow.runtime.batch import read_items
from orderflow.runtime.dynamo import from_item, to_item, translated_errors

# Rows that a page examines where the stem alone does not answer: always as many, so that a page costs the same however
# many products there are.
EXAMINED = 50


class DynamoProductSearch:
    """Pages of what words find (IAM: dynamodb:Query on the words table's indexes, BatchGetItem on the products)."""

    def __init__(self, client: Any, *, words: str, products: str, examined: int = EXAMINED) -> None:
        self._client, self._words, self._products, self._examined = client, words, products, examined

    def page(self, selection: Selection, limit: int, after: Position | None) -> tuple[list[Product], Position | None]:
        if not selection.words:
            return [], None
        # The longest word is the rarest, as a rule.
        stem, sort_key = stem_of(max(selection.words, key=len)), sort_attribute(selection.sort)
        group = {"stem": stem}
        if selection.category is not None:
            group = {"categoryStem": category_stem(stem, selection.category)}
        request = self._request(selection, group, limit, is_whole=selection.words == (stem,))
        if after is not None:
            start = {**group, "stem": stem, "productId": after.product_id, sort_key: after.sort_key}
            request["ExclusiveStartKey"] = to_item(start)
        with translated_errors():
            answer = self._client.query(**request)
        rows = [from_item(item) for item in answer["Items"]]
        last = rows[limit - 1] if len(rows) > limit else from_item(answer.get("LastEvaluatedKey", {}))
        further = Position(product_id=last["productId"], sort_key=last[sort_key]) if last else None
        return self._found(rows[:limit], selection), further

    def _request(self, selection: Selection, group: dict[str, str], limit: int, *, is_whole: bool) -> dict[str, Any]:
        ((group_key, group_value),) = group.items()
        values = {":group": group_value}
        request: dict[str, Any] = {
            "TableName": self._words,
            "IndexName": index_of(selection),
            "KeyConditionExpression": "#group = :group",
            "ExpressionAttributeNames": {"#group": group_key},
            "ScanIndexForward": is_ascending(selection.sort),
            # One more than asked for tells whether there is a next page.
            "Limit": limit + 1 if is_whole else max(limit + 1, self._examined),
        }
        if not is_whole:
            names = {f":word{number}": f" {word}" for number, word in enumerate(selection.words)}
            request["FilterExpression"] = " AND ".join(f"contains(#words, {name})" for name in names)
            request["ExpressionAttributeNames"]["#words"] = "words"
            values |= names
        return {**request, "ExpressionAttributeValues": to_item(values)}

    def _found(self, rows: list[dict[str, Any]], selection: Selection) -> list[Product]:
        """Return the products of rows as they are now; an index trails by a moment, the product has the last word."""
        keys = [{"productId": row["productId"]} for row in rows]
        records = read_items(self._client, self._products, keys=keys, attributes=None)
        products = {record["productId"]: from_record(record) for record in records}
        in_order = [products[row["productId"]] for row in rows if row["productId"] in products]
        return [product for product in in_order if _fits(product, selection)]


def _fits(product: Product, selection: Selection) -> bool:
    return (
        product.status is ProductStatus.ACTIVE
        and selection.category in (None, product.facts.category)
        and is_found(product.facts.name, selection.words)
    )
