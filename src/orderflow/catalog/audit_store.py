"""Stock, reservations, ratings and the index of words read whole from DynamoDB; the index corrected."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orderflow.catalog.product import Product
from orderflow.catalog.product_records import from_record, rating_of
from orderflow.catalog.product_store import DynamoProductReader
from orderflow.catalog.rating_audit import RatedProduct
from orderflow.catalog.reservation_store import reservation_from
from orderflow.catalog.search_words import WordEntry, entries_of
from orderflow.catalog.stock import Reservation, Stock
from orderflow.catalog.stock_reader import DynamoStockReader
from orderflow.catalog.word_index import DynamoWordIndex, from_row
from orderflow.runtime.audit import Page, page_of
from orderflow.runtime.batch import read_batch
from orderflow.runtime.dynamo import TransactionRefusedError, attempts, to_item
from orderflow.runtime.scan import pages

_RESERVATION = ("orderId", "lines", "status", "moves")
_STOCK = ("productId", "available", "reserved", "sold", "updatedAt")
_MOST_WRITES = 99  # of one transaction, beside the look at the product
_RATING = ("productId", "ratingTotal", "ratingCount", "ratingChanges")


class DynamoStockAudit(DynamoStockReader):
    """The catalogue's audit (IAM: dynamodb:Scan on both; GetItem on stock, BatchGetItem on reservations)."""

    def __init__(self, client: Any, *, stock: str, reservations: str) -> None:
        super().__init__(client, stock)
        self._reservations = reservations

    def stock_pages(self) -> Iterator[Page[tuple[str, Stock]]]:
        for rows in pages(self._client, self._table, _STOCK):
            yield page_of(rows, "productId", _stock)

    def reservation_pages(self) -> Iterator[Page[Reservation]]:
        for rows in pages(self._client, self._reservations, _RESERVATION):
            yield page_of(rows, "orderId", reservation_from)

    def reservations_of(self, order_ids: Sequence[str]) -> dict[str, Reservation]:
        rows = read_batch(
            self._client, self._reservations, key="orderId", values=order_ids, attributes=_RESERVATION, consistent=True
        )
        return {each.order_id: each for each in page_of(rows, "orderId", reservation_from).records}


class DynamoRatingAudit:
    """The audit of ratings (IAM: dynamodb:Scan, BatchGetItem on products)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def rating_pages(self) -> Iterator[Page[RatedProduct]]:
        for rows in pages(self._client, self._table, _RATING):
            yield page_of(rows, "productId", _rated)

    def rated(self, product_id: str) -> RatedProduct | None:
        rows = read_batch(
            self._client, self._table, key="productId", values=[product_id], attributes=_RATING, consistent=True
        )
        return _rated(rows[0]) if rows else None


class DynamoWordAudit(DynamoProductReader):
    """The audit of words (IAM: dynamodb:Scan on both tables, GetItem on products; to correct also ConditionCheckItem on
    products, PutItem and DeleteItem on words).
    """

    def __init__(self, client: Any, *, products: str, words: str) -> None:
        super().__init__(client, products)
        self._words = words

    def product_pages(self) -> Iterator[Page[Product]]:
        for rows in pages(self._client, self._table, None):
            yield page_of(rows, "productId", from_record)

    def entry_pages(self) -> Iterator[Page[WordEntry]]:
        for rows in pages(self._client, self._words, None):
            yield page_of(rows, "productId", from_row)

    def correct(self, product_id: str, product: Product | None, there: Sequence[WordEntry]) -> bool:
        writes = DynamoWordIndex(self._words).differences(there, entries_of(product))
        as_read = self._as_read(product_id, product)
        try:
            for start in range(0, len(writes), _MOST_WRITES):
                for attempt in attempts():
                    with attempt:
                        self._client.transact_write_items(
                            TransactItems=[as_read, *writes[start : start + _MOST_WRITES]]
                        )
        except TransactionRefusedError:
            return False
        return True

    def _as_read(self, product_id: str, product: Product | None) -> dict[str, Any]:
        check = {"TableName": self._table, "Key": to_item({"productId": product_id})}
        if product is None:
            return {"ConditionCheck": {**check, "ConditionExpression": "attribute_not_exists(productId)"}}
        return {
            "ConditionCheck": {
                **check,
                "ConditionExpression": "#version = :version",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": to_item({":version": product.version}),
            }
        }


def _rated(row: Mapping[str, Any]) -> RatedProduct:
    return RatedProduct(row["productId"], rating_of(row), row.get("ratingChanges", 0))


def _stock(row: Mapping[str, Any]) -> tuple[str, Stock]:
    return row["productId"], Stock(row["available"], row["reserved"], row["sold"], row["updatedAt"])
