"""`users erase`: what an operator does for somebody who asked to be forgotten."""

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from orderflow.customers.profiles import Account
from orderflow.feedback.feedback import Feedback, feedback_id_of
from orderflow.operations.journal import Phase
from orderflow.orders.order_records import to_record
from orderflow.orders.status import OrderStatus
from tests.support.desk import OPERATOR, World
from tests.support.frozen import START
from tests.support.orders import new_order
from tests.support.user_store_contract import profile
from tests.support.users import uuid
from tools.ops.cli import cli

ADA = uuid(1)
DONE, ON_ITS_WAY = "01JFR0ZEN00000000000000001", "01JFR0ZEN00000000000000002"
WHY = ("--reason", "ticket 4711", "--yes", "--json")
NOTHING = {"profile": False, "account": False, "pictures": 0, "orders": [], "ordersNeeded": [], "feedback": []}


@pytest.fixture
def world() -> World:
    """Give a shop in which Ada was deleted two days ago, with a delivered order that she judged."""
    made = World()
    made.people.profiles[ADA] = profile().deleted(START, timedelta(days=30))
    made.people.pictures[ADA] = [f"uploads/{ADA}/late.png"]
    made.clock.advance(days=2)
    ordered(made, DONE, OrderStatus.DELIVERED)
    at = "2026-01-02T03:04:05.678Z"
    given = Feedback(feedback_id_of(DONE), DONE, ADA, ("ITEM001",), 4, "Ada of Elm Street", None, at, at)
    made.judged.kept[given.feedback_id] = given
    return made


def ordered(world: World, order_id: str, status: OrderStatus, **facts: Any) -> None:
    record = to_record(new_order(order_id, status=status, user_id=ADA))
    del record["openGroup"]
    world.traces.records[order_id] = {**record, **facts}


def run(world: World, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["users", "erase", ADA, *arguments], obj=world.desk())


def left(world: World) -> str:
    """Return all that is kept, as text."""
    return f"{world.people.profiles}{world.people.pictures}{world.traces.records}{world.judged.kept}"


def test_a_deleted_user_is_forgotten_everywhere_and_the_journal_says_so_without_their_words(world: World) -> None:
    # When
    done = run(world, *WHY)
    # Then
    assert (done.exit_code, json.loads(done.stdout)) == (0, NOTHING)
    assert not any(word in left(world) for word in ("Ada", "ada@", "456 Test Ave", "Elm Street", ".png"))
    assert [(e.phase, e.operation.by, e.operation.subject) for e in world.journal.entries] == [
        (phase, OPERATOR, f"user {ADA}") for phase in (Phase.BEGUN, Phase.DONE)
    ]
    assert world.journal.entries[0].before == {
        **NOTHING, "profile": True, "pictures": 1, "orders": [DONE], "feedback": [feedback_id_of(DONE)],
    }  # fmt: skip
    assert world.people.purged == [(OPERATOR, world.journal.entries[0].operation.operation_id)]
    assert "Elm Street" not in str(world.journal.entries)


def test_an_order_on_its_way_keeps_its_address_until_it_is_there(world: World) -> None:
    # Given
    ordered(world, ON_ITS_WAY, OrderStatus.SHIPPED)
    # When
    first = run(world, *WHY)
    # Then
    assert (first.exit_code, json.loads(first.stdout)) == (1, {**NOTHING, "ordersNeeded": [ON_ITS_WAY]})
    assert "456 Test Ave" in left(world)
    # When it arrives
    ordered(world, ON_ITS_WAY, OrderStatus.DELIVERED)
    assert run(world, *WHY).exit_code == 0
    assert "456 Test Ave" not in left(world)


def test_an_order_that_moves_meanwhile_is_not_said_to_be_forgotten(world: World) -> None:
    world.traces.moving.add(DONE)
    done = run(world, *WHY)
    assert (done.exit_code, json.loads(done.stdout)) == (1, {**NOTHING, "orders": [DONE]})


def test_who_is_not_deleted_is_not_forgotten(world: World) -> None:
    world.people.profiles[ADA] = profile()
    world.people.pool.accounts[ADA] = Account(ADA, "ada@example.com", email_verified=True)
    before = left(world)
    refused = run(world, *WHY)
    assert refused.exit_code == 2
    assert "DELETE /users/{userId}" in refused.stderr
    assert (left(world), world.journal.entries) == (before, [])


def test_who_was_deleted_today_may_still_be_signed_in(world: World) -> None:
    world.clock.advance(hours=-25)
    refused = run(world, *WHY)
    assert refused.exit_code == 2
    assert "until 2026-01-03T03:04:05.678Z" in refused.stderr
    assert "456 Test Ave" in left(world)


def test_a_dry_run_and_a_look_change_nothing_and_only_the_look_fails(world: World) -> None:
    before = left(world)
    dry, look = run(world, "--dry-run", *WHY), run(world, "--verify", "--json")
    assert (dry.exit_code, look.exit_code) == (0, 1)
    assert json.loads(dry.stdout) == json.loads(look.stdout)
    assert (left(world), world.journal.entries) == (before, [])


def test_of_whom_nothing_is_left_there_is_nothing_to_do(world: World) -> None:
    run(world, *WHY)
    entries = list(world.journal.entries)
    again, look = run(world, *WHY), run(world, "--verify", "--json")
    assert (again.exit_code, look.exit_code, json.loads(look.stdout)) == (0, 0, NOTHING)
    assert world.journal.entries == entries


def test_without_a_yes_nothing_is_forgotten(world: World) -> None:
    before = left(world)
    assert run(world, "--reason", "ticket 4711").exit_code == 2
    assert left(world) == before


def test_what_cannot_be_a_users_id_is_refused(world: World) -> None:
    refused = CliRunner().invoke(cli, ["users", "erase", "email#ada@example.com", *WHY], obj=world.desk())
    assert refused.exit_code == 2
    assert world.journal.entries == []
