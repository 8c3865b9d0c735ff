"""`doctor`: whether the shop's invariants hold."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

import click

from orderflow.runtime.audit import Finding
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import json_option

_SHOWN = 1000


@click.command()
@click.option(
    "--open-minutes",
    type=click.IntRange(1, 10_080),
    default=15,
    show_default=True,
    help="An order may be on its way for so long.",
)
@json_option
@with_desk
def doctor(desk: Desk, open_minutes: int, as_json: bool) -> None:
    """Check every invariant over the real tables and name what breaks it. Exit code 1 when something is broken.

    It reads whole tables (Scan), strongly consistent and page by page: run it when asked, not every minute.
    """
    physician = desk.doctor(timedelta(minutes=open_minutes))
    # More than this nobody reads; the first ones tell the cause.
    found = list(islice(_told_once(physician.examine()), _SHOWN))
    broken = [finding for finding in found if finding.certain]
    lines = [
        {
            "rule": finding.rule,
            "subject": finding.subject,
            "verdict": "broken" if finding.certain else "unclear",
            "message": finding.message,
        }
        for finding in found
    ]
    columns = ("rule", "subject", "verdict", "message")
    show.rows(lines, columns, as_json=as_json, nothing="Every invariant holds.")
    read = ", ".join(f"{number:,} {kind}" for kind, number in sorted(physician.examined.items())) or "nothing"
    more = f" (the first {_SHOWN} findings; there may be more)" if len(found) == _SHOWN else ""
    show.say(f"{len(broken)} broken, {len(found) - len(broken)} unclear{more}; examined {read}")
    if broken:
        raise SystemExit(1)


def _told_once(findings: Iterator[Finding]) -> Iterator[Finding]:
    seen: set[Finding] = set()
    for finding in findings:
        if finding not in seen:
            seen.add(finding)
            yield finding
