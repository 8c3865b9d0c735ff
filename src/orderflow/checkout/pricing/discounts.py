"""Discount codes: which of them count for a checkout, and what each takes off which line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from orderflow.checkout.pricing.shares import Rounding, divided, shared
from orderflow.runtime.clock import iso
from orderflow.runtime.money import display

MAX_CODES = 10  # looked at in one checkout; guessing takes more requests, and those are limited
WHOLE = 10_000  # basis points


class DiscountKind(StrEnum):
    """What a code takes off."""

    PERCENT = "percent"
    AMOUNT = "amount"
    SHIPPING = "shipping"


class Rejection(StrEnum):
    """Why a code does not count: the protocol's DiscountErrorCode, as far as this shop knows reasons."""

    EXPIRED = "discount_code_expired"
    INVALID = "discount_code_invalid"
    ALREADY_APPLIED = "discount_code_already_applied"
    COMBINATION = "discount_code_combination_disallowed"
    MINIMUM = "discount_code_minimum_not_met"
    LIMIT = "discount_code_usage_limit_reached"


@dataclass(frozen=True)
class Discount:
    """A code with its terms and how often it was used; `code` in capitals, amounts in minor units of `currency`.

    It counts from `starts_at` and before `ends_at`, for goods worth `minimum` or more. `basis_points` are a percent
    code's, `amount` an amount's; one that sends for free has neither.
    """

    code: str
    name: str
    kind: DiscountKind
    currency: str
    starts_at: datetime
    basis_points: int = 0
    amount: int = 0
    ends_at: datetime | None = None
    minimum: int = 0
    limit: int | None = None
    limit_per_client: int | None = None
    is_combinable: bool = False
    is_enabled: bool = True
    used: int = 0
    used_by_client: int = 0


@dataclass(frozen=True)
class RejectedCode:
    """A code as it was sent, where in the list, and why it does not count."""

    position: int
    code: str
    reason: Rejection
    message: str


@dataclass(frozen=True)
class AppliedDiscount:
    """What a discount takes off the lines, by their ids, and off the shipping."""

    discount: Discount
    by_line: Mapping[str, int] = field(default_factory=dict)
    off_shipping: int = 0

    @property
    def amount(self) -> int:
        return sum(self.by_line.values()) + self.off_shipping


def normal(code: str) -> str:
    """Return the form in which codes are kept and compared: letter case does not count."""
    return code.strip().upper()


def judged(
    codes: Sequence[str], known: Mapping[str, Discount], goods: int, currency: str, now: datetime
) -> tuple[list[Discount], list[RejectedCode]]:
    """Return the codes that count, in the order in which they are taken off, and those that do not.

    Of codes that cannot be combined the one that was sent first counts.
    """
    counting: list[Discount] = []
    rejected = []
    for position, code in enumerate(codes):
        if refused := _refusal(position, normal(code), known, counting, goods, currency, now):
            rejected.append(RejectedCode(position, code, refused[0], f"{_echo(code)} {refused[1]}"))
        else:
            counting.append(known[normal(code)])
    kinds = tuple(DiscountKind)
    return sorted(counting, key=lambda discount: (kinds.index(discount.kind), discount.code)), rejected


def taken_off(counting: Iterable[Discount], goods: Mapping[str, int]) -> list[AppliedDiscount]:
    """Return what each takes off the goods, by line: from what the ones before have left, and never more than that."""
    left = dict(goods)
    applied = []
    for discount in counting:
        rest = sum(left.values())
        match discount.kind:
            case DiscountKind.PERCENT:
                amount = divided(rest * discount.basis_points, WHOLE, Rounding.HALF_UP)
            case DiscountKind.AMOUNT:
                amount = min(discount.amount, rest)
            case DiscountKind.SHIPPING:
                amount = 0
        by_line = shared(amount, left)
        left = {line: value - by_line[line] for line, value in left.items()}
        applied.append(AppliedDiscount(discount, {line: part for line, part in by_line.items() if part}))
    return applied


def off_shipping(applied: Iterable[AppliedDiscount], shipping: int) -> list[AppliedDiscount]:
    """Return the same with shipping taken off once, by the first code that sends for free."""
    done = []
    for each in applied:
        free = shipping if each.discount.kind is DiscountKind.SHIPPING else 0
        shipping -= free
        done.append(AppliedDiscount(each.discount, each.by_line, free))
    return done


def _refusal(
    position: int,
    code: str,
    known: Mapping[str, Discount],
    counting: Sequence[Discount],
    goods: int,
    currency: str,
    now: datetime,
) -> tuple[Rejection, str] | None:
    discount = known.get(code)
    if position >= MAX_CODES:
        return Rejection.COMBINATION, f"is more than the {MAX_CODES} codes that one checkout takes."
    if discount is None or not discount.is_enabled or discount.currency != currency:
        return Rejection.INVALID, "is not a discount code of this shop."
    if now < discount.starts_at:
        return Rejection.INVALID, f"cannot be used before {iso(discount.starts_at)}."
    if discount.ends_at is not None and now >= discount.ends_at:
        return Rejection.EXPIRED, f"expired on {iso(discount.ends_at)}."
    if discount.limit is not None and discount.used >= discount.limit:
        return Rejection.LIMIT, "was used as often as it may be."
    if discount.limit_per_client is not None and discount.used_by_client >= discount.limit_per_client:
        return Rejection.LIMIT, "was used by you as often as one client may."
    if goods < discount.minimum:
        return Rejection.MINIMUM, f"needs goods worth {display(discount.minimum, currency)} or more."
    if any(code == other.code for other in counting):
        return Rejection.ALREADY_APPLIED, "is taken off once already."
    if counting and not all(each.is_combinable for each in (discount, *counting)):
        return Rejection.COMBINATION, "cannot be combined with the codes before it."
    return None


def _echo(code: str) -> str:
    return f"The code {code[:64]}"
