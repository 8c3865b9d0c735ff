"""`checkout`: whether sessions are what their events made of them."""

import click

from orderflow.checkout.verifying import verified
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import json_option

_COLUMNS = ("sessionId", "versions", "fault")


@click.group()
def checkout() -> None:
    """Checkout sessions of shopping agents, each kept as its events."""


@checkout.command("rebuild")
@click.option("--verify", is_flag=True, help="Compare with what is kept; nobody can write anything else.")
@click.option("--session", "session_id", help="One session only; all of them when left out.")
@json_option
@with_desk
def rebuild(desk: Desk, verify: bool, session_id: str | None, as_json: bool) -> None:
    """Make every session again from its events, and compare each version with the state that is kept with it.

    It reads the whole table (Scan), strongly consistent and page by page: run it when asked, not every minute. Exit
    code 1 when a session differs. The table is append-only, so nothing is ever put right there.
    """
    if not verify:
        raise click.UsageError("The table of sessions is append-only: rebuild can only --verify.")
    audit, broken, sessions, versions = desk.sessions, [], 0, 0
    for each in [session_id] if session_id else audit.session_ids():
        verdict = verified(each, audit)
        sessions, versions = sessions + 1, versions + verdict.versions
        if verdict.fault:
            broken.append({"sessionId": each, "versions": verdict.versions, "fault": verdict.fault})
    show.rows(broken, _COLUMNS, as_json=as_json, nothing="Every session is what its events made of it.")
    show.say(f"{len(broken)} broken; {sessions:,} sessions with {versions:,} versions replayed")
    if broken:
        raise SystemExit(1)
