"""`analytics`: whether the counters behind GET /analytics are what orders and ratings add up to."""

from datetime import date, datetime
from typing import Any

import click

from orderflow.analytics.period import Period
from orderflow.operations.journal import recorded
from orderflow.operations.recounting import SETTLE_SECONDS, Difference, Recount
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import changing_unless, confirmed, operation

_COLUMNS = ("book", "line", "figure", "expected", "counted", "verdict")
_SHOWN = 1000
_day = click.DateTime(["%Y-%m-%d"])


@click.group()
def analytics() -> None:
    """Figures by day, counted from what orders and ratings become."""


@analytics.command("rebuild")
@click.option(
    "--verify",
    is_flag=True,
    is_eager=True,
    help="Only compare, and change nothing; exit code 1 when something differs.",
)
@click.option(
    "--from",
    "first",
    type=_day,
    help="Orders placed and ratings given on this day or later; the first there is when left out.",
)
@click.option(
    "--to", "last", type=_day, help="Orders placed and ratings given on this day or earlier; today when left out."
)
@click.option(
    "--wait",
    type=click.IntRange(0, 600),
    default=SETTLE_SECONDS,
    show_default=True,
    help="Seconds between two looks at what differs: it may be on its way.",
)
@changing_unless("verify")
@with_desk
def rebuild(
    desk: Desk,
    verify: bool,
    first: datetime | None,
    last: datetime | None,
    wait: int,
    reason: str,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Count all orders and ratings again and put the counters right, as they go on; with --verify, prove them right.

    It reads whole tables (Scan), strongly consistent and page by page: run it when asked, not every minute.
    """
    recount = desk.recount(_period(first, last, desk.clock().date()), wait)
    found = recount.verify()
    if verify or dry_run:
        _report(found, recount, as_json=as_json)
        if verify and (recount.unreadable or any(each.certain for each in found)):
            raise SystemExit(1)
        return
    confirmed(f"Count all orders and ratings again and correct {len(found)} figure(s)?", yes=yes)
    made = operation(desk, "analytics", reason)
    with recorded(made, _facts(found), journal=desk.journal, clock=desk.clock) as outcome:
        done = recount.rebuild()
        left = recount.verify()
        outcome.after = {
            **_facts(left),
            "rowsCorrected": done.corrected,
            "rowsBusy": done.busy,
            "uncounted": done.uncounted,
        }
    show.say(f"{done.corrected} rows corrected, {done.busy} too busy, {done.uncounted} orders or ratings not counted")
    _report(left, recount, as_json=as_json)
    if recount.unreadable or done.busy or done.uncounted or any(each.certain for each in left):
        raise SystemExit(1)


def _period(first: datetime | None, last: datetime | None, today: date) -> Period | None:
    if first is None and last is None:
        return None
    begin, end = first.date() if first else date.min, last.date() if last else today
    if begin > end:
        raise click.UsageError(f"--from {begin} is after --to {end}.")
    return Period(begin, end)


def _facts(found: list[Difference]) -> dict[str, Any]:
    return {"differences": len(found), "first": [_line(each) for each in found[:10]]}


def _report(found: list[Difference], recount: Recount, *, as_json: bool) -> None:
    lines = [_line(each) for each in found[:_SHOWN]]
    show.rows(lines, _COLUMNS, as_json=as_json, nothing="Every counter is what orders and ratings add up to.")
    for finding in recount.unreadable:
        show.say(f"{finding.subject}: {finding.message}")
    sure = sum(each.certain for each in found)
    seen = f"{recount.examined:,} orders and {recount.rated:,} ratings examined"
    show.say(f"{sure} broken, {len(found) - sure} unclear; {seen}")


def _line(difference: Difference) -> dict[str, Any]:
    return {
        "book": difference.row.book,
        "line": difference.row.line,
        "figure": difference.figure,
        "expected": difference.expected,
        "counted": difference.actual,
        "verdict": "broken" if difference.certain else "unclear",
    }
