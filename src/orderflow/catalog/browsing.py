"""What anyone may read: a page of products, or one of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from orderflow.catalog.maintenance import ProductFinder, product_on_sale
from orderflow.catalog.product import Product
from orderflow.catalog.search_words import words_of
from orderflow.catalog.stock import Stock
from orderflow.runtime.paging import decode_cursor, encode_cursor


class Sort(Enum):
    """The order of a list; the value is the query parameter's."""

    NAME = "name"
    NAME_DESCENDING = "-name"
    PRICE = "price"
    PRICE_DESCENDING = "-price"


@dataclass(frozen=True)
class Selection:
    """What a list shows: products of one category, or with a name that the words of `search` begin words of.

    None selects all.
    """

    category: str | None = None
    search: str | None = None
    sort: Sort = Sort.NAME

    @property
    def words(self) -> tuple[str, ...]:
        """What is looked for, as names are compared with it; a search without a letter or digit finds nothing."""
        return words_of(self.search or "")

    @property
    def scope(self) -> dict[str, Any]:
        """What a cursor is signed with: it is of no use for another list."""
        search = None if self.search is None else list(self.words)
        return {"list": "products", "category": self.category, "search": search, "sort": self.sort.value}


@dataclass(frozen=True)
class Position:
    """Where a list goes on: after this product, whose name key or price is `sort_key`."""

    product_id: str
    sort_key: str | int


@dataclass(frozen=True)
class Shown:
    """A product with the units that can be ordered now and the addresses of its pictures."""

    product: Product
    available: int
    image_urls: tuple[str, ...]


class ProductListing(Protocol):
    """Products on sale in a given order."""

    def page(self, selection: Selection, limit: int, after: Position | None) -> tuple[list[Product], Position | None]:
        """Return at most `limit` products, and where to go on when there may be more.

        A search may return fewer, even none, and still go on: it examines a fixed number of rows at a time.
        """
        ...


class StockOfMany(Protocol):
    """How much can be ordered of the products of a page."""

    def available(self, product_ids: list[str]) -> Mapping[str, int]:
        """Return the available units by product id, for at most 100 distinct ids."""
        ...


class StockOfOne(Protocol):
    """How much there is of one product."""

    def stock(self, product_id: str) -> Stock | None:
        """Return the product's stock as it is now."""
        ...


PictureAddress = Callable[[str], str]  # an object key -> an address that works for a limited time


def list_products(
    selection: Selection,
    *,
    limit: int,
    token: str | None,
    listing: ProductListing,
    search: ProductListing,
    stock: StockOfMany,
    picture: PictureAddress,
    cursor_key: Callable[[], bytes],
) -> tuple[list[Shown], str | None]:
    """Return one page and the token of the next; raises InvalidRequestError for a token of another list.

    `search` has the pages of selections that search, `listing` all others.
    """
    after = Position(**decode_cursor(token, selection.scope, cursor_key())) if token is not None else None
    source = listing if selection.search is None else search
    products, further = source.page(selection, limit, after)
    units = stock.available([product.product_id for product in products])
    shown = [_shown(product, units.get(product.product_id, 0), picture) for product in products]
    if further is None:
        return shown, None
    position = {"product_id": further.product_id, "sort_key": further.sort_key}
    return shown, encode_cursor(position, selection.scope, cursor_key())


def products_on_sale(most: int, *, listing: ProductListing) -> list[str]:
    """Return the ids of at most `most` products on sale, by name: what a sample order may hold."""
    products, _ = listing.page(Selection(), most, None)
    return [product.product_id for product in products]


def get_product(product_id: str, *, store: ProductFinder, stock: StockOfOne, picture: PictureAddress) -> Shown:
    """Return one product on sale; raises ProductNotFoundError."""
    return show(product_on_sale(product_id, store), stock=stock, picture=picture)


def show(product: Product, *, stock: StockOfOne, picture: PictureAddress) -> Shown:
    """Return a product as readers see it now."""
    units = stock.stock(product.product_id)
    return _shown(product, units.available if units else 0, picture)


def as_json(shown: Shown) -> dict[str, Any]:
    """Return the product as the contract's schema `Product`."""
    product = shown.product
    average = product.rating.average
    return {
        "productId": product.product_id,
        "name": product.facts.name,
        "description": product.facts.description,
        "category": product.facts.category,
        "price": product.facts.price,
        "currency": product.currency,
        "available": shown.available,
        "imageUrls": list(shown.image_urls),
        **({} if average is None else {"rating": {"average": average, "count": product.rating.count}}),
        "version": product.version,
        "createdAt": product.created_at,
        "updatedAt": product.updated_at,
    }


def page_as_json(items: Iterable[Shown], token: str | None) -> dict[str, Any]:
    """Return one page as the contract's schema `ProductPage`."""
    page: dict[str, Any] = {"items": [as_json(item) for item in items]}
    if token:
        page["nextToken"] = token
    return page


def _shown(product: Product, available: int, picture: PictureAddress) -> Shown:
    return Shown(product, available, tuple(picture(key) for key in product.image_keys))
