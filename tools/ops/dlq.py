"""`dlq`: orders whose workflow could not be started wait here."""

from collections.abc import Iterable, Mapping
from typing import Any

import click

from orderflow.operations.journal import recorded
from orderflow.orders.dead_letters import DeadLetter, replay
from orderflow.runtime.clock import iso
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import changing, confirmed, json_option, operation

_COLUMNS = ("messageId", "orderId", "correlationId", "sentAt", "received")
_MOST = 1000


class Condition(click.ParamType):
    """key=value."""

    name = "key=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        key, equals, wanted = str(value).partition("=")
        if not (key and equals and wanted):
            self.fail(f"'{value}' is not key=value, for example orderId=01J…", param, ctx)
        return key, wanted


_where = click.option("--where", type=Condition(), multiple=True, help="Only messages with this fact; repeatable.")


@click.group()
def dlq() -> None:
    """Dead letters of the order queue: look, send back, drop."""


@dlq.command("list")
@_where
@json_option
@with_desk
def list_(desk: Desk, where: tuple[tuple[str, str], ...], as_json: bool) -> None:
    """Waiting messages, oldest first (at most 1,000); they stay where they are."""
    found = [_line(letter) for letter in _waiting(desk, dict(where))]
    show.rows(found, _COLUMNS, as_json=as_json, nothing=_nothing(where))


@dlq.command("show")
@click.argument("message_id")
@json_option
@with_desk
def show_(desk: Desk, message_id: str, as_json: bool) -> None:
    """One waiting message with its body and attributes."""
    found = _waiting(desk, {"messageId": message_id})
    if not found:
        raise click.ClickException(f"No message {message_id} waits; `dlq list` shows what does.")
    show.facts(_whole(found[0]), as_json=as_json)


@dlq.command("replay")
@_where
@changing
@with_desk
def replay_(
    desk: Desk, where: tuple[tuple[str, str], ...], reason: str, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Send messages back to the order queue: all of them, or those that match every --where.

    Safe to repeat: an order's execution is named by the order, so a second message starts nothing.
    """
    chosen = _waiting(desk, dict(where))
    if not dry_run and chosen:
        confirmed(f"Send {len(chosen)} message(s) back to the order queue?", yes=yes)
        chosen = _each(desk, chosen, reason, dropped=False)
    _report(chosen, "would be sent back" if dry_run else "sent back", where, as_json=as_json)


@dlq.command("drop")
@_where
@click.option("--all", "everything", is_flag=True, help="All of them; instead of --where.")
@changing
@with_desk
def drop(
    desk: Desk,
    where: tuple[tuple[str, str], ...],
    everything: bool,
    reason: str,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Remove messages that nobody needs, for good; the journal keeps each with its body."""
    if bool(where) == everything:
        raise click.UsageError("Say which: --where key=value, or --all.")
    chosen = _waiting(desk, dict(where))
    if not dry_run and chosen:
        confirmed(f"Remove {len(chosen)} message(s) for good?", yes=yes)
        chosen = _each(desk, chosen, reason, dropped=True)
    _report(chosen, "would be dropped" if dry_run else "dropped", where, as_json=as_json)


def _waiting(desk: Desk, where: Mapping[str, str]) -> list[DeadLetter]:
    found: list[DeadLetter] = []
    with desk.dead_letters.waiting() as letters:
        for letter in letters:
            if letter.matches(where):
                found.append(letter)
                if len(found) == _MOST:
                    show.say(f"These are the first {_MOST}; there may be more.")
                    break
    return sorted(found, key=lambda letter: letter.sent_at)


def _each(desk: Desk, chosen: Iterable[DeadLetter], reason: str, *, dropped: bool) -> list[DeadLetter]:
    """Replay or drop exactly the messages that the person has seen; return those that were still there."""
    wanted = {letter.message_id for letter in chosen}
    done = []
    with desk.dead_letters.waiting() as letters:
        for letter in letters:
            if letter.message_id not in wanted:
                continue
            subject = f"message {letter.message_id}"
            with recorded(
                operation(desk, subject, reason), _whole(letter), journal=desk.journal, clock=desk.clock
            ) as outcome:
                if dropped:
                    desk.dead_letters.remove(letter)
                else:
                    replay(letter, desk.dead_letters)
                outcome.after = {"waits": False, "sentBack": not dropped}
            done.append(letter)
            if len(done) == len(wanted):
                break
    return done


def _report(letters: list[DeadLetter], what: str, where: tuple[tuple[str, str], ...], *, as_json: bool) -> None:
    show.rows([_line(letter) for letter in letters], _COLUMNS, as_json=as_json, nothing=_nothing(where))
    show.say(f"{len(letters)} {what}")


def _nothing(where: tuple[tuple[str, str], ...]) -> str:
    return "No waiting message matches." if where else "No message waits."


def _line(letter: DeadLetter) -> dict[str, Any]:
    facts = letter.facts()
    return {
        "messageId": letter.message_id,
        "orderId": facts.get("orderId"),
        "correlationId": facts.get("correlationId"),
        "sentAt": iso(letter.sent_at),
        "received": letter.received,
    }


def _whole(letter: DeadLetter) -> dict[str, Any]:
    return {**_line(letter), "body": letter.body, "attributes": dict(letter.attributes)}
