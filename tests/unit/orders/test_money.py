"""Money is whole minor units, compared exactly however it was written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.runtime.money import display, minor_units

CURRENCIES = st.sampled_from([("EUR", 2), ("JPY", 0), ("BHD", 3)])


@given(st.integers(0, 10**12), CURRENCIES)
def test_an_amount_written_in_major_units_is_the_same_minor_units(minor: int, currency: tuple[str, int]) -> None:
    code, exponent = currency
    written = Decimal(f"{minor // 10**exponent}.{minor % 10**exponent:0{exponent}d}" if exponent else str(minor))
    assert minor_units(written, code) == minor
    assert display(minor, code) == f"{written} {code}"


@pytest.mark.parametrize(
    ("written", "minor"), [("1E+3", 100_000), ("7.50", 750), ("7.5", 750), ("0E-9", 0), ("20", 2000)]
)
def test_the_spelling_of_a_number_does_not_count(written: str, minor: int) -> None:
    assert minor_units(Decimal(written), "EUR") == minor
