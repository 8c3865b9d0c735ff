"""`operations`: what people changed with this command line."""

from datetime import datetime

import click

from orderflow.operations.journal import Entry
from orderflow.runtime.clock import iso
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import json_option

_COLUMNS = ("operationId", "phase", "at", "by", "command", "subject", "reason", "before", "after")


@click.group()
def operations() -> None:
    """The journal of changes."""


@operations.command("list")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="A day in UTC; today when left out.")
@json_option
@with_desk
def list_(desk: Desk, day: datetime | None, as_json: bool) -> None:
    """Who changed what, why, before and after. BEGUN without DONE: the command broke off in between."""
    wanted = (day or desk.clock()).date()
    found = [_line(entry) for entry in desk.journal.of_day(wanted)]
    show.rows(found, _COLUMNS, as_json=as_json, nothing=f"Nothing was changed on {wanted}.")


def _line(entry: Entry) -> dict[str, object]:
    operation = entry.operation
    return {
        "operationId": operation.operation_id,
        "phase": entry.phase.value,
        "at": iso(entry.at),
        "by": operation.by,
        "command": operation.command,
        "subject": operation.subject,
        "reason": operation.reason,
        "before": entry.before,
        "after": entry.after,
    }
