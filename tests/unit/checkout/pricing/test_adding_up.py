"""Whatever is sold, wherever it goes: a price adds up, from both ends."""

import dataclasses
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orderflow.checkout.pricing import quote_view
from orderflow.checkout.pricing.quote import SHIPPING, GoodsLine
from orderflow.checkout.pricing.quoting import Tables
from orderflow.checkout.pricing.tax_table import TaxArea, TaxTable
from tests.support.quotes import baskets, priced, sales

EIGHT = ["items_base_amount", "items_discount", "subtotal", "discount", "fulfillment", "tax", "fee", "total"]
Basket = tuple[GoodsLine, ...]


def amounts(totals: list[dict[str, Any]]) -> dict[str, int]:
    return {each["type"]: each["amount"] for each in totals}


@given(baskets, sales())
def test_the_list_of_totals_is_whole_and_adds_up(basket: Basket, sale: dict) -> None:
    shown = amounts(quote_view.totals(priced(*basket, **sale)))
    assert list(shown) == EIGHT
    assert shown["subtotal"] == shown["items_base_amount"] - shown["items_discount"]
    assert shown["total"] == (
        shown["subtotal"] - shown["discount"] + shown["fulfillment"] + shown["tax"] + shown["fee"]
    )
    assert shown["items_base_amount"] == sum(each.quantity * each.unit_price for each in basket)


@given(baskets, sales())
def test_the_lines_and_the_shipping_make_the_total(basket: Basket, sale: dict) -> None:
    quote = priced(*basket, **sale)
    lines = [amounts(quote_view.line_totals(quote, each)) for each in basket]
    for each in lines:
        assert each["subtotal"] == each["items_base_amount"] - each["items_discount"]
        assert each["total"] == each["subtotal"] + each["tax"]
    shipping = quote.fulfillment - quote.discount + quote.line_tax(SHIPPING)
    assert sum(each["total"] for each in lines) + shipping == quote.total
    assert sum(each["items_discount"] for each in lines) == quote.items_discount
    assert sum(each["tax"] for each in lines) + quote.line_tax(SHIPPING) == quote.tax


@given(baskets, sales())
def test_nothing_is_ever_negative(basket: Basket, sale: dict) -> None:
    quote = priced(*basket, **sale)
    shown = [*quote_view.totals(quote), *(each for one in basket for each in quote_view.line_totals(quote, one))]
    assert min(each["amount"] for each in shown) >= 0
    assert quote.included_tax >= 0


@given(baskets, sales())
def test_a_discounts_allocations_sum_to_it(basket: Basket, sale: dict) -> None:
    quote = priced(*basket, **sale)
    applied = quote_view.discounts(quote)["applied"]
    for each in applied:
        assert sum(part["amount"] for part in each["allocations"]) == each["amount"]
    assert sum(each["amount"] for each in applied) == quote.items_discount + quote.discount
    assert len(applied) + len(quote.rejected) == len(sale["codes"])


@given(baskets, sales())
def test_the_jurisdictions_get_what_the_buyer_is_charged(basket: Basket, sale: dict) -> None:
    tax = quote_view.totals(priced(*basket, **sale))[EIGHT.index("tax")]
    if "breakdown" in tax:
        assert sum(share["amount"] for share in tax["breakdown"]) == tax["amount"]
    else:
        assert tax["amount"] == 0
        assert tax["description"]


@given(baskets, sales(), st.randoms())
def test_the_order_of_the_lines_says_nothing(basket: Basket, sale: dict, random) -> None:
    turned = list(basket)
    random.shuffle(turned)
    one, other = priced(*basket, **sale), priced(*turned, **sale)
    assert amounts(quote_view.totals(one)) == amounts(quote_view.totals(other))
    for line in basket:
        assert quote_view.line_totals(one, line) == quote_view.line_totals(other, line)


@given(baskets, sales(discounts=st.just([]), free_from=st.none()), st.data())
def test_more_of_something_never_costs_less_unless_shipping_becomes_free(
    basket: Basket, sale: dict, data: st.DataObject
) -> None:
    more = _with_more(basket, data)
    assert priced(*more, **sale).total >= priced(*basket, **sale).total


@given(baskets, sales(), st.data())
def test_goods_never_cost_less_for_more_of_them_with_any_codes(basket: Basket, sale: dict, data: st.DataObject) -> None:
    more = _with_more(basket, data)
    assert priced(*more, **sale).subtotal >= priced(*basket, **sale).subtotal


@given(baskets, sales())
def test_a_code_never_makes_goods_dearer(basket: Basket, sale: dict) -> None:
    quote = priced(*basket, **sale)
    without = priced(*basket, **{**sale, "codes": []})
    assert quote.subtotal <= without.subtotal
    assert quote.total <= without.total + _rounding(basket, sale)


@given(baskets, sales())
def test_prices_that_include_tax_are_charged_as_the_catalogue_has_them(basket: Basket, sale: dict) -> None:
    gross = _taxed(sale, is_included=True)
    untaxed = _taxed(sale, taxes=())
    assert priced(*basket, **gross).total == priced(*basket, **untaxed).total


def _with_more(basket: Basket, data: st.DataObject) -> Basket:
    position = data.draw(st.integers(0, len(basket) - 1))
    added = data.draw(st.integers(1, 9))
    more = dataclasses.replace(basket[position], quantity=basket[position].quantity + added)
    return (*basket[:position], more, *basket[position + 1 :])


def _taxed(sale: dict, **changes: Any) -> dict:
    area = dataclasses.replace(sale["tables"].tax.countries["DE"], **changes)
    return {**sale, "tables": Tables(sale["tables"].shipping, TaxTable({"DE": area}))}


def _rounding(basket: Basket, sale: dict) -> int:
    """How far rounding may move tax: one minor unit for each tax on each line and on the shipping."""
    area: TaxArea = sale["tables"].tax.countries["DE"]
    return len(area.taxes) * (len(basket) + 1)
