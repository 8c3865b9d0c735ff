"""Discount codes as the shop's people keep them: made once, listed, disabled; their terms are never changed."""

import re
from typing import Protocol

from orderflow.checkout.pricing.discounts import WHOLE, Discount, DiscountKind
from orderflow.orders.limits import MAX_TOTAL
from orderflow.runtime.errors import ConflictError, Detail, InvalidRequestError, NotFoundError

CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{1,39}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LONGEST_NAME = 80


class DiscountExistsError(ConflictError):
    """The code is taken: what it meant to those who have it stays what it means."""

    code = "DISCOUNT_EXISTS"

    def __init__(self, taken: str) -> None:
        super().__init__(f"There is a discount {taken}, and terms are never changed: choose another code.")


class DiscountNotFoundError(NotFoundError):
    """There is no such code."""

    code = "DISCOUNT_NOT_FOUND"

    def __init__(self, wanted: str) -> None:
        super().__init__(f"There is no discount {wanted[:64]}; `discounts list` shows what there is.")


class DiscountBook(Protocol):
    """Where codes are kept."""

    def add(self, discount: Discount) -> None:
        """Keep a new code; raises DiscountExistsError."""
        ...

    def find(self, code: str) -> Discount | None:
        """Return a code as it is now."""
        ...

    def listed(self, limit: int) -> list[Discount]:
        """Return at most `limit` (up to 100) codes in alphabetical order."""
        ...

    def disable(self, code: str) -> bool:
        """End a code for good; return whether there is such a code."""
        ...


def create_discount(discount: Discount, book: DiscountBook) -> Discount:
    """Keep a new code; raises InvalidRequestError naming everything that is wrong, and DiscountExistsError."""
    if findings := _findings(discount):
        told = "; ".join(f"{finding['field']} {finding['issue']}" for finding in findings)
        raise InvalidRequestError(f"The discount cannot be kept: {told}.", findings)
    book.add(discount)
    return discount


def get_discount(code: str, book: DiscountBook) -> Discount:
    """Return a code as it is now; raises DiscountNotFoundError."""
    found = book.find(code) if CODE.fullmatch(code) else None
    if found is None:
        raise DiscountNotFoundError(code)
    return found


def disable_discount(code: str, book: DiscountBook) -> Discount:
    """End a code for good, also for checkouts that show it already; raises DiscountNotFoundError."""
    if not CODE.fullmatch(code) or not book.disable(code):
        raise DiscountNotFoundError(code)
    return get_discount(code, book)


def _findings(discount: Discount) -> list[Detail]:
    percent, amount = discount.kind is DiscountKind.PERCENT, discount.kind is DiscountKind.AMOUNT
    limits = {"limit": discount.limit, "limitPerClient": discount.limit_per_client}
    checks = [
        ("code", bool(CODE.fullmatch(discount.code)), "must be 2 to 40 of A-Z, 0-9, '-' and '_'"),
        ("name", 0 < len(discount.name.strip()) <= _LONGEST_NAME, f"must have 1 to {_LONGEST_NAME} characters"),
        ("currency", bool(_CURRENCY.fullmatch(discount.currency)), "must be an ISO 4217 code such as EUR"),
        ("percent", not percent or 1 <= discount.basis_points <= WHOLE, "must be 0.01 to 100"),
        ("amount", not amount or 1 <= discount.amount <= MAX_TOTAL, f"must be 1 to {MAX_TOTAL} minor units"),
        ("minimum", 0 <= discount.minimum <= MAX_TOTAL, f"must be 0 to {MAX_TOTAL} minor units"),
        ("endsAt", discount.ends_at is None or discount.ends_at > discount.starts_at, "must be after the start"),
        *((name, limit is None or limit >= 1, "must be at least 1") for name, limit in limits.items()),
    ]
    return [Detail(field=field, issue=issue) for field, holds, issue in checks if not holds]
