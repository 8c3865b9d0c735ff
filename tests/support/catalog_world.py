"""A catalogue to test with: the same words for the stores in memory and the ones in DynamoDB."""

from dataclasses import dataclass
from typing import Any

from orderflow.catalog.browsing import Selection, list_products
from orderflow.catalog.maintenance import create_product
from orderflow.catalog.product import Product, ProductFacts
from orderflow.catalog.reservations import release_stock, reserve_stock
from orderflow.catalog.stock import Stock, StockLine
from orderflow.catalog.stock_keeping import adjust_stock
from orderflow.catalog.stock_moving import StockRoom
from orderflow.runtime.caller import Caller
from tests.support.frozen import FrozenClock

ADMIN = Caller("admin-1", frozenset({"admin"}))
CUSTOMER = Caller("customer-1", frozenset({"customer"}))
KEY = b"a key for cursors in tests"


@dataclass
class CatalogWorld:
    """The ports of the catalogue, and what tests do with them."""

    products: Any
    listing: Any
    search: Any
    prices: Any
    book: Any
    many: Any
    reservations: Any
    clock: FrozenClock

    def product(self, product_id: str, *, stock: int = 0, **facts: Any) -> Product:
        values = {"name": product_id, "category": "samples", "price": 1999, **facts}
        return create_product(
            ADMIN,
            product_id,
            ProductFacts(**values),
            currency="EUR",
            initial_stock=stock,
            store=self.products,
            clock=self.clock,
        )

    def reserve(self, order_id: str, *lines: tuple[str, int]) -> None:
        reserve_stock(
            order_id,
            [StockLine(product_id, quantity) for product_id, quantity in lines],
            store=self.reservations,
            prices=self.prices,
            clock=self.clock,
        )

    def release(self, order_id: str) -> bool:
        return release_stock(order_id, store=self.reservations, clock=self.clock)

    def stock_room(self) -> StockRoom:
        return StockRoom(self.reservations, self.clock)

    def adjust(self, product_id: str, *, change: int | None = None, exact: int | None = None) -> Stock:
        return adjust_stock(
            ADMIN, product_id, change=change, exact=exact, reason="counted", book=self.book, clock=self.clock
        )

    def counts(self, product_id: str) -> tuple[int, int, int]:
        """Return available, reserved and sold units."""
        stock = self.book.stock(product_id)
        return stock.available, stock.reserved, stock.sold

    def page(self, selection: Selection, limit: int, token: str | None = None) -> tuple[list[str], str | None]:
        shown, further = list_products(
            selection,
            limit=limit,
            token=token,
            listing=self.listing,
            search=self.search,
            stock=self.many,
            picture=lambda key: f"https://images.example/{key}",
            cursor_key=lambda: KEY,
        )
        return [item.product.product_id for item in shown], further

    def pages(self, selection: Selection, limit: int, token: str | None = None) -> list[list[str]]:
        """Return every page, or those from `token` on; fails when the list does not end."""
        pages = []
        for _ in range(200):
            page, token = self.page(selection, limit, token)
            pages.append(page)
            if token is None:
                return pages
        raise AssertionError("the list does not end within 200 pages")

    def walk(self, selection: Selection, limit: int, token: str | None = None) -> list[str]:
        """Return the whole list, or the rest of it from `token` on."""
        return [product_id for page in self.pages(selection, limit, token) for product_id in page]
