"""`executions`: order workflows that ended badly, and starting them again."""

import heapq
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import click

from orderflow.operations.journal import recorded
from orderflow.orders.executions import Execution
from orderflow.orders.order import Order
from orderflow.orders.reading import get_order
from orderflow.orders.retrying import CHANGES, Remedy, Retry
from orderflow.runtime.clock import iso
from tools.ops import show
from tools.ops.desk import OPERATOR, Desk, with_desk
from tools.ops.writing import changing, confirmed, json_option, operation

_TOLD = {
    Remedy.QUEUE: "queued again: no execution ever took it",
    Remedy.REPLACE: "a fresh execution takes it over",
    Remedy.CANCEL_AGAIN: "its cancellation is carried out again: what is missing, once",
    Remedy.WAIT: "an execution works on it",
    Remedy.NOTHING: "no execution has work left; if it still holds money or units, `doctor` says so, and `payments "
    "refund` and `stock release` give them back",
    Remedy.BEYOND_REPAIR: "too many executions failed: finish it by hand",
}
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Age(click.ParamType):
    """How far back: 30m, 2h, 7d."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        told = re.fullmatch(r"([1-9][0-9]{0,3})([mhd])", str(value))
        if not told:
            self.fail(f"'{value}' is no age: say 30m, 2h or 7d.", param, ctx)
        return timedelta(**{_UNITS[told[2]]: int(told[1])})


@click.group()
def executions() -> None:
    """Executions of the order's workflows."""


@executions.command("failed")
@click.option(
    "--since", type=Age(), default="24h", show_default=True, help="Started at most this long ago: 30m, 2h, 7d."
)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@json_option
@with_desk
def failed(desk: Desk, since: timedelta, limit: int, as_json: bool) -> None:
    """Executions that FAILED, TIMED_OUT or were ABORTED, newest first, with error and cause.

    Rejected orders and declined payments end here too, under their own names; only technical ones need a person.
    """
    found = [
        {
            "orderId": execution.order_id,
            "execution": execution.name,
            "status": execution.status,
            "error": execution.error,
            "cause": execution.cause,
            "started": iso(execution.started),
            "stopped": iso(execution.stopped) if execution.stopped else None,
        }
        for execution in islice(_ended_badly(desk, desk.clock() - since), limit)
    ]
    columns = ("execution", "status", "error", "cause", "started", "stopped")
    show.rows(found, columns, as_json=as_json, nothing="No execution ended badly.")


def _ended_badly(desk: Desk, since: datetime) -> Iterator[Execution]:
    machines = (desk.executions, desk.cancellations)
    return heapq.merge(*(each.failed(since) for each in machines), key=lambda each: each.started, reverse=True)


@executions.command("retry")
@click.argument("order_id")
@changing
@with_desk
def retry(desk: Desk, order_id: str, reason: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Start again what failed technically: the workflow of an order that is open, or its cancellation.

    It does what the sweeper does, at once. Repeating it while that runs, or after it ended well, changes nothing.
    """
    order = get_order(order_id, OPERATOR, desk.orders)
    retrier = desk.retrier()
    wanted = retrier.look(order_id)
    if wanted.remedy not in CHANGES:
        _report(order, wanted, as_json=as_json)
        if wanted.remedy is Remedy.BEYOND_REPAIR:
            raise click.ClickException(f"Order {order_id}: {_TOLD[wanted.remedy]}.")
        return
    if dry_run:
        show.say("would be done:")
        _report(order, wanted, as_json=as_json)
        return
    confirmed(f"Order {order_id}, {order.status}: {_TOLD[wanted.remedy]}?", yes=yes)
    made = operation(desk, f"order {order_id}", reason)
    with recorded(made, {"status": order.status.value}, journal=desk.journal, clock=desk.clock) as outcome:
        done = retrier.retry(order_id)
        outcome.after = {"remedy": done.remedy.value, "execution": done.execution}
    _report(order, done, as_json=as_json)


def _report(order: Order, retry: Retry, *, as_json: bool) -> None:
    told = {"remedy": retry.remedy.value, "execution": retry.execution, "what": _TOLD[retry.remedy]}
    show.facts({"orderId": order.order_id, "status": order.status.value, **told}, as_json=as_json)
