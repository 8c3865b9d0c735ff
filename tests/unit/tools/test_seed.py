"""The sample catalogue: what the older clients need is in it, and it is created once."""

import json
from pathlib import Path

from orderflow.catalog.errors import ProductExistsError
from orderflow.catalog.product import Product
from tools import seed
from tools.paths import ROOT

SAMPLES = json.loads((ROOT / "tools" / "catalogue.json").read_text())["products"]


class Shelf:
    """A product store in memory; `late` are products that somebody else adds between our look and our write."""

    def __init__(self, *late: str) -> None:
        self.stock: dict[str, int] = {}
        self.products: dict[str, Product] = {}
        self.late = late

    def find(self, product_id: str) -> Product | None:
        return self.products.get(product_id)

    def add(self, product: Product, initial_stock: int) -> None:
        if product.product_id in {*self.products, *self.late}:
            raise ProductExistsError(product.product_id)
        self.products[product.product_id] = product
        self.stock[product.product_id] = initial_stock

    def change(self, before: Product, after: Product, *, pictures: bool) -> bool:
        raise AssertionError(f"the sample catalogue must not change {before.product_id} to {after} ({pictures})")

    def withdraw(self, product: Product, at: str) -> bool:
        raise AssertionError(f"the sample catalogue must not withdraw {product.product_id} at {at}")


def test_the_products_that_older_clients_order_are_there_at_their_prices() -> None:
    shelf = Shelf()
    seed.create_missing(SAMPLES, shelf)
    prices = {key: shelf.products[key].facts.price for key in ("ITEM001", "ITEM002", "test_1")}
    assert prices == {"ITEM001": 1999, "ITEM002": 750, "test_1": 500}
    assert shelf.stock["LIMITED-1"] == 10
    assert min(shelf.stock[key] for key in prices) >= 100_000
    assert {product.currency for product in shelf.products.values()} == {"EUR"}


def test_a_second_seeding_creates_nothing() -> None:
    shelf = Shelf()
    assert seed.create_missing(SAMPLES, shelf) == len(SAMPLES)
    assert seed.create_missing(SAMPLES, shelf) == 0


def test_a_product_that_appears_meanwhile_is_left_as_it_is() -> None:
    shelf = Shelf("ITEM001")
    assert seed.create_missing(SAMPLES, shelf) == len(SAMPLES) - 1
    assert "ITEM001" not in shelf.products


def test_every_sample_has_its_own_id() -> None:
    ids = [sample["productId"] for sample in SAMPLES]
    assert len(ids) == len(set(ids))
    assert Path(seed.__file__).with_name("catalogue.json").is_file()
