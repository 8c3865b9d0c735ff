"""Money is whole minor units, compared exactly however it was written."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orderflow.runtime.money import display, major_units

CURRENCIES = st.sampled_from([("EUR", 2), ("JPY", 0), ("BHD", 3)])


@given(st.integers(0, 10**12), CURRENCIES)
def test_minor_units_are_the_amount_that_a_person_writes(minor: int, currency: tuple[str, int]) -> None:
    code, exponent = currency
    written = f"{minor // 10**exponent}.{minor % 10**exponent:0{exponent}d}" if exponent else str(minor)
    assert major_units(minor, code) == Decimal(written)
    assert display(minor, code) == f"{written} {code}"


def test_an_amount_that_differs_in_its_thirtieth_digit_is_another_amount() -> None:
    assert major_units(1, "EUR") != Decimal("0.010000000000000000000000000001")
