"""`search rebuild`: proves that products are found by what they are called, or makes it so and tells what was not."""

import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from orderflow.catalog.product import Product, ProductFacts, ProductStatus
from orderflow.catalog.search_audit import Misfit, WordCheck
from orderflow.catalog.search_words import WordEntry
from orderflow.operations.journal import Phase
from orderflow.runtime.audit import Finding
from tests.support.desk import AT, World
from tests.support.words import InMemoryWords
from tools.ops.cli import cli

WHY = ("--reason", "rows were removed by hand")
LEFT_OVER = WordEntry("cup", "MUG-1", ("cup",), "cup", 5, "kitchen")


@pytest.fixture
def world() -> World:
    """Give a shop with a mug and a withdrawn cup, found as they should be."""
    world = World()
    for product_id, name, status in (("MUG-1", "Mug", ProductStatus.ACTIVE), ("CUP-1", "Cup", ProductStatus.WITHDRAWN)):
        facts = ProductFacts(name, "kitchen", 1290)
        world.catalog.products[product_id] = Product(product_id, facts, "EUR", AT, AT, status=status)
    world.words.follow()
    return world


def run(world: World, *arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["search", "rebuild", *arguments], obj=world.desk(), input=answer)


def spoil(world: World) -> None:
    world.words.entries = {each for each in world.words.entries if each.stem != "mu"} | {LEFT_OVER}


def test_an_index_that_is_right_is_proven_so_without_a_reason(world: World) -> None:
    result = run(world, "--verify", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])
    assert "0 broken, 0 unclear; 2 products examined" in result.stderr
    assert world.journal.entries == []


def test_what_is_missing_and_what_is_left_over_is_named_with_exit_code_1_and_nothing_is_changed(world: World) -> None:
    spoil(world)
    before = set(world.words.entries)
    result = run(world, "--verify", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (
        1,
        [{"product": "MUG-1", "verdict": "broken", "missing": "mu", "leftOver": "cup"}],
    )
    assert (world.words.entries, world.journal.entries) == (before, [])


@pytest.mark.parametrize("change", [{"price": 1}, {"words": ("mug", "x")}, {"name_key": "x"}, {"category": "x"}])
def test_an_entry_that_says_something_else_than_its_product_is_found(world: World, change: dict[str, Any]) -> None:
    world.words.entries = {replace(each, **change) if each.stem == "m" else each for each in world.words.entries}
    assert [(each.missing, each.left_over) for each in WordCheck(world.words).misfits()] == [(["m"], ["m"])]


def test_entries_of_a_product_that_is_withdrawn_or_not_there_are_left_over(world: World) -> None:
    world.words.entries |= {replace(LEFT_OVER, product_id=product_id) for product_id in ("CUP-1", "NEVER")}
    found = WordCheck(world.words).misfits()
    assert [(each.product_id, each.missing, each.left_over) for each in found] == [
        ("CUP-1", [], ["cup"]),
        ("NEVER", [], ["cup"]),
    ]


def test_a_rebuild_puts_the_index_right_and_writes_down_what_was_wrong(world: World) -> None:
    right = set(world.words.entries)
    spoil(world)
    result = run(world, *WHY, "--yes", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])
    assert "1 product(s) corrected, 0 changed meanwhile" in result.stderr
    assert world.words.entries == right
    begun, done = world.journal.entries
    assert (begun.phase, begun.before) == (Phase.BEGUN, {"products": 1, "first": ["MUG-1"]})
    assert (done.phase, done.after) == (Phase.DONE, {"products": 0, "first": [], "corrected": 1, "busy": 0})


def test_a_rebuild_needs_a_reason_and_a_yes(world: World) -> None:
    spoil(world)
    before = set(world.words.entries)
    assert [run(world).exit_code, run(world, *WHY, answer="n\n").exit_code] == [2, 2]
    assert run(world, *WHY, "--dry-run").exit_code == 0
    assert (world.words.entries, world.journal.entries) == (before, [])


def test_a_row_that_cannot_be_read_is_told_and_is_no_proof(world: World) -> None:
    world.words.unreadable = [Finding("row-is-readable", "productId MUG-1", "the row cannot be read")]
    result = run(world, "--verify")
    assert (result.exit_code, "productId MUG-1: the row cannot be read" in result.stderr) == (1, True)


def test_a_product_that_changes_at_every_look_is_unclear_and_left_alone(world: World) -> None:
    class Busy(InMemoryWords):
        looks = 0

        def find(self, product_id: str) -> Product | None:
            self.looks += 1
            return replace(self.catalog.products[product_id], version=self.looks)

    check = WordCheck(Busy(world.catalog, {LEFT_OVER}))
    found = check.misfits()
    assert found == [Misfit("MUG-1", certain=False)]
    assert check.rebuild(found) == (0, 1)
