"""Prices to try things out with: small tables of one's own, an address, and strategies for anything that is sold."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from orderflow.checkout.pricing.discounts import Discount, DiscountKind
from orderflow.checkout.pricing.quote import GoodsLine, Quote
from orderflow.checkout.pricing.quoting import Tables, quote
from orderflow.checkout.pricing.shares import Rounding
from orderflow.checkout.pricing.shipping import ShippingPrice, ShippingRate, ShippingTable
from orderflow.checkout.pricing.tax_table import Tax, TaxArea, TaxTable

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
ADDRESS = {
    "name": "Ada", "line_one": "Hauptstr. 1", "city": "Berlin", "state": "BE", "country": "DE", "postal_code": "10115",
}  # fmt: skip
VAT = TaxArea("Germany", True, Rounding.HALF_UP, True, True, (Tax("Germany VAT", 190_000, {"books": 70_000}),))
SALES_TAX = TaxArea(
    "United States", False, Rounding.HALF_UP, True, False, (),
    {"CA": TaxArea("California", False, Rounding.HALF_UP, True, False, (Tax("California", 72_500, {"books": 0}),))},
)  # fmt: skip


def shipping_table(amount: int = 490, free_from: int | None = None, currency: str = "EUR") -> ShippingTable:
    price = {currency: ShippingPrice(amount, free_from)}
    rates = (
        ShippingRate("standard", "Standard", "DHL", (2, 4), price),
        ShippingRate("express", "Express", "DHL", (1, 1), {currency: ShippingPrice(3 * amount)}, "Tomorrow."),
    )
    return ShippingTable(dict.fromkeys(("DE", "US"), rates))


TABLES = Tables(shipping_table(), TaxTable({"DE": VAT, "US": SALES_TAX}))


def line(line_id: str = "l1", quantity: int = 1, price: int = 1999, category: str = "") -> GoodsLine:
    return GoodsLine(line_id, f"product-{line_id}", quantity, price, category)


def discount(code: str = "SAVE", **changes: Any) -> Discount:
    """Return a code for a tenth off, from long ago and without an end."""
    terms = Discount(code, "A tenth off", DiscountKind.PERCENT, "EUR", LONG_AGO, basis_points=1000)
    return dataclasses.replace(terms, **changes)


def priced(
    *lines: GoodsLine,
    address: Mapping[str, Any] | None = ADDRESS,
    chosen: str | None = "standard",
    codes: Sequence[str] = (),
    known: Sequence[Discount] = (),
    currency: str = "EUR",
    now: datetime = NOW,
    tables: Tables = TABLES,
) -> Quote:
    known_by_code = {each.code: each for each in known}
    return quote(lines or (line(),), address, chosen, codes, currency, now, tables, known_by_code)


def to(country: str, state: str = "") -> dict[str, str]:
    return {**ADDRESS, "country": country, "state": state}


rates = st.integers(0, 300_000)
currencies = st.sampled_from(["JPY", "EUR", "KWD"])  # none, two and three digits after the point
baskets = st.lists(
    st.builds(
        line, st.sampled_from("abcdefgh"), st.integers(1, 20), st.integers(0, 50_000), st.sampled_from(["", "books"])
    ),
    min_size=1, max_size=6, unique_by=lambda each: each.line_id,
).map(tuple)  # fmt: skip
areas = st.builds(
    TaxArea,
    name=st.just("Somewhere"),
    is_included=st.booleans(),
    rounding=st.sampled_from(Rounding),
    per_line=st.booleans(),
    taxes_shipping=st.booleans(),
    taxes=st.lists(rates, max_size=3).map(
        lambda found: tuple(Tax(f"Tax {i}", rate, {"books": rate // 3}) for i, rate in enumerate(found))
    ),
)
some_discounts = st.lists(
    st.builds(
        discount,
        st.sampled_from(["A", "B", "C", "D"]),
        kind=st.sampled_from(DiscountKind),
        basis_points=st.integers(1, 10_000),
        amount=st.integers(1, 100_000),
        is_combinable=st.just(True),
    ),
    max_size=4, unique_by=lambda each: each.code,
)  # fmt: skip
any_threshold = st.none() | st.integers(0, 200_000)


@st.composite
def sales(
    draw: st.DrawFn,
    *,
    discounts: st.SearchStrategy = some_discounts,
    free_from: st.SearchStrategy = any_threshold,
) -> dict[str, Any]:
    """Draw everything that `priced` takes besides the lines, in any currency, any place, with any way to send."""
    currency = draw(currencies)
    known = [dataclasses.replace(each, currency=currency) for each in draw(discounts)]
    shipping = shipping_table(draw(st.integers(0, 5000)), draw(free_from), currency)
    return {
        "address": draw(st.sampled_from([ADDRESS, None])),
        "chosen": draw(st.sampled_from(["standard", "express", None, "gone"])),
        "codes": [each.code for each in known],
        "known": known,
        "currency": currency,
        "tables": Tables(shipping, TaxTable({"DE": draw(areas)})),
    }
