"""`executions`: order workflows that ended badly."""

import re
from datetime import timedelta
from itertools import islice
from typing import Any

import click

from orderflow.runtime.clock import iso
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import json_option

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
    """Executions of the order workflow."""


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
        for execution in islice(desk.executions.failed(desk.clock() - since), limit)
    ]
    columns = ("orderId", "status", "error", "cause", "started", "stopped")
    show.rows(found, columns, as_json=as_json, nothing="No execution ended badly.")
