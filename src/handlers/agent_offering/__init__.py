"""What the shop offers to shopping agents: apart from the rest, since only who prices a session has to import it."""

from functools import partial

from orderflow.catalog.price_store import DynamoPriceStore
from orderflow.catalog.pricing import price_items
from orderflow.catalog.stock_reader import DynamoStockReader
from orderflow.checkout.offering import Offering
from orderflow.checkout.pricing.discount_store import DynamoDiscounts
from orderflow.checkout.pricing.quoting import Quoting
from orderflow.checkout.pricing.table_files import tables
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.caller import Client


def offering(machine: Client) -> Offering:
    """Return what the shop offers the machine: the catalogue's prices and stock, tables of shipping and tax, codes."""
    dynamodb = client("dynamodb")
    return Offering(
        prices=partial(price_items, store=DynamoPriceStore(dynamodb, settings.text("PRODUCTS_TABLE"))),
        stock=DynamoStockReader(dynamodb, settings.text("STOCK_TABLE")),
        quote=Quoting(
            tables(settings.text("PRICE_TABLES")),
            DynamoDiscounts(dynamodb, settings.text("DISCOUNTS_TABLE")),
            machine.key_id,
        ),
    )
