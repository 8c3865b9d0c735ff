"""`checkout`: whether sessions are what their events made of them, where their orders are, and forgetting buyers."""

from typing import Any

import click

from orderflow.checkout.behind import A_NOTICE_TAKES, Behind, behind
from orderflow.checkout.verifying import verified
from orderflow.operations.journal import recorded
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import changing, changing_unless, confirmed, json_option, operation

_COLUMNS = ("sessionId", "versions", "fault")
_BEHIND = ("sessionId", "orderId", "status")


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


@checkout.command("erase")
@click.option("--session", "session_id", help="The session, as its agent knows it.")
@click.option("--order", "order_id", help="Or an order that was placed for it, as its buyer knows it.")
@click.option(
    "--verify",
    is_flag=True,
    is_eager=True,
    help="Only look for what still tells of the buyer, and change nothing; exit code 1 when something does.",
)
@changing_unless("verify")
@with_desk
def erase(
    desk: Desk,
    session_id: str | None,
    order_id: str | None,
    verify: bool,
    reason: str,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Forget whom an agent bought for: what the session, its orders and its webhooks tell of them goes.

    A day after the session's last event, and once its orders are finished; exit code 1 says that something is still on
    its way: repeat when it arrived.
    """
    eraser, session = desk.buyer_eraser, _one_session(desk, session_id, order_id)
    found = eraser.look(session)
    if verify:
        show.facts(found.as_json(), as_json=as_json)
        raise SystemExit(0 if found.is_nothing else 1)
    eraser.require_erasable(session)
    if dry_run or found.is_nothing:
        show.say("would be forgotten:" if dry_run else f"Nothing to forget: session {session} tells of nobody.")
        show.facts(found.as_json(), as_json=as_json)
        return
    if found.orders_needed:
        show.facts(found.as_json(), as_json=as_json)
        show.say("Its orders are not finished, and nothing was changed: say it again when they are.")
        raise SystemExit(1)
    confirmed(f"Forget the buyer of session {session} for good?", yes=yes)
    made = operation(desk, f"session {session}", reason)
    with recorded(made, found.as_json(), journal=desk.journal, clock=desk.clock) as outcome:
        left = eraser.erase(session, desk.author(made))
        outcome.after = left.as_json()
    show.facts(outcome.after, as_json=as_json)
    if not left.is_nothing:
        show.say("Something is still on its way, or moved meanwhile: say it again when it arrived.")
        raise SystemExit(1)


def _one_session(desk: Desk, session_id: str | None, order_id: str | None) -> str:
    if (session_id is None) == (order_id is None):
        raise click.UsageError("Say which: --session or --order, one of them.")
    if session_id is not None:
        return session_id
    return desk.buyer_eraser.session_of(desk.orders.find(str(order_id)), str(order_id))


@checkout.command("follow")
@click.option("--session", "session_id", help="One session only; all of them when left out.")
@changing
@with_desk
def follow(desk: Desk, session_id: str | None, reason: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Let sessions go on that still wait although their orders ended a quarter of an hour ago: a notice was lost.

    It reads the whole table (Scan) unless a session is named, and runs the function that follows orders. A session that
    follows its order already stays as it is.
    """
    found = list(
        behind(
            [session_id] if session_id else desk.sessions.session_ids(),
            desk.sessions.find,
            desk.orders.find,
            desk.clock() - A_NOTICE_TAKES,
        )
    )
    if not dry_run and found:
        confirmed(f"Let {len(found)} session(s) follow their orders?", yes=yes)
        for each in found:
            _follow(desk, each, reason)
    show.rows(list(map(_line, found)), _BEHIND, as_json=as_json, nothing="No session is behind its order.")
    show.say(f"{len(found)} session(s) {'would follow' if dry_run else 'followed'} their orders")


def _follow(desk: Desk, each: Behind, reason: str) -> None:
    made = operation(desk, f"session {each.session_id}", reason)
    with recorded(made, _line(each), journal=desk.journal, clock=desk.clock) as outcome:
        desk.steps.follow(each.order_id, each.user_id, made.operation_id)
        session = desk.sessions.find(each.session_id)
        outcome.after = {"status": session.status.value if session else None}


def _line(each: Behind) -> dict[str, Any]:
    return {"sessionId": each.session_id, "orderId": each.order_id, "status": each.status.value}
