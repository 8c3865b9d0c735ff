"""`checkout erase`: what an operator does for somebody who bought through an agent and asked to be forgotten."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from orderflow.operations.journal import Phase
from orderflow.orders.order_records import to_record
from orderflow.orders.status import OrderStatus
from tests.support.completing import World as Checkout
from tests.support.completing import ended
from tests.support.desk import OPERATOR, World
from tests.support.sessions import SESSION
from tools.ops.cli import cli

WHY = ("--reason", "ticket 4711", "--yes", "--json")
NOTHING: dict[str, Any] = {
    "versions": [], "orders": [], "ordersNeeded": [], "webhooks": [], "webhooksNeeded": [],
}  # fmt: skip
LATER = timedelta(days=1, hours=1)


@pytest.fixture
def checkout() -> Checkout:
    """Give a session with an order, of a buyer whom everything tells of."""
    checkout = Checkout()
    checkout.begin()
    checkout.complete()
    return checkout


def shop(checkout: Checkout, status: OrderStatus = OrderStatus.DELIVERED, *, after: timedelta = LATER) -> World:
    """Return the shop of the session, in which its order has had a status for a while."""
    world = World(sessions=checkout.sessions)
    for placed in checkout.placed:
        order = ended(placed.new.order, status)
        world.keep(order)
        record = to_record(placed.new)
        del record["openGroup"]
        world.traces.records[order.order_id] = {**record, "status": status.value}
    world.clock.now = checkout.clock.now + after
    return world


def run(world: World, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["checkout", "erase", *arguments], obj=world.desk())


def left(world: World) -> str:
    """Return all that is kept, as text."""
    return f"{world.sessions.kept}{world.traces.records}{world.webhooks.bodies}"


def test_the_buyer_is_forgotten_and_the_journal_says_so_without_their_words(checkout: Checkout) -> None:
    world = shop(checkout)
    (order_id,) = world.traces.records
    assert "Jane Doe" in left(world)
    # When
    done = run(world, "--session", SESSION, *WHY)
    # Then
    assert (done.exit_code, json.loads(done.stdout)) == (0, NOTHING), done.output
    assert not any(word in left(world) for word in ("Jane", "jane@", "Unter den Linden"))
    assert [(e.phase, e.operation.by, e.operation.command, e.operation.subject) for e in world.journal.entries] == [
        (phase, OPERATOR, "checkout erase", f"session {SESSION}") for phase in (Phase.BEGUN, Phase.DONE)
    ]
    assert world.journal.entries[0].before == {**NOTHING, "versions": [1, 2, 3], "orders": [order_id]}
    assert "Jane" not in str(world.journal.entries)
    # And the event that says so names who did it by which operation
    last, _ = world.sessions.kept[SESSION][-1]
    assert (last.type, last.by, last.request_id) == (
        "checkout.session.erased", OPERATOR, world.journal.entries[0].operation.operation_id,
    )  # fmt: skip


def test_an_order_names_the_session_that_it_was_placed_for(checkout: Checkout) -> None:
    world = shop(checkout)
    (order_id,) = world.traces.records
    assert run(world, "--order", order_id, *WHY).exit_code == 0
    assert "Jane" not in left(world)


def test_an_order_on_its_way_keeps_everything_until_it_is_there(checkout: Checkout) -> None:
    world = shop(checkout, OrderStatus.SHIPPED)
    (order_id,) = world.traces.records
    before = left(world)
    # When
    first = run(world, "--session", SESSION, *WHY)
    # Then
    assert (first.exit_code, json.loads(first.stdout)["ordersNeeded"]) == (1, [order_id])
    assert "not finished" in first.stderr
    assert (left(world), world.journal.entries) == (before, [])
    # When it arrives
    world.traces.records[order_id]["status"] = "DELIVERED"
    assert run(world, "--session", SESSION, *WHY).exit_code == 0
    assert "Jane" not in left(world)


def test_an_order_that_moves_meanwhile_is_not_said_to_be_forgotten(checkout: Checkout) -> None:
    world = shop(checkout)
    (order_id,) = world.traces.records
    world.traces.moving.add(order_id)
    done = run(world, "--session", SESSION, *WHY)
    assert (done.exit_code, json.loads(done.stdout)) == (1, {**NOTHING, "orders": [order_id]})


def test_answers_that_are_kept_for_a_day_come_first(checkout: Checkout) -> None:
    world = shop(checkout, after=timedelta(hours=23))
    before = left(world)
    refused = run(world, "--session", SESSION, *WHY)
    assert refused.exit_code == 2
    assert "may be repeated until 2026-01-03T03:04:" in refused.stderr
    assert (left(world), world.journal.entries) == (before, [])


def test_a_session_that_goes_on_is_refused() -> None:
    open_one = Checkout()
    open_one.begin()
    refused = run(shop(open_one, after=timedelta(minutes=1)), "--session", SESSION, *WHY)
    assert refused.exit_code == 2
    assert "ready_for_payment: its agent goes on with it" in refused.stderr


def test_a_dry_run_and_a_look_change_nothing_and_only_the_look_fails(checkout: Checkout) -> None:
    world = shop(checkout)
    before = left(world)
    dry = run(world, "--session", SESSION, "--dry-run", *WHY)
    look = run(world, "--session", SESSION, "--verify", "--json")
    assert (dry.exit_code, look.exit_code) == (0, 1)
    assert json.loads(dry.stdout) == json.loads(look.stdout)
    assert (left(world), world.journal.entries) == (before, [])


def test_of_whom_nothing_is_left_there_is_nothing_to_do(checkout: Checkout) -> None:
    world = shop(checkout)
    run(world, "--session", SESSION, *WHY)
    entries, versions = list(world.journal.entries), len(world.sessions.kept[SESSION])
    again, look = run(world, "--session", SESSION, *WHY), run(world, "--session", SESSION, "--verify", "--json")
    assert (again.exit_code, look.exit_code, json.loads(look.stdout)) == (0, 0, NOTHING)
    assert (world.journal.entries, len(world.sessions.kept[SESSION])) == (entries, versions)


def test_without_a_yes_nothing_is_forgotten(checkout: Checkout) -> None:
    world = shop(checkout)
    before = left(world)
    assert run(world, "--session", SESSION, "--reason", "ticket 4711").exit_code == 2
    assert left(world) == before


@pytest.mark.parametrize("which", [(), ("--session", SESSION, "--order", "01JFR0ZEN00000000000000001")])
def test_one_session_is_to_be_named_and_no_more(checkout: Checkout, which: tuple[str, ...]) -> None:
    refused = run(shop(checkout), *which, *WHY)
    assert (refused.exit_code, "--session or --order" in refused.stderr) == (2, True)


def test_what_no_agent_bought_is_not_looked_for(checkout: Checkout) -> None:
    world = shop(checkout)
    order = next(iter(world.orders.orders.values())).order
    world.keep(replace(order, checkout_session_id=None))
    of_a_customer = run(world, "--order", order.order_id, *WHY)
    assert (of_a_customer.exit_code, "`users erase`" in of_a_customer.stderr) == (2, True)
    for unknown in (("--order", "01JFR0ZEN0000000000000000Z"), ("--session", "cs_nobody")):
        refused = run(world, *unknown, *WHY)
        assert (refused.exit_code, "there is no" in refused.stderr.lower()) == (2, True)
