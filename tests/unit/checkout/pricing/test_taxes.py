"""Tax by the table: what is taxed, at which rate, rounded how, on top or within."""

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.checkout.pricing.discounts import DiscountKind
from orderflow.checkout.pricing.quote import SHIPPING
from orderflow.checkout.pricing.quote_view import totals
from orderflow.checkout.pricing.quoting import Tables
from orderflow.checkout.pricing.shares import Rounding
from orderflow.checkout.pricing.tax_table import Tax, TaxArea, TaxTable
from orderflow.checkout.pricing.taxes import Assessment, Destination, Taxable, TaxAreaError, TaxShare
from tests.support.quotes import SALES_TAX, TABLES, VAT, areas, discount, line, priced, rates, shipping_table, to

BERLIN = Destination("DE", "BE", "10115")
CALIFORNIA = to("US", "CA")


def table(*taxes: Tax, **changes: object) -> TaxTable:
    area = TaxArea("Somewhere", False, Rounding.HALF_UP, True, True, taxes)
    return TaxTable({"DE": dataclasses.replace(area, **changes)})


def goods(*amounts: int, category: str = "") -> list[Taxable]:
    return [Taxable(f"l{position}", amount, category) for position, amount in enumerate(amounts)]


def test_a_price_that_includes_tax_is_split_and_nothing_comes_on_top() -> None:
    quote = priced(line(price=11_900))
    assert quote.included_tax == 1900 + 78  # 78 of 490 for shipping
    assert (quote.tax, quote.total) == (0, 11_900 + 490)
    assert totals(quote)[5] == {
        "type": "tax", "display_text": "Tax", "amount": 0, "description": "Prices include 19.78 EUR of tax.",
    }  # fmt: skip


def test_a_net_price_has_the_tax_of_the_region_on_top() -> None:
    quote = priced(line(price=10_000), address=CALIFORNIA)
    assert (quote.included_tax, quote.tax, quote.total) == (0, 725, 10_000 + 490 + 725)
    assert totals(quote)[5]["breakdown"] == [{"jurisdiction": "California", "rate": Decimal("0.0725"), "amount": 725}]


@pytest.mark.parametrize("category", ["books", "Books", "BOOKS"])
def test_a_category_has_its_own_rate_in_any_letter_case(category: str) -> None:
    book = line(price=10_700, category=category)
    assert priced(book).line_tax("l1") == 0
    assert priced(book).assessment.amounts == {"l1": 700, SHIPPING: 78}
    assert priced(dataclasses.replace(book, category="booklets")).assessment.amounts["l1"] == 1708


def test_an_exempt_category_pays_nothing_and_is_not_told_of() -> None:
    quote = priced(line(category="books"), address=CALIFORNIA)
    assert quote.tax == 0
    assert quote.assessment.shares == ()


def test_shipping_is_taxed_where_the_place_taxes_it() -> None:
    taxed = dataclasses.replace(SALES_TAX.regions["CA"], taxes_shipping=True)
    tables = Tables(TABLES.shipping, TaxTable({"US": dataclasses.replace(SALES_TAX, regions={"CA": taxed})}))
    assert priced(address=CALIFORNIA).line_tax(SHIPPING) == 0
    assert priced(address=CALIFORNIA, tables=tables).line_tax(SHIPPING) == 36  # 7.25 % of 490 is 35.525


def test_what_a_discount_takes_off_is_not_taxed() -> None:
    half = discount(basis_points=5000)
    free = discount("FREE", kind=DiscountKind.SHIPPING, is_combinable=True)
    assert priced(line(price=10_000), address=CALIFORNIA, codes=["SAVE"], known=[half]).tax == 363
    assert priced(codes=["FREE"], known=[free]).assessment.amounts[SHIPPING] == 0


def test_two_taxes_of_one_place_are_both_on_the_price_and_told_apart() -> None:
    quebec = table(Tax("GST", 50_000, {}), Tax("QST", 99_750, {}))
    assessed = quebec.assess(BERLIN, goods(10_000), "EUR")
    assert assessed.shares == (TaxShare("GST", Decimal("0.05"), 500), TaxShare("QST", Decimal("0.09975"), 998))
    assert assessed.amounts == {"l0": 1498}


def test_two_included_taxes_share_what_is_included() -> None:
    both = table(Tax("A", 100_000, {}), Tax("B", 50_000, {}), is_included=True)
    assessed = both.assess(BERLIN, goods(11_500), "EUR")
    assert [share.amount for share in assessed.shares] == [1000, 500]


def test_rounded_on_each_line_or_once_for_a_rate_is_the_places_choice() -> None:
    five_percent = Tax("Tax", 50_000, {})
    lines = goods(10, 10, 10)  # half a minor unit each
    assert table(five_percent).assess(BERLIN, lines, "EUR").amounts == {"l0": 1, "l1": 1, "l2": 1}
    once = table(five_percent, per_line=False).assess(BERLIN, lines, "EUR")
    assert once.total == 2
    assert once.amounts == {"l0": 1, "l1": 1, "l2": 0}


@pytest.mark.parametrize(("rounding", "tax"), [("half_up", 3), ("half_even", 2), ("down", 2), ("up", 3)])
def test_a_half_is_rounded_as_the_place_rounds(rounding: str, tax: int) -> None:
    assert table(Tax("Tax", 50_000, {}), rounding=Rounding(rounding)).assess(BERLIN, goods(50), "EUR").total == tax


@given(areas, st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_what_is_on_the_lines_is_what_the_jurisdictions_get(area: TaxArea, amounts: list[int]) -> None:
    assessed = TaxTable({"DE": area}).assess(BERLIN, goods(*amounts), "EUR")
    assert sum(assessed.amounts.values()) == assessed.total
    assert all(share.rate > 0 for share in assessed.shares)


@given(rates, st.integers(0, 10**7))
def test_an_included_tax_is_the_tax_on_the_net_price_to_one_unit(rate: int, gross: int) -> None:
    within = table(Tax("Tax", rate, {}), is_included=True).assess(BERLIN, goods(gross), "EUR").total
    on_top = table(Tax("Tax", rate, {})).assess(BERLIN, goods(gross - within), "EUR").total
    assert abs(within - on_top) <= 1


def test_a_country_that_the_table_does_not_know_is_refused_by_name() -> None:
    with pytest.raises(TaxAreaError) as refused:
        TABLES.tax.assess(Destination("BR", "", ""), goods(1), "EUR")
    assert (refused.value.field, refused.value.is_known) == ("country", True)
    assert "BR" in refused.value.message


def test_a_region_that_a_country_of_regions_does_not_have_is_refused_with_those_it_has() -> None:
    with pytest.raises(TaxAreaError) as refused:
        TABLES.tax.assess(Destination("US", "XX", ""), goods(1), "EUR")
    assert (refused.value.field, refused.value.is_known) == ("state", False)
    assert refused.value.message.endswith("CA.")


def test_a_country_without_regions_takes_any() -> None:
    assert TABLES.tax.assess(Destination("DE", "whatever", ""), goods(119), "EUR").total == 19


@pytest.mark.parametrize("state", ["CA", "ca", " us-ca ", "US-CA"])
def test_a_region_is_read_in_any_of_its_usual_forms(state: str) -> None:
    assert Destination.of(to("us", state)) == Destination("US", "CA", "10115")


def test_a_tax_service_of_ones_own_is_asked_for_what_is_paid_and_believed() -> None:
    asked = []

    class Service:
        def assess(self, destination: Destination, taxables: list[Taxable], currency: str) -> Assessment:
            asked.append((destination, taxables, currency))
            return Assessment(False, {"l1": 7, SHIPPING: 1}, (TaxShare("Elsewhere", Decimal("0.004"), 8),))

    quote = priced(tables=Tables(shipping_table(), Service()))
    assert asked == [(BERLIN, [Taxable("l1", 1999), Taxable(SHIPPING, 490, is_shipping=True)], "EUR")]
    assert (quote.tax, quote.total) == (8, 1999 + 490 + 8)
    assert VAT.is_included  # what the table would have said
