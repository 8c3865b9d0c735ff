"""What products cost now: the only source of prices for an order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from orderflow.catalog.errors import UnknownProductError


@dataclass(frozen=True)
class PricedProduct:
    """A product that is on sale; `unit_price` in minor units of `currency` (ISO 4217)."""

    product_id: str
    name: str
    unit_price: int
    currency: str
    category: str = ""


class PriceStore(Protocol):
    """Where prices are kept."""

    def prices(self, product_ids: tuple[str, ...]) -> Mapping[str, PricedProduct]:
        """Return the products on sale among `product_ids` (at most 100, each once), by id."""
        ...


def price_items(product_ids: Iterable[str], store: PriceStore) -> dict[str, PricedProduct]:
    """Return each product's present name and price by id; raises UnknownProductError naming every id not on sale."""
    wanted = tuple(dict.fromkeys(product_ids))
    found = store.prices(wanted)
    missing = [product_id for product_id in wanted if product_id not in found]
    if missing:
        raise UnknownProductError(missing)
    return {product_id: found[product_id] for product_id in wanted}
