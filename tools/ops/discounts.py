"""`discounts`: codes that customers enter in a checkout."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from orderflow.checkout.pricing.discount_keeping import create_discount, disable_discount, get_discount
from orderflow.checkout.pricing.discounts import WHOLE, Discount, DiscountKind, normal
from orderflow.operations.journal import recorded
from orderflow.runtime.clock import iso
from orderflow.runtime.money import display
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import changing, confirmed, json_option, operation

_COLUMNS = ("code", "takesOff", "startsAt", "endsAt", "minimum", "used", "limit", "limitPerClient", "status")
_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"])
_AMOUNT = click.IntRange(min=0)


@click.group()
def discounts() -> None:
    """Discount codes. Their terms are never changed: disable one and make another."""


@discounts.command("list")
@click.option("--limit", type=click.IntRange(1, 100), default=100, show_default=True, help="At most so many.")
@json_option
@with_desk
def list_(desk: Desk, limit: int, as_json: bool) -> None:
    """Codes in alphabetical order, also disabled and expired ones, with how often they were used."""
    rows = [_facts(desk, each) for each in desk.discounts.listed(limit)]
    show.rows(rows, _COLUMNS, as_json=as_json, nothing="There are no discount codes.")


@discounts.command("create")
@click.argument("code")
@click.option("--name", required=True, help="What customers read, such as 'A tenth off'.")
@click.option("--percent", callback=lambda *given: _basis_points(given[2]), help="Per cent off the goods: 10 or 12.5.")
@click.option("--amount", type=_AMOUNT, help="Minor units off the goods.")
@click.option("--free-shipping", is_flag=True, help="Takes off what shipping costs.")
@click.option("--currency", required=True, help="The shop's, such as EUR.")
@click.option("--starts", type=_MOMENT, help="A day or moment in UTC; now when left out.")
@click.option("--ends", type=_MOMENT, help="A day or moment in UTC; never when left out.")
@click.option("--minimum", type=_AMOUNT, default=0, help="Minor units of goods it needs.")
@click.option("--limit", type=click.IntRange(min=1), help="How often it may be used altogether.")
@click.option("--limit-per-client", type=click.IntRange(min=1), help="How often by one client.")
@click.option("--combinable", is_flag=True, help="Counts beside other combinable codes.")
@changing
@with_desk
def create(
    desk: Desk,
    code: str,
    name: str,
    percent: int | None,
    amount: int | None,
    free_shipping: bool,
    currency: str,
    starts: datetime | None,
    ends: datetime | None,
    minimum: int,
    limit: int | None,
    limit_per_client: int | None,
    combinable: bool,
    reason: str,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Make a code that customers may enter."""
    planned = Discount(
        code=normal(code),
        name=name,
        kind=_kind(percent, amount, free_shipping=free_shipping),
        currency=currency,
        starts_at=starts.replace(tzinfo=UTC) if starts else desk.clock(),
        basis_points=percent or 0,
        amount=amount or 0,
        ends_at=ends.replace(tzinfo=UTC) if ends else None,
        minimum=minimum,
        limit=limit,
        limit_per_client=limit_per_client,
        is_combinable=combinable,
    )
    if dry_run:
        show.say("would be made:")
        show.facts(_facts(desk, planned), as_json=as_json)
        return
    confirmed(f"Make {planned.code}, which takes off {_takes_off(planned)}?", yes=yes)
    made = operation(desk, f"discount {planned.code}", reason)
    with recorded(made, {}, journal=desk.journal, clock=desk.clock) as outcome:
        outcome.after = _facts(desk, create_discount(planned, desk.discounts))
    show.facts(outcome.after, as_json=as_json)


@discounts.command("disable")
@click.argument("code")
@changing
@with_desk
def disable(desk: Desk, code: str, reason: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """End a code for good, also for checkouts that show it already."""
    wanted = normal(code)
    before = _facts(desk, get_discount(wanted, desk.discounts))
    if before["status"] == "DISABLED":
        show.say(f"Nothing to disable: {wanted} is disabled.")
        show.facts(before, as_json=as_json)
        return
    if dry_run:
        show.say("would be disabled:")
        show.facts(before, as_json=as_json)
        return
    confirmed(f"Disable {wanted}, used {before['used']} times?", yes=yes)
    made = operation(desk, f"discount {wanted}", reason)
    with recorded(made, before, journal=desk.journal, clock=desk.clock) as outcome:
        outcome.after = _facts(desk, disable_discount(wanted, desk.discounts))
    show.facts(outcome.after, as_json=as_json)


def _basis_points(percent: str | None) -> int | None:
    if percent is None:
        return None
    try:
        points = Decimal(percent) * (WHOLE // 100)
    except InvalidOperation:
        points = Decimal("0.5")
    if not points.is_finite() or points != points.to_integral_value():
        raise click.BadParameter("per cent with two decimals at most, such as 10 or 12.5.")
    return int(points)


def _kind(percent: int | None, amount: int | None, *, free_shipping: bool) -> DiscountKind:
    kinds = {
        DiscountKind.PERCENT: percent is not None,
        DiscountKind.AMOUNT: amount is not None,
        DiscountKind.SHIPPING: free_shipping,
    }
    chosen = [kind for kind, is_meant in kinds.items() if is_meant]
    if len(chosen) != 1:
        raise click.UsageError("Say one of --percent, --amount and --free-shipping.")
    return chosen[0]


def _takes_off(discount: Discount) -> str:
    match discount.kind:
        case DiscountKind.PERCENT:
            return f"{Decimal(discount.basis_points) / 100} %"
        case DiscountKind.AMOUNT:
            return display(discount.amount, discount.currency)
        case DiscountKind.SHIPPING:
            return "shipping"


def _facts(desk: Desk, discount: Discount) -> dict[str, Any]:
    return {
        "code": discount.code,
        "name": discount.name,
        "takesOff": _takes_off(discount),
        "startsAt": iso(discount.starts_at),
        "endsAt": iso(discount.ends_at) if discount.ends_at else None,
        "minimum": display(discount.minimum, discount.currency) if discount.minimum else None,
        "combinable": discount.is_combinable,
        "used": discount.used,
        "limit": discount.limit,
        "limitPerClient": discount.limit_per_client,
        "status": _status(discount, desk.clock()),
    }


def _status(discount: Discount, now: datetime) -> str:
    if not discount.is_enabled:
        return "DISABLED"
    if now < discount.starts_at:
        return "NOT YET"
    return "EXPIRED" if discount.ends_at and now >= discount.ends_at else "ACTIVE"
