"""A book of discount codes in memory, and what every such book promises. `book` is a fixture of the user."""

import dataclasses
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from orderflow.checkout.pricing.discount_keeping import DiscountExistsError
from orderflow.checkout.pricing.discounts import Discount, DiscountKind
from tests.support.quotes import NOW, discount


@dataclass
class InMemoryDiscounts:
    kept: dict[str, Discount] = field(default_factory=dict)

    def add(self, discount: Discount) -> None:
        if self.kept.setdefault(discount.code, discount) != discount:
            raise DiscountExistsError(discount.code)

    def find(self, code: str) -> Discount | None:
        return self.kept.get(code)

    def listed(self, limit: int) -> list[Discount]:
        return [self.kept[code] for code in sorted(self.kept)][:limit]

    def disable(self, code: str) -> bool:
        if code not in self.kept:
            return False
        self.kept[code] = dataclasses.replace(self.kept[code], is_enabled=False)
        return True


WHOLE_TERMS = discount(
    "SPRING",
    ends_at=NOW + timedelta(days=1),
    minimum=2000,
    limit=10,
    limit_per_client=1,
    is_combinable=True,
)
FIVE_OFF = discount("FIVE", kind=DiscountKind.AMOUNT, amount=500, basis_points=0)


class DiscountBookContract:
    """Inherit it and give a `book`."""

    @pytest.mark.parametrize("terms", [WHOLE_TERMS, FIVE_OFF])
    def test_a_code_is_found_with_its_terms_as_they_were_made(self, book: Any, terms: Discount) -> None:
        book.add(terms)
        assert book.find(terms.code) == terms

    def test_a_code_that_was_never_made_is_none_and_cannot_be_disabled(self, book: Any) -> None:
        assert book.find("NEVER") is None
        assert book.disable("NEVER") is False
        assert book.find("NEVER") is None

    def test_a_code_is_made_once_and_repeating_that_is_no_second_one(self, book: Any) -> None:
        book.add(FIVE_OFF)
        book.add(FIVE_OFF)
        with pytest.raises(DiscountExistsError):
            book.add(dataclasses.replace(FIVE_OFF, amount=600))
        assert book.find("FIVE") == FIVE_OFF

    def test_codes_are_listed_in_alphabetical_order(self, book: Any) -> None:
        for terms in (WHOLE_TERMS, FIVE_OFF):
            book.add(terms)
        assert book.listed(100) == [FIVE_OFF, WHOLE_TERMS]
        assert book.listed(1) == [FIVE_OFF]

    def test_a_disabled_code_keeps_its_terms(self, book: Any) -> None:
        book.add(FIVE_OFF)
        assert book.disable("FIVE") is True
        assert book.find("FIVE") == dataclasses.replace(FIVE_OFF, is_enabled=False)
