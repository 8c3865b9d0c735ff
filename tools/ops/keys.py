"""`keys`: what machines sign in with."""

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from orderflow.clients.answers import as_json
from orderflow.clients.api_key import new_secret
from orderflow.clients.changing import revoke_client_key
from orderflow.clients.client_key import ClientKey, Scope
from orderflow.clients.issuing import create_client_key, rotate_client_key
from orderflow.clients.reading import get_client_key
from orderflow.operations.journal import Operation, recorded
from orderflow.runtime.caller import ADMIN_GROUP, Caller
from tools.ops import show
from tools.ops.desk import OPERATOR, Desk, with_desk
from tools.ops.writing import changing, confirmed, json_option, operation

_COLUMNS = ("keyId", "name", "scopes", "ratePerMinute", "status", "expiresAt", "overlapEndsAt", "lastUsedAt")
_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"])
_LONGEST_OVERLAP = 30 * 24 * 3600


@click.group()
def keys() -> None:
    """Client keys of machines. A key's text is printed once, when it is issued, and kept by nobody here."""


@keys.command("list")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="At most so many.")
@json_option
@with_desk
def list_(desk: Desk, limit: int, as_json: bool) -> None:
    """The newest keys, also expired and revoked ones, with their last use."""
    found, _ = desk.keys.page(limit, None)
    used = desk.keys.last_used([key.key_id for key in found])
    rows = [_facts(desk, key, used.get(key.key_id)) for key in found]
    show.rows(rows, _COLUMNS, as_json=as_json, nothing="No key was ever issued.")


@keys.command("create")
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice([scope.value for scope in Scope]), help="May be given again."
)
@click.option("--rate", type=click.IntRange(1, 6000), default=600, show_default=True, help="Requests a minute.")
@click.option("--expires", type=_MOMENT, help="A day or moment in UTC; never when left out.")
@changing
@with_desk
def create(
    desk: Desk,
    name: str,
    scopes: tuple[str, ...],
    rate: int,
    expires: datetime | None,
    reason: str,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Issue a key to a machine and print it, once."""
    expires_at = expires.replace(tzinfo=UTC) if expires else None
    planned = {"name": name, "scopes": list(scopes), "ratePerMinute": rate, "expires": str(expires_at or "never")}
    if dry_run:
        show.say("would be issued:")
        show.facts(planned, as_json=as_json)
        return
    confirmed(f"Issue a key named {name} for {', '.join(scopes) or 'nothing'}?", yes=yes)
    made = operation(desk, f"client key {name}", reason)
    with recorded(made, {}, journal=desk.journal, clock=desk.clock) as outcome:
        key, text = create_client_key(
            _caller(made),
            name,
            scopes,
            rate_per_minute=rate,
            expires_at=expires_at,
            keys=desk.key_book(made),
            clock=desk.clock,
            ids=desk.ids,
            new_secret=new_secret,
        )
        outcome.after = _facts(desk, key)
    show.facts({**outcome.after, "key": text}, as_json=as_json)


@keys.command("rotate")
@click.argument("key_id")
@click.option(
    "--overlap",
    type=click.IntRange(0, _LONGEST_OVERLAP),
    required=True,
    help="Seconds that the secrets before it stay valid; 0 ends them at once.",
)
@changing
@with_desk
def rotate(desk: Desk, key_id: str, overlap: int, reason: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Issue another secret of a key and print it, once."""
    before = _facts(desk, get_client_key(OPERATOR, key_id, desk.keys).key)
    if dry_run:
        show.say(f"would get another secret, those before it ending after {overlap} s:")
        show.facts(before, as_json=as_json)
        return
    confirmed(f"Give {before['name']} another secret, and end those before it after {overlap} s?", yes=yes)
    made = operation(desk, f"client key {key_id}", reason)
    with recorded(made, before, journal=desk.journal, clock=desk.clock) as outcome:
        key, text = rotate_client_key(
            _caller(made),
            key_id,
            timedelta(seconds=overlap),
            keys=desk.key_book(made),
            clock=desk.clock,
            new_secret=new_secret,
        )
        outcome.after = _facts(desk, key)
    show.facts({**outcome.after, "key": text}, as_json=as_json)


@keys.command("revoke")
@click.argument("key_id")
@changing
@with_desk
def revoke(desk: Desk, key_id: str, reason: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """End a key for good: refused from the machine's next request on."""
    before = _facts(desk, get_client_key(OPERATOR, key_id, desk.keys).key)
    if before["status"] == "REVOKED":
        show.say(f"Nothing to revoke: {key_id} is revoked.")
        show.facts(before, as_json=as_json)
        return
    if dry_run:
        show.say("would be revoked:")
        show.facts(before, as_json=as_json)
        return
    confirmed(f"Revoke the key of {before['name']}?", yes=yes)
    made = operation(desk, f"client key {key_id}", reason)
    with recorded(made, before, journal=desk.journal, clock=desk.clock) as outcome:
        revoke_client_key(_caller(made), key_id, keys=desk.key_book(made), clock=desk.clock)
        outcome.after = _facts(desk, get_client_key(OPERATOR, key_id, desk.keys).key)
    show.facts(outcome.after, as_json=as_json)


def _caller(made: Operation) -> Caller:
    return Caller(made.by, frozenset({ADMIN_GROUP}))


def _facts(desk: Desk, key: ClientKey, last_used_at: str | None = None) -> dict[str, Any]:
    return as_json(key, desk.clock(), last_used_at)
