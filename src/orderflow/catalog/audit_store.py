"""Stock, reservations and ratings read whole from DynamoDB."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orderflow.catalog.product_records import rating_of
from orderflow.catalog.rating_audit import RatedProduct
from orderflow.catalog.reservation_store import reservation_from
from orderflow.catalog.stock import Reservation, Stock
from orderflow.catalog.stock_store import DynamoStockReader
from orderflow.runtime.audit import Page, page_of
from orderflow.runtime.batch import read_batch
from orderflow.runtime.scan import pages

_RESERVATION = ("orderId", "lines", "status", "moves")
_STOCK = ("productId", "available", "reserved", "sold", "updatedAt")
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


def _rated(row: Mapping[str, Any]) -> RatedProduct:
    return RatedProduct(row["productId"], rating_of(row), row.get("ratingChanges", 0))


def _stock(row: Mapping[str, Any]) -> tuple[str, Stock]:
    return row["productId"], Stock(row["available"], row["reserved"], row["sold"], row["updatedAt"])
