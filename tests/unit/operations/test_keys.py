"""`keys`: what operators do with the keys of machines, and that the journal holds everything but the secret."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from orderflow.clients.authorizing import authorize_client
from orderflow.clients.changing import Change
from orderflow.operations.journal import Phase
from tests.support.client_keys import KEY_ID, client_key
from tests.support.desk import OPERATOR, World
from tests.support.frozen import START
from tools.ops.cli import cli

WHY = ("--reason", "the warehouse moves", "--yes", "--json")


@pytest.fixture
def world() -> World:
    return World()


def run(world: World, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["keys", *arguments], obj=world.desk())


def shown(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def journal(world: World) -> str:
    return "".join(f"{entry.before}{entry.after}{entry.operation}" for entry in world.journal.entries)


def lets_in(world: World, key: str) -> bool:
    return bool(authorize_client(key, keys=world.keys, clock=world.clock))


def test_a_key_is_issued_printed_once_and_journalled_without_its_secret(world: World) -> None:
    issued = shown(run(world, "create", "Warehouse", "--scope", "stock:read", "--expires", "2026-02-01", *WHY))
    assert lets_in(world, issued["key"])
    kept = world.keys.keys[issued["keyId"]]
    assert (kept.owner, kept.scopes, kept.expires_at) == (OPERATOR, ("stock:read",), "2026-02-01T00:00:00.000Z")
    assert [(e.phase, e.operation.by, e.operation.command) for e in world.journal.entries] == [
        (phase, OPERATOR, "keys create") for phase in (Phase.BEGUN, Phase.DONE)
    ]
    assert issued["key"][-64:] not in journal(world) + run(world, "list", "--json").stdout


def test_a_rotated_key_has_two_secrets_for_a_while(world: World) -> None:
    first = shown(run(world, "create", "Warehouse", *WHY))
    second = shown(run(world, "rotate", first["keyId"], "--overlap", "60", *WHY))
    assert [lets_in(world, issued["key"]) for issued in (first, second)] == [True, True]
    assert second["overlapEndsAt"] == "2026-01-02T03:05:05.678Z"
    assert second["key"][-64:] not in journal(world)


def test_a_revoked_key_is_listed_as_one_and_revoking_it_again_changes_nothing(world: World) -> None:
    world.keys.add(client_key(), START)
    results = [shown(run(world, "revoke", KEY_ID, *WHY)) for _ in range(2)]
    assert [result["status"] for result in results] == ["REVOKED", "REVOKED"]
    assert [change for _, change in world.keys.trail] == [Change.GRANTED, Change.REVOKED]
    assert len(world.journal.entries) == 2
    assert [key["status"] for key in shown(run(world, "list", "--json"))] == ["REVOKED"]


@pytest.mark.parametrize(
    "command",
    [("create", "Warehouse"), ("rotate", KEY_ID, "--overlap", "0"), ("revoke", KEY_ID)],
    ids=["create", "rotate", "revoke"],
)
def test_a_dry_run_changes_nothing_and_shows_no_key(world: World, command: tuple[str, ...]) -> None:
    world.keys.add(client_key(), START)
    result = run(world, *command, *WHY, "--dry-run")
    assert "key" not in shown(result)
    assert (world.keys.keys, world.journal.entries) == ({KEY_ID: client_key()}, [])


@pytest.mark.parametrize("command", [("rotate", KEY_ID, "--overlap", "0"), ("revoke", KEY_ID)], ids=lambda c: c[0])
def test_a_key_that_is_not_there_is_one_clear_line(world: World, command: tuple[str, ...]) -> None:
    result = run(world, *command, *WHY)
    assert (result.exit_code, result.stdout, world.journal.entries) == (2, "", [])
    assert KEY_ID in result.stderr
