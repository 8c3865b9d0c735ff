"""`stock`: units of a product."""

from typing import Any

import click

from orderflow.catalog.errors import InsufficientStockError, ProductNotFoundError
from orderflow.catalog.stock import Reservation, ReservationStatus, Stock
from orderflow.catalog.stock_keeping import Adjustment, adjust_stock
from orderflow.catalog.stock_store import AlreadyRecordedError, adjusted
from orderflow.operations.giving_back import require_owing
from orderflow.operations.journal import OperationExistsError, recorded
from orderflow.runtime.caller import ADMIN_GROUP, Caller
from tools.ops import show
from tools.ops.desk import Desk, stock_facts, with_desk
from tools.ops.writing import changing, confirmed, json_option, operation, operation_id


@click.group()
def stock() -> None:
    """Stock of products."""


@stock.command("show")
@click.argument("product_id")
@json_option
@with_desk
def show_(desk: Desk, product_id: str, as_json: bool) -> None:
    """Units of a product: available to sell, reserved by orders, sold."""
    show.facts({"productId": product_id, **stock_facts(_current(desk, product_id))}, as_json=as_json)


@stock.command("adjust")
@click.argument("product_id")
@click.option("--change", type=click.IntRange(-1_000_000, 1_000_000), help="Units more (5) or fewer (-5).")
@click.option("--set", "exact", type=click.IntRange(0, 1_000_000), help="Units counted.")
@click.option("--operation", "given_id", callback=operation_id, help="Id of an earlier run, to repeat it safely.")
@changing
@with_desk
def adjust(
    desk: Desk,
    product_id: str,
    change: int | None,
    exact: int | None,
    given_id: str | None,
    reason: str,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Correct the available units; the correction and its journal entry are written together or not at all."""
    if (change is None) == (exact is None):
        raise click.UsageError("Say either --change (units more or fewer) or --set (units counted).")
    before = _current(desk, product_id)
    planned = adjusted(before, Adjustment(reason, "operator", desk.clock(), change, exact))
    if planned.available < 0:
        raise InsufficientStockError(product_id, before.available, change or 0)
    if dry_run:
        show.say("would change:")
        _report(product_id, before, planned, as_json=as_json)
        return
    confirmed(f"{product_id}: {before.available} available, change to {planned.available}?", yes=yes)
    made = operation(desk, f"product {product_id}", reason, given_id)
    caller = Caller(made.by, frozenset({ADMIN_GROUP}))
    try:
        after = adjust_stock(
            caller,
            product_id,
            change=change,
            exact=exact,
            reason=reason,
            book=desk.stock_book(made),
            clock=desk.clock,
        )
    except AlreadyRecordedError:
        raise OperationExistsError(made.operation_id) from None
    _report(product_id, before, after, as_json=as_json)


@stock.command("release")
@click.argument("order_id")
@changing
@with_desk
def release(desk: Desk, order_id: str, reason: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Make available again what an order still reserves that ended without a sale; once per order."""
    held = desk.stock.reservations_of([order_id]).get(order_id)
    require_owing(desk.orders.find(order_id))
    before = _reserved(held)
    if held is None or held.status is not ReservationStatus.RESERVED:
        show.say(f"Nothing to release: order {order_id} holds no units.")
        show.facts({"orderId": order_id, "before": before, "after": before}, as_json=as_json)
        return
    if dry_run:
        show.say("would be released:")
        show.facts({"orderId": order_id, "before": before}, as_json=as_json)
        return
    confirmed(f"Release what order {order_id} reserves?", yes=yes)
    made = operation(desk, f"order {order_id}", reason)
    with recorded(made, before, journal=desk.journal, clock=desk.clock) as outcome:
        desk.steps.run("release_stock", order_id, made.operation_id)
        outcome.after = _reserved(desk.stock.reservations_of([order_id]).get(order_id))
    show.facts({"orderId": order_id, "before": before, "after": outcome.after}, as_json=as_json)


def _reserved(held: Reservation | None) -> dict[str, Any]:
    lines = {line.product_id: line.quantity for line in held.lines} if held else {}
    return {"status": held.status.value if held else None, "lines": lines}


def _current(desk: Desk, product_id: str) -> Stock:
    found = desk.stock.stock(product_id)
    if found is None:
        raise ProductNotFoundError(product_id)
    return found


def _report(product_id: str, before: Stock, after: Stock, *, as_json: bool) -> None:
    show.facts({"productId": product_id, "before": stock_facts(before), "after": stock_facts(after)}, as_json=as_json)
