"""`analytics rebuild`: proves that the counters are right, or makes them so and writes down what was wrong."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from orderflow.analytics.audit import CounterRow
from orderflow.analytics.change import change_of
from orderflow.analytics.counted import Row
from orderflow.analytics.counting import Counting
from orderflow.operations.journal import Phase
from tests.support.counters import rated
from tests.support.desk import World
from tests.support.frozen import START
from tools.ops.cli import cli

SHOP = Row("shop", "2026-01-02#EUR")
WHY = ("--reason", "the rules of counting changed")
WRONG = {
    "book": "shop",
    "line": "2026-01-02#EUR",
    "figure": "sold",
    "expected": 1,
    "counted": 7,
    "verdict": "broken",
}


@pytest.fixture
def world() -> World:
    """Give a shop with a confirmed order that is counted."""
    world = World()
    world.audits.confirmed()
    [record] = world.audits.records.values()
    assert Counting(world.counters).count([change_of(record.order)]) == frozenset()
    return world


def spoil(world: World) -> None:
    there = world.counters.table[SHOP]
    world.counters.table[SHOP] = CounterRow(SHOP, {**there.figures, "sold": 7}, there.revision)


def run(world: World, *arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["analytics", "rebuild", *arguments], obj=world.desk(), input=answer)


def test_counters_that_are_right_are_proven_so_without_a_reason_and_without_waiting(world: World) -> None:
    result = run(world, "--verify", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])
    assert "0 broken, 0 unclear; 1 orders and 0 ratings examined" in result.stderr
    assert (world.journal.entries, world.clock.now) == ([], START)


def test_what_differs_is_named_with_exit_code_1_and_nothing_is_changed(world: World) -> None:
    spoil(world)
    result = run(world, "--verify", "--json", "--wait", "5")
    assert (result.exit_code, json.loads(result.stdout)) == (1, [WRONG])
    assert world.clock.now == START + timedelta(seconds=5)
    assert (world.counters.table[SHOP].figures["sold"], world.journal.entries) == (7, [])


def test_a_rebuild_puts_the_counters_right_and_writes_down_what_was_wrong(world: World) -> None:
    # Given
    spoil(world)
    # When
    result = run(world, *WHY, "--yes")
    # Then
    assert result.exit_code == 0, result.output
    assert world.counters.table[SHOP].figures["sold"] == 1
    begun, done = world.journal.entries
    assert (begun.phase, done.phase) == (Phase.BEGUN, Phase.DONE)
    assert (done.operation.command, done.operation.reason) == ("analytics rebuild", WHY[1])
    assert done.before == {"differences": 1, "first": [WRONG]}
    assert done.after == {"differences": 0, "first": [], "rowsCorrected": 1, "rowsBusy": 0, "uncounted": 0}


def test_ratings_that_were_not_counted_are_named_and_rebuilt_and_ones_that_are_gone_taken_out(world: World) -> None:
    # Given one rating that was never counted, and one that is counted but gone
    world.audits.judged("fbk_1", 5)
    Counting(world.counters).count([rated(3, 2, "fbk_2#ITEM001")])
    line = Row("shop", "2026-01-02#rating")
    # When
    found = run(world, "--verify", "--json")
    # Then
    assert found.exit_code == 1
    assert "1 orders and 1 ratings examined" in found.stderr
    named = [(each["figure"], each["expected"], each["counted"]) for each in json.loads(found.stdout)]
    assert named == [("rating", 5, 2)] * 2, "for their giver and for the shop; the number is right by chance"
    # And
    assert run(world, *WHY, "--yes").exit_code == 0
    assert world.counters.figures[line] == {"rating": 5, "ratings": 1}
    assert run(world, "--verify").exit_code == 0


def test_a_rebuild_needs_a_reason_and_a_yes(world: World) -> None:
    spoil(world)
    assert run(world, "--yes").exit_code == 2
    assert run(world, *WHY, answer="n\n").exit_code == 2
    assert (world.counters.table[SHOP].figures["sold"], world.journal.entries) == (7, [])


def test_a_dry_run_shows_what_differs_and_changes_nothing(world: World) -> None:
    spoil(world)
    result = run(world, *WHY, "--dry-run", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [WRONG])
    assert (world.counters.table[SHOP].figures["sold"], world.journal.entries) == (7, [])


def test_days_can_be_left_alone(world: World) -> None:
    spoil(world)
    assert run(world, "--verify", "--from", "2026-01-03", "--to", "2026-01-03").exit_code == 0
    assert run(world, "--verify", "--to", "2026-01-02").exit_code == 1
    assert run(world, "--verify", "--from", "2026-01-03", "--to", "2026-01-02").exit_code == 2
