"""`search`: whether products are found by what they are called."""

from typing import Any

import click

from orderflow.catalog.search_audit import Misfit, WordCheck
from orderflow.operations.journal import recorded
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import changing_unless, confirmed, operation

_COLUMNS = ("product", "verdict", "missing", "leftOver")
_SHOWN = 1000


@click.group()
def search() -> None:
    """The index of words behind the search of GET /products."""


@search.command("rebuild")
@click.option(
    "--verify",
    is_flag=True,
    is_eager=True,
    help="Only compare, and change nothing; exit code 1 when something differs.",
)
@changing_unless("verify")
@with_desk
def rebuild(desk: Desk, verify: bool, reason: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Compare the index with all products and put it right, while they change; with --verify, prove that it is right.

    It reads whole tables (Scan), strongly consistent and page by page: run it when asked, not every minute.
    """
    check = WordCheck(desk.words)
    found = check.misfits()
    if verify or dry_run or not found:
        _report(found, check, as_json=as_json)
        _fail_unless_right(found, check, only=verify)
        return
    confirmed(f"Correct the words of {len(found)} product(s)?", yes=yes)
    made = operation(desk, "search", reason)
    with recorded(made, _facts(found), journal=desk.journal, clock=desk.clock) as outcome:
        corrected, busy = check.rebuild(found)
        left = check.misfits()
        outcome.after = {**_facts(left), "corrected": corrected, "busy": busy}
    show.say(f"{corrected} product(s) corrected, {busy} changed meanwhile")
    _report(left, check, as_json=as_json)
    _fail_unless_right(left, check, only=True)


def _fail_unless_right(found: list[Misfit], check: WordCheck, *, only: bool) -> None:
    if only and (check.unreadable or any(each.certain for each in found)):
        raise SystemExit(1)


def _facts(found: list[Misfit]) -> dict[str, Any]:
    return {"products": len(found), "first": [each.product_id for each in found[:10]]}


def _report(found: list[Misfit], check: WordCheck, *, as_json: bool) -> None:
    lines = [
        {
            "product": each.product_id,
            "verdict": "broken" if each.certain else "unclear",
            "missing": ", ".join(each.missing),
            "leftOver": ", ".join(each.left_over),
        }
        for each in found[:_SHOWN]
    ]
    show.rows(lines, _COLUMNS, as_json=as_json, nothing="Every product is found by its words, and by nothing else.")
    for finding in check.unreadable:
        show.say(f"{finding.subject}: {finding.message}")
    sure = sum(each.certain for each in found)
    show.say(f"{sure} broken, {len(found) - sure} unclear; {check.examined:,} products examined")
