"""`checkout rebuild --verify`: names the sessions that are not what their events made of them, and changes none."""

import dataclasses
import json

import pytest
from click.testing import CliRunner, Result

from orderflow.checkout.events import Change, EventType, after
from tests.support.desk import World
from tests.support.sessions import SESSION, ledger, offer
from tools.ops.cli import cli


@pytest.fixture
def world() -> World:
    """Give a shop with one session of two versions."""
    world = World()
    desk = ledger(world.sessions)
    change = Change(asked={}, offer=offer(), currency="EUR", expires_at="2026-01-02T04:04:05.678Z")
    begun = desk.event(SESSION, 1, EventType.CREATED, change)
    world.sessions.append(begun, after(None, begun))
    world.sessions.append(*desk.next(desk.own(SESSION), EventType.CANCELLED, Change()))
    return world


def run(world: World, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["checkout", "rebuild", *arguments], obj=world.desk())


def test_whole_sessions_are_said_to_be_so_with_their_number(world: World) -> None:
    result = run(world, "--verify")

    assert result.exit_code == 0
    assert "Every session is what its events made of it." in result.output
    assert "0 broken; 1 sessions with 2 versions replayed" in result.output


def test_a_session_changed_by_hand_is_named_and_fails_the_command(world: World) -> None:
    event, state = world.sessions.kept[SESSION][1]
    world.sessions.kept[SESSION][1] = (event, dataclasses.replace(state, currency="USD"))

    result = run(world, "--verify", "--json")

    assert result.exit_code == 1
    (broken,) = json.loads(result.stdout)
    assert (broken["sessionId"], broken["fault"]) == (SESSION, "version 2 is not what its events make of it")


def test_a_session_that_is_not_there_is_no_whole_one(world: World) -> None:
    assert run(world, "--verify", "--session", "cs_nobody").exit_code == 1


def test_without_verify_it_says_that_nothing_can_be_rewritten(world: World) -> None:
    result = run(world)

    assert result.exit_code == 2
    assert "append-only" in result.output
