"""`sweep`: what the sweeper does every five minutes, at once and with its findings shown."""

from typing import Any

import click

from orderflow.operations.journal import recorded
from orderflow.orders.execution_names import MAX_REPAIRS
from orderflow.orders.sweeping import MAX_ORDERS, REPAIRS, Finding, Look, Sweeper
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import changing, confirmed, operation

_COLUMNS = ("orderId", "status", "finding", "execution")


@click.command()
@click.option(
    "--limit", type=click.IntRange(1, MAX_ORDERS), default=MAX_ORDERS, show_default=True, help="So many orders at most."
)
@changing
@with_desk
def sweep(desk: Desk, limit: int, reason: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Make orders that stopped moving go on: those that are due for a look, the longest due first.

    NOT_PICKED_UP is queued again, ABANDONED gets a fresh execution, ENDED leaves the index; the others stay as they
    are. For one order that is not due yet: `executions retry`.
    """
    sweeper = desk.sweeper(MAX_REPAIRS)
    found = [(order_id, sweeper.look(order_id)) for order_id in sweeper.due(limit)]
    # Beyond repair, another look changes nothing but when the next one is.
    stopped = [
        order_id for order_id, look in found if look.finding in REPAIRS and look.finding is not Finding.BEYOND_REPAIR
    ]
    if not dry_run and stopped:
        confirmed(f"Make {len(stopped)} order(s) go on?", yes=yes)
        for order_id, look in found:
            if order_id in stopped:
                _sweep(desk, sweeper, order_id, look, reason)
    show.rows([_line(*each) for each in found], _COLUMNS, as_json=as_json, nothing="No order is due for a look.")
    show.say(f"{len(stopped)} of {len(found)} {'would be' if dry_run else 'were'} made to go on")


def _sweep(desk: Desk, sweeper: Sweeper, order_id: str, look: Look, reason: str) -> None:
    made = operation(desk, f"order {order_id}", reason)
    with recorded(made, _line(order_id, look), journal=desk.journal, clock=desk.clock) as outcome:
        outcome.after = {"finding": sweeper.sweep(order_id).value}


def _line(order_id: str, look: Look) -> dict[str, Any]:
    status = look.order.status.value if look.order else None
    return {"orderId": order_id, "status": status, "finding": look.finding.value, "execution": look.fresh}
