"""How much there is of a product, as warehouses and administrators see it."""

from typing import Any

from orderflow.catalog.browsing import StockOfOne
from orderflow.catalog.errors import ProductNotFoundError
from orderflow.catalog.product import existing_id
from orderflow.catalog.stock import Stock


def get_stock(product_id: str, book: StockOfOne) -> Stock:
    """Return the stock of a product, also of one that is no longer on sale; raises ProductNotFoundError."""
    stock = book.stock(existing_id(product_id))
    if stock is None:
        raise ProductNotFoundError(product_id)
    return stock


def stock_as_json(product_id: str, stock: Stock) -> dict[str, Any]:
    """Return the stock as the contract's schema `Stock`."""
    return {
        "productId": product_id,
        "available": stock.available,
        "reserved": stock.reserved,
        "sold": stock.sold,
        "updatedAt": stock.updated_at,
    }
