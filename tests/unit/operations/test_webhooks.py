"""`webhooks`: what operators see of what agents were told, and that a replay sends the same bytes."""

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from orderflow.checkout.webhooks.delivery import DeliveryState
from tests.support.desk import World
from tests.support.frozen import START, FrozenClock
from tests.support.webhook_simulation import Simulation
from tests.support.webhooks import ENDPOINT_ID, InMemoryEndpoints, endpoint
from tests.unit.checkout.webhooks.test_sending import events
from tools.ops.cli import cli

WHY = ("--reason", "the agent lost them", "--yes", "--json")
DAY = timedelta(days=1)


@pytest.fixture
def simulation() -> Simulation:
    """Give a shop that told an agent of three events of one order and two of another, a day later."""
    running = Simulation(InMemoryEndpoints({ENDPOINT_ID: endpoint()}), World().webhooks, FrozenClock())
    for each in events("ord-1", 3):
        running.publish(each)
    for each in events("ord-2", 2):
        running.publish(each, DAY)
    running.run(START + DAY + timedelta(minutes=1))
    return running


@pytest.fixture
def world(simulation: Simulation) -> World:
    return World(webhooks=simulation.deliveries, clock=simulation.clock)


def run(world: World, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["webhooks", *arguments], obj=world.desk())


def shown(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["eventId"] for row in rows]


def test_events_are_listed_by_order_by_time_by_type_and_by_state(world: World) -> None:
    assert ids(shown(run(world, "list", "--order", "ord-1", "--json"))) == ["evt-ord-1-4", "evt-ord-1-5", "evt-ord-1-6"]
    assert ids(shown(run(world, "list", "--since", "2026-01-03", "--json"))) == ["evt-ord-2-4", "evt-ord-2-5"]
    created = shown(run(world, "list", "--since", "2026-01-01", "--type", "order_create", "--json"))
    assert ids(created) == ["evt-ord-1-4", "evt-ord-2-4"]
    assert shown(run(world, "list", "--order", "ord-1", "--state", "GIVEN_UP", "--json")) == []
    assert created[0]["state"] == "DELIVERED"
    assert (created[0]["attempts"], created[0]["last"]) == (1, 200)


def test_every_attempt_is_shown(world: World) -> None:
    rows = shown(run(world, "show", "ord-1", "--json"))
    assert [(row["eventId"], row["status"], row["state"]) for row in rows] == [
        (f"evt-ord-1-{sequence}", 200, "DELIVERED") for sequence in (4, 5, 6)
    ]


def test_a_replay_sends_the_same_bytes_under_the_same_ids_in_sequence(world: World, simulation: Simulation) -> None:
    before = {each.headers["Webhook-Id"]: each.body for each in simulation.arrived}
    count = len(simulation.arrived)
    assert ids(shown(run(world, "replay", "--order", "ord-1", *WHY))) == ["evt-ord-1-4", "evt-ord-1-5", "evt-ord-1-6"]
    simulation.run(simulation.clock() + timedelta(minutes=5))
    again = simulation.arrived[count:]
    assert [each.headers["Webhook-Id"] for each in again] == ["evt-ord-1-4", "evt-ord-1-5", "evt-ord-1-6"]
    assert all(before[each.headers["Webhook-Id"]] == each.body for each in again)
    assert [entry.operation.command for entry in world.journal.entries] == ["webhooks replay"] * 2


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(world: World, simulation: Simulation) -> None:
    count = len(simulation.arrived)
    rows = shown(run(world, "replay", "--since", "2026-01-03", "--dry-run", *WHY))
    assert ids(rows) == ["evt-ord-2-4", "evt-ord-2-5"]
    simulation.run(simulation.clock() + timedelta(minutes=5))
    assert (len(simulation.arrived), world.journal.entries) == (count, [])


def test_what_is_on_its_way_is_not_sent_twice(world: World) -> None:
    key = (ENDPOINT_ID, "ord-1", 5)
    world.webhooks.deliveries[key] = world.webhooks.deliveries[key].set_off_again()
    assert ids(shown(run(world, "replay", "--order", "ord-1", *WHY))) == ["evt-ord-1-4", "evt-ord-1-6"]
    assert world.webhooks.deliveries[key].state is DeliveryState.PENDING


def test_a_replay_of_everything_there_ever_was_is_asked_for_by_name(world: World) -> None:
    result = run(world, "replay", *WHY)
    assert (result.exit_code, "--order, --since" in result.output) == (2, True)
