"""The catalogue in DynamoDB, with the tables that Terraform declares."""

from typing import Any

import pytest

from orderflow.catalog.price_store import DynamoPriceStore
from orderflow.catalog.product_listing import DynamoProductListing
from orderflow.catalog.product_search import DynamoProductSearch
from orderflow.catalog.product_store import DynamoProductStore
from orderflow.catalog.stock_move_store import DynamoStockMoveStore
from orderflow.catalog.stock_store import DynamoStockBook, trail_of
from tests.support import trail
from tests.support.catalog_world import CatalogWorld
from tests.support.frozen import FrozenClock


@pytest.fixture
def world(dynamodb: Any, tables: dict[str, str], clock: FrozenClock) -> CatalogWorld:
    """Give an empty catalogue."""
    author = trail.author(tables)
    entry = trail_of(author, "A", "counted")
    book = DynamoStockBook(dynamodb, products=tables["products"], stock=tables["stock"], entry=entry)
    return CatalogWorld(
        products=DynamoProductStore(
            dynamodb, tables["products"], author=author, words=tables["product-words"], stock=tables["stock"]
        ),
        listing=DynamoProductListing(dynamodb, tables["products"]),
        search=DynamoProductSearch(dynamodb, words=tables["product-words"], products=tables["products"]),
        prices=DynamoPriceStore(dynamodb, tables["products"]),
        book=book,
        many=book,
        reservations=DynamoStockMoveStore(
            dynamodb, reservations=tables["reservations"], stock=tables["stock"], sleep=lambda _: None
        ),
        clock=clock,
    )
