"""`discounts`: what operators do with the codes of checkouts."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from orderflow.checkout.pricing.discounts import DiscountKind
from orderflow.operations.journal import Phase
from tests.support.desk import OPERATOR, World
from tests.support.discount_book import FIVE_OFF
from tests.support.frozen import START
from tools.ops.cli import cli

WHY = ("--reason", "the spring campaign", "--yes", "--json")
TENTH = ("create", "spring", "--name", "A tenth off", "--percent", "10", "--currency", "EUR")


@pytest.fixture
def world() -> World:
    return World()


def run(world: World, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["discounts", *arguments], obj=world.desk())


def shown(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_code_is_made_from_now_on_kept_in_capitals_and_journalled(world: World) -> None:
    made = shown(run(world, *TENTH, "--limit", "100", "--ends", "2026-02-01", *WHY))
    assert (made["code"], made["takesOff"], made["status"]) == ("SPRING", "10 %", "ACTIVE")
    kept = world.discounts.kept["SPRING"]
    assert (kept.kind, kept.basis_points, kept.starts_at, kept.limit) == (DiscountKind.PERCENT, 1000, START, 100)
    assert kept.ends_at.isoformat() == "2026-02-01T00:00:00+00:00"
    assert not kept.is_combinable
    assert [(e.phase, e.operation.by, e.operation.command, e.operation.subject) for e in world.journal.entries] == [
        (phase, OPERATOR, "discounts create", "discount SPRING") for phase in (Phase.BEGUN, Phase.DONE)
    ]


@pytest.mark.parametrize(
    ("given", "takes_off"),
    [(("--percent", "12.5"), "12.5 %"), (("--amount", "500"), "5.00 EUR"), (("--free-shipping",), "shipping")],
)
def test_a_code_takes_off_a_percentage_an_amount_or_the_shipping(
    world: World, given: tuple[str, ...], takes_off: str
) -> None:
    made = shown(run(world, "create", "CODE", "--name", "N", *given, "--currency", "EUR", *WHY))
    assert made["takesOff"] == takes_off


@pytest.mark.parametrize(
    "given",
    [(), ("--percent", "10", "--free-shipping"), ("--percent", "0.001"), ("--percent", "ten"), ("--percent", "NaN")],
)
def test_what_takes_off_nothing_two_things_or_no_number_is_refused(world: World, given: tuple[str, ...]) -> None:
    result = run(world, "create", "CODE", "--name", "N", *given, "--currency", "EUR", *WHY)
    assert result.exit_code == 2
    assert (world.discounts.kept, world.journal.entries) == ({}, [])


def test_codes_are_listed_with_what_became_of_them(world: World) -> None:
    for code, period in (
        ("PAST", ("--starts", "2025-01-01", "--ends", "2025-02-01")),
        ("LATER", ("--starts", "2027-01-01")),
    ):
        shown(run(world, "create", code, *TENTH[2:], *period, *WHY))
    world.discounts.add(FIVE_OFF)
    shown(run(world, "disable", "five", *WHY))
    listed = shown(run(world, "list", "--json"))
    assert [(each["code"], each["status"]) for each in listed] == [
        ("FIVE", "DISABLED"), ("LATER", "NOT YET"), ("PAST", "EXPIRED"),
    ]  # fmt: skip


def test_disabling_again_changes_nothing_and_is_not_journalled(world: World) -> None:
    world.discounts.add(FIVE_OFF)
    results = [shown(run(world, "disable", "FIVE", *WHY)) for _ in range(2)]
    assert [each["status"] for each in results] == ["DISABLED", "DISABLED"]
    assert len(world.journal.entries) == 2


def test_a_code_that_is_not_there_is_one_clear_line(world: World) -> None:
    result = run(world, "disable", "NEVER", *WHY)
    assert result.exit_code == 2
    assert "There is no discount NEVER" in result.output


@pytest.mark.parametrize("command", [TENTH, ("disable", "FIVE")], ids=["create", "disable"])
def test_a_dry_run_changes_nothing(world: World, command: tuple[str, ...]) -> None:
    world.discounts.add(FIVE_OFF)
    shown(run(world, *command, *WHY, "--dry-run"))
    assert (world.discounts.kept, world.journal.entries) == ({"FIVE": FIVE_OFF}, [])
