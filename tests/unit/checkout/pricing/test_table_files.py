"""Tables are checked whole before anything is sold by them."""

import copy
from typing import Any

import pytest

from orderflow.checkout.pricing.table_files import FOLDER, TableError, shipping_table, tables, tax_table
from tests.support.quotes import NOW

TAX = {
    "asOf": "2026-01-01",
    "sources": [],
    "countries": {
        "CA": {
            "name": "Canada",
            "prices": "net",
            "rounding": "half_up",
            "roundedPer": "rate",
            "taxesShipping": True,
            "taxes": [],
            "regions": {
                "QC": {
                    "name": "Quebec",
                    "taxesShipping": False,
                    "taxes": [{"jurisdiction": "QST", "rate": "9.975", "categories": {"Books": "0"}}],
                }
            },
        }
    },
}
SHIPPING = {
    "zones": [
        {
            "zone": "north",
            "countries": ["CA", "US"],
            "options": [
                {
                    "id": "standard",
                    "title": "Standard",
                    "carrier": "DHL",
                    "days": [2, 4],
                    "prices": {"EUR": {"amount": 490, "freeFrom": 5000}, "JPY": {"amount": 800}},
                }
            ],
        }
    ]
}


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the document with the value at a dotted path; None takes it out."""
    document = copy.deepcopy(document)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    there: Any = document
    for part in parents:
        there = there[part]
    if value is None:
        del there[last]
    else:
        there[last] = value
    return document


def test_a_region_has_its_own_taxes_and_the_rest_from_its_country() -> None:
    quebec = tax_table(TAX).countries["CA"].regions["QC"]
    assert [(tax.jurisdiction, tax.rate, tax.categories) for tax in quebec.taxes] == [("QST", 99_750, {"books": 0})]
    assert (quebec.taxes_shipping, quebec.is_included, quebec.per_line) == (False, False, False)


def test_a_zone_offers_each_of_its_countries_what_has_a_price_in_the_currency() -> None:
    table = shipping_table(SHIPPING)
    assert [each.amount for each in table.options("US", 4999, "EUR", NOW)] == [490]
    assert [each.amount for each in table.options("CA", 5000, "EUR", NOW)] == [0]
    assert table.options("CA", 1, "USD", NOW) == ()
    assert table.options("MX", 1, "EUR", NOW) == ()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("asOf", None),
        ("extra", 1),
        ("countries.CA.prices", "both"),
        ("countries.CA.rounding", "nearest"),
        ("countries.CA.roundedPer", "order"),
        ("countries.CA.taxesShipping", None),
        ("countries.ca", TAX["countries"]["CA"]),
        ("countries.CA.regions.QC.name", None),
        ("countries.CA.regions.QC.prices", "gross"),
        ("countries.CA.regions.QC.taxes.0.rate", "9,975"),
        ("countries.CA.regions.QC.taxes.0.rate", 9.975),
        ("countries.CA.regions.QC.taxes.0.rate", "100"),
        ("countries.CA.regions.QC.taxes.0.rate", "-1"),
        ("countries.CA.regions.QC.taxes.0.categories.Books", "0.00001"),
        ("countries.CA.regions.QC.taxes.0.jurisdiction", None),
    ],
)
def test_a_tax_table_that_says_anything_else_is_refused(path: str, value: Any) -> None:
    with pytest.raises(TableError, match=r"CA|ca|tax\.json"):
        tax_table(changed(TAX, path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("zones.0.zone", None),
        ("zones.0.countries", ["Canada"]),
        ("zones.0.countries", ["CA", "CA"]),
        ("zones.0.options.0.days", [4, 2]),
        ("zones.0.options.0.days", [-1, 2]),
        ("zones.0.options.0.id", "Standard"),
        ("zones.0.options.0.price", 1),
        ("zones.0.options.0.prices.EUR.amount", 4.9),
        ("zones.0.options.0.prices.EUR.amount", -1),
        ("zones.0.options.0.prices.EUR.freeFrom", True),
        ("zones.0.options.0.prices.euro", {"amount": 1}),
        ("zones.0.options", [SHIPPING["zones"][0]["options"][0]] * 2),
    ],
)
def test_a_shipping_table_that_says_anything_else_is_refused(path: str, value: Any) -> None:
    with pytest.raises(TableError):
        shipping_table(changed(SHIPPING, path, value))


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir()))
def test_every_table_that_is_shipped_can_be_sold_by(name: str) -> None:
    shipped = tables(name)
    delivered, taxed = set(shipped.shipping.countries), set(shipped.tax.countries)
    assert delivered == taxed, "goods can go only where they are taxed, and nothing is taxed where none go"
    currencies = [set(rate.prices) for rates in shipped.shipping.countries.values() for rate in rates]
    assert all(each == currencies[0] for each in currencies), "a shop's currency has prices everywhere or nowhere"
    assert "EUR" in currencies[0]


def test_tables_that_are_not_there_are_an_error_with_their_path() -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        tables("nowhere")
