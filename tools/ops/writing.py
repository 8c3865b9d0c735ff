"""What every changing command shares: why, dry run, the question before, the journal."""

import shlex
from collections.abc import Callable
from typing import Any

import click
from ulid import ULID

from orderflow.operations.journal import Operation
from tools.ops import show
from tools.ops.desk import Desk

_Command = Callable[..., Any]
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def changing(command: _Command) -> _Command:
    """Add --reason, --dry-run, --yes and --json to a command."""
    return _with_options(
        command, click.option("--reason", required=True, callback=_meaningful, help="Why; kept in the journal.")
    )


def changing_unless(flag: str) -> Callable[[_Command], _Command]:
    """Add the same to a command that changes nothing under an (eager) flag, and needs no --reason then."""

    def given(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
        if value is not None:
            return _meaningful(context, parameter, value)
        if not context.params.get(flag):
            raise click.MissingParameter(ctx=context, param=parameter)
        return ""

    reason = click.option("--reason", callback=given, help=f"Why; kept in the journal. Needed but with --{flag}.")
    return lambda command: _with_options(command, reason)


def _with_options(command: _Command, reason: Callable[[_Command], _Command]) -> _Command:
    for option in (
        json_option,
        click.option("--yes", is_flag=True, help="Do not ask."),
        click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing."),
        reason,
    ):
        command = option(command)
    return command


def _meaningful(_: click.Context, __: click.Parameter, value: str) -> str:
    if not 3 <= len(value.strip()) <= 500:
        raise click.BadParameter("say in 3 to 500 characters why: others will read it.")
    return value.strip()


def operation_id(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Check an operation's id, which a person gives only to repeat that very operation."""
    if value is None:
        return None
    try:
        return str(ULID.from_str(value.upper()))
    except ValueError:
        raise click.BadParameter("an operation's id is a ULID: 26 characters, as an earlier run printed it.") from None


def confirmed(question: str, *, yes: bool) -> None:
    """Ask before a change; anything but a yes, also no terminal to ask on, changes nothing."""
    if yes:
        return
    try:
        click.confirm(question, abort=True, err=True)
    except click.Abort:
        raise click.ClickException("Not confirmed, so nothing was changed; --yes answers beforehand.") from None


def operation(desk: Desk, subject: str, reason: str, given_id: str | None = None) -> Operation:
    """Return a new operation of the person whose credentials these are."""
    context = click.get_current_context()
    command = " ".join(context.command_path.split()[1:]) or context.command_path
    made = Operation(given_id or desk.ids(), desk.who(), command, subject, reason)
    show.say(f"operation {made.operation_id} on {shlex.quote(subject)}, as {made.by}")
    return made
