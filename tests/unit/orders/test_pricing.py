"""The server prices: totals are the catalogue's, and a client's differing price is an error, never used."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.catalog.errors import UnknownProductError
from orderflow.orders.errors import CurrencyMismatchError, OrderTooLargeError, PriceMismatchError
from orderflow.orders.limits import MAX_TOTAL
from orderflow.orders.pricing import RequestedLine, priced_lines
from orderflow.runtime.errors import InvalidRequestError
from tests.support.orders import InMemoryPrices, order

PRICES = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 1000), min_size=1)


@given(PRICES, st.data())
def test_the_total_is_the_sum_of_catalogue_prices_times_quantities(prices: dict[str, int], data: st.DataObject) -> None:
    wanted = data.draw(
        st.lists(st.tuples(st.sampled_from(sorted(prices)), st.integers(1, 90)), min_size=1, max_size=10)
    )
    lines = priced_lines([RequestedLine(*line) for line in wanted], InMemoryPrices(prices), "EUR")
    assert [(line.product_id, line.quantity, line.unit_price) for line in lines] == [
        (product, quantity, prices[product]) for product, quantity in wanted
    ]
    assert order(lines=lines).total == sum(prices[product] * quantity for product, quantity in wanted)


def test_shipping_and_tax_are_part_of_the_total() -> None:
    assert order(shipping=490, tax=38).total == 2 * 1999 + 490 + 38


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_a_price_in_minor_units_passes_exactly_when_it_is_the_catalogues(current: int, given_price: int) -> None:
    line = RequestedLine("A", 1, unit_price=given_price)
    assert _passes(line, current) == (given_price == current)


@given(st.integers(1, 10**6), st.integers(0, 6))
def test_a_decimal_price_passes_however_many_zeros_it_ends_with(current: int, zeros: int) -> None:
    written = f"{current // 100}.{current % 100:02d}" + "0" * zeros
    assert _passes(RequestedLine("A", 1, price=Decimal(written)), current)


@given(st.integers(1, 10**6), st.integers(0, 60), st.integers(1, 9))
def test_a_decimal_price_that_differs_in_any_digit_is_refused(current: int, zeros: int, digit: int) -> None:
    written = f"{current // 100}.{current % 100:02d}" + "0" * zeros + str(digit)
    assert not _passes(RequestedLine("A", 1, price=Decimal(written)), current)


@pytest.mark.parametrize("written", ["1E-999999999", "0.5", "100", "-5.00", "5.01"])
def test_a_decimal_price_that_is_another_number_is_refused(written: str) -> None:
    assert not _passes(RequestedLine("A", 1, price=Decimal(written)), 500)


def test_a_free_products_price_is_not_matched_by_a_vanishing_one() -> None:
    assert not _passes(RequestedLine("A", 1, price=Decimal("1E-999999999")), 0)


@pytest.mark.parametrize(("currency", "written"), [("JPY", "500"), ("EUR", "5.00"), ("BHD", "0.500")])
def test_a_decimal_price_is_read_in_the_currencys_own_digits(currency: str, written: str) -> None:
    prices = InMemoryPrices({"A": 500}, currency)
    (line,) = priced_lines([RequestedLine("A", 1, price=Decimal(written))], prices, currency)
    assert line.unit_price == 500


def test_both_kinds_of_price_must_be_the_catalogues() -> None:
    assert not _passes(RequestedLine("A", 1, unit_price=500, price=Decimal("5.01")), 500)


def test_a_mismatch_names_every_line_with_the_given_and_the_current_price() -> None:
    lines = [
        RequestedLine("ITEM001", 1, price=Decimal("19.98")),
        RequestedLine("test_1", 1),
        RequestedLine("ITEM002", 1, unit_price=1),
    ]
    with pytest.raises(PriceMismatchError) as refused:
        priced_lines(lines, InMemoryPrices(), "EUR")
    assert list(refused.value.details) == [
        {"field": "items[0].price", "issue": "ITEM001 was given as 19.98 and costs 1999 minor units (19.99 EUR)"},
        {"field": "items[2].unitPrice", "issue": "ITEM002 was given as 1 and costs 750 minor units (7.50 EUR)"},
    ]
    assert "ITEM001, ITEM002" in refused.value.message
    assert (refused.value.code, refused.value.http_status) == ("PRICE_MISMATCH", 409)


def test_an_endless_number_is_not_echoed_whole() -> None:
    with pytest.raises(PriceMismatchError) as refused:
        priced_lines([RequestedLine("test_1", 1, price=Decimal("5." + "0" * 10_000 + "1"))], InMemoryPrices(), "EUR")
    assert len(refused.value.details[0]["issue"]) < 150


def test_two_lines_of_one_product_stay_two_lines() -> None:
    lines = priced_lines([RequestedLine("test_1", 1), RequestedLine("test_1", 2)], InMemoryPrices(), "EUR")
    assert [line.quantity for line in lines] == [1, 2]


@pytest.mark.parametrize(("second", "accepted"), [(499, True), (500, False)])
def test_lines_of_one_product_may_not_pass_999_together(second: int, accepted: bool) -> None:
    lines = [RequestedLine("A", 500), RequestedLine("B", 999), RequestedLine("A", second)]
    prices = InMemoryPrices({"A": 1, "B": 1})
    if accepted:
        assert len(priced_lines(lines, prices, "EUR")) == 3
        return
    with pytest.raises(InvalidRequestError) as refused:
        priced_lines(lines, prices, "EUR")
    assert refused.value.details[0]["field"] == "items[2].quantity"


def test_an_unknown_product_is_the_catalogues_error() -> None:
    with pytest.raises(UnknownProductError) as refused:
        priced_lines([RequestedLine("ITEM001", 1), RequestedLine("NO-SUCH", 1)], InMemoryPrices(), "EUR")
    assert refused.value.product_ids == ("NO-SUCH",)


def test_a_product_of_another_currency_is_refused() -> None:
    with pytest.raises(CurrencyMismatchError, match="USD"):
        priced_lines([RequestedLine("test_1", 1)], InMemoryPrices(currency="USD"), "EUR")


@pytest.mark.parametrize(("price", "accepted"), [(MAX_TOTAL, True), (MAX_TOTAL + 1, False)])
def test_a_total_above_what_one_payment_carries_is_refused(price: int, accepted: bool) -> None:
    try:
        priced_lines([RequestedLine("A", 1)], InMemoryPrices({"A": price}), "EUR")
    except OrderTooLargeError:
        assert not accepted
    else:
        assert accepted


def _passes(line: RequestedLine, current: int) -> bool:
    try:
        priced_lines([line], InMemoryPrices({"A": current}), "EUR")
    except PriceMismatchError:
        return False
    return True
