"""Discount codes as people keep them: nothing that could not be used as it was meant."""

from datetime import timedelta
from typing import Any

import pytest

from orderflow.checkout.pricing.discount_keeping import (
    DiscountNotFoundError,
    create_discount,
    disable_discount,
    get_discount,
)
from orderflow.checkout.pricing.discounts import DiscountKind
from orderflow.orders.limits import MAX_TOTAL
from orderflow.runtime.errors import InvalidRequestError
from tests.support.discount_book import FIVE_OFF, DiscountBookContract, InMemoryDiscounts
from tests.support.quotes import LONG_AGO, discount


@pytest.fixture
def book() -> InMemoryDiscounts:
    return InMemoryDiscounts()


class TestDiscountsInMemory(DiscountBookContract):
    @pytest.fixture
    def book(self, book: InMemoryDiscounts) -> InMemoryDiscounts:
        return book


@pytest.mark.parametrize(
    "terms",
    [
        {"code": "A1"},
        {"code": "A" * 40},
        {"basis_points": 1},
        {"basis_points": 10_000},
        {"kind": DiscountKind.AMOUNT, "amount": MAX_TOTAL},
        {"kind": DiscountKind.SHIPPING, "basis_points": 0},
        {"ends_at": LONG_AGO + timedelta(seconds=1)},
        {"limit": 1, "limit_per_client": 1},
    ],
)
def test_what_can_be_used_is_kept(book: InMemoryDiscounts, terms: dict[str, Any]) -> None:
    made = create_discount(discount(**terms), book)
    assert get_discount(made.code, book) == made


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"code": "A"}, "code"),
        ({"code": "A" * 41}, "code"),
        ({"code": "save"}, "code"),
        ({"code": "TEN %"}, "code"),
        ({"name": " "}, "name"),
        ({"name": "n" * 81}, "name"),
        ({"currency": "eur"}, "currency"),
        ({"basis_points": 0}, "percent"),
        ({"basis_points": 10_001}, "percent"),
        ({"kind": DiscountKind.AMOUNT, "amount": 0}, "amount"),
        ({"kind": DiscountKind.AMOUNT, "amount": MAX_TOTAL + 1}, "amount"),
        ({"minimum": -1}, "minimum"),
        ({"ends_at": LONG_AGO}, "endsAt"),
        ({"limit": 0}, "limit"),
        ({"limit_per_client": 0}, "limitPerClient"),
    ],
)
def test_what_could_never_be_used_as_meant_is_refused_by_name(
    book: InMemoryDiscounts, terms: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        create_discount(discount(**terms), book)
    assert [detail["field"] for detail in refused.value.details] == [field]
    assert book.kept == {}


def test_a_code_is_disabled_for_good(book: InMemoryDiscounts) -> None:
    create_discount(FIVE_OFF, book)
    assert disable_discount("FIVE", book).is_enabled is False
    assert get_discount("FIVE", book).is_enabled is False


@pytest.mark.parametrize("code", ["NEVER", "not a code", ""])
def test_a_code_that_is_not_there_is_not_found(book: InMemoryDiscounts, code: str) -> None:
    for asked in (get_discount, disable_discount):
        with pytest.raises(DiscountNotFoundError):
            asked(code, book)
