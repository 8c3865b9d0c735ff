"""`users`: what a person may ask the shop to do for them."""

import click

from orderflow.operations.journal import recorded
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import changing_unless, confirmed, operation


@click.group()
def users() -> None:
    """People who asked for something that no route does."""


@users.command("erase")
@click.argument("user_id", type=click.UUID)
@click.option(
    "--verify",
    is_flag=True,
    is_eager=True,
    help="Only look for what still tells of them, and change nothing; exit code 1 when something does.",
)
@changing_unless("verify")
@with_desk
def erase(desk: Desk, user_id: object, verify: bool, reason: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Forget a deleted user: what orders and feedback tell of them goes, and what is left of their profile.

    Orders that are on their way keep their address; exit code 1 says that there are some: repeat when they arrived.
    """
    person, eraser = str(user_id), desk.eraser
    found = eraser.look(person)
    if verify:
        show.facts(found.as_json(), as_json=as_json)
        raise SystemExit(0 if found.is_nothing else 1)
    eraser.require_erasable(person)
    if dry_run or found.is_nothing:
        show.say("would be forgotten:" if dry_run else f"Nothing to forget: nothing tells of user {person}.")
        show.facts(found.as_json(), as_json=as_json)
        return
    confirmed(f"Forget user {person} for good?", yes=yes)
    made = operation(desk, f"user {person}", reason)
    with recorded(made, found.as_json(), journal=desk.journal, clock=desk.clock) as outcome:
        left = eraser.erase(person, desk.author(made))
        outcome.after = left.as_json()
    show.facts(outcome.after, as_json=as_json)
    if not left.is_nothing:
        show.say("Some orders are not finished: say it again when they are.")
        raise SystemExit(1)
