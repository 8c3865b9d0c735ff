"""Killed just before or just after any write, the shop comes to rest with all six rules kept.

Each scenario runs once to see which writes it makes, then once for every one of them with the process killed before it,
and once with the process killed after it; queue, retries and sweeper do the rest.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest

from orderflow.catalog.reservation_store import DynamoReservationStore
from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.orders.sweeping import Finding, Sweeper
from orderflow.orders.workflow_starter import StepFunctionsStarter
from tests.integration.crashes.scenarios import SCENARIOS, Scenario, stocked
from tests.support.simulation.account import Region, Shop, simulated_region
from tests.support.simulation.effects import Effect, all_effects, effects_in
from tests.support.simulation.judge import breaches
from tests.support.simulation.trap import Trap
from tools.paths import ROOT

REPORT = ROOT / ".orderflow" / "reports" / "crash-matrix.txt"
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


@pytest.fixture(scope="module")
def region() -> Iterator[Region]:
    with simulated_region() as region:
        yield region


@pytest.fixture(scope="module")
def report() -> Iterator[list[str]]:
    """Give a list of lines; whoever did not see the terminal finds them in a file."""
    lines: list[str] = []
    yield lines
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def run(scenario: Scenario, region: Region, trap: Trap) -> tuple[Shop, list[str]]:
    """Let a scenario happen in a fresh shop, to its rest, and judge it."""
    shop = region.open(trap)
    stocked(shop, scenario.expected.stocked)
    shop.broken |= scenario.broken
    accepted = scenario.act(shop)
    shop.settle()
    return shop, list(breaches(shop, scenario.expected, accepted))


def killed(scenario: Scenario, region: Region, writes: int) -> dict[str, list[str]]:
    """Kill at each of so many writes, before and after it, and return what is broken then."""
    found = {}
    for after, at in itertools.product((False, True), range(writes)):
        shop, broken = run(scenario, region, Trap(at, after))
        assert shop.deaths, f"nothing was killed at write {at}"
        if broken:
            found[f"{'after' if after else 'before'} write {at}, {shop.deaths[0]}"] = broken
    return found


@pytest.mark.parametrize("scenario", SCENARIOS, ids=BY_NAME)
def test_whatever_write_the_process_dies_at_the_six_rules_hold(scenario, region, report):
    # Given what it writes when nothing dies
    alive = Trap()
    assert run(scenario, region, alive)[1] == []
    # When it is killed at each write, before and after it / Then
    assert killed(scenario, region, len(alive.seen)) == {}
    report.append(f"{scenario.name}: {len(alive.seen)} writes, killed {2 * len(alive.seen)} times")


def test_every_write_of_the_code_and_the_workflows_is_reached_by_a_scenario(region):
    reached: set[Effect] = set()
    for scenario in SCENARIOS:
        alive = Trap()
        run(scenario, region, alive)
        reached |= set(alive.seen)
    missed = [str(effect) for effect in sorted(all_effects() - reached)]
    assert missed == [], (
        f"{len(missed)} of {len(all_effects())} writes are in no scenario of tests/integration/crashes/scenarios.py: "
        f"{'; '.join(missed)}"
    )


def test_a_new_write_is_found_with_the_functions_that_lead_to_it(tmp_path):
    module = tmp_path / "shelf_store.py"
    module.write_text(
        "class Shelves:\n"
        "    def fill(self):\n"
        "        self._write()\n"
        "    def empty(self):\n"
        "        self._write()\n"
        "    def look(self):\n"
        "        return self._client.get_item(TableName='shelves')\n"
        "    def _write(self):\n"
        "        self._client.update_item(\n"
        "            TableName='shelves',\n"
        "        )\n"
        "def pay(provider):\n"
        "    provider.refund('reference')\n",
        encoding="utf-8",
    )
    assert sorted(map(str, effects_in(module))) == [
        "shelf_store.py:13 (pay)",
        "shelf_store.py:9 (Shelves.empty)",
        "shelf_store.py:9 (Shelves.fill)",
    ]


def unnamed(start: Callable[..., bool]) -> Callable[..., bool]:
    """Return a start whose executions have a new name each time."""
    numbers = itertools.count()

    def start_anew(starter: Any, order: Any) -> bool:
        client = starter._client
        renamed = mock.Mock(wraps=client)
        renamed.start_execution = lambda **request: client.start_execution(
            **{**request, "name": f"{request['name']}-{next(numbers)}"}
        )
        with mock.patch.object(starter, "_client", renamed):
            return start(starter, order)

    return start_anew


def added_twice(store: Any, new: Any, _answer: Any, _now: Any) -> None:
    store.add(new)


@pytest.mark.parametrize(
    ("scenario", "defect", "rule"),
    [
        ("approved", mock.patch.object(DynamoIntakeStore, "add_once", added_twice), "once: there are 2 orders"),
        (
            "the message is lost",
            mock.patch.object(Sweeper, "sweep", return_value=Finding.RUNNING),
            "accepted means finished",
        ),
        (
            "declined",
            mock.patch.object(DynamoReservationStore, "release", return_value=True),
            "stock and money balance",
        ),
        (
            "approved",
            mock.patch.object(StepFunctionsStarter, "start", unnamed(StepFunctionsStarter.start)),
            "once: 2 executions",
        ),
    ],
    ids=["a key is not remembered", "the sweeper sleeps", "stock is not released", "executions have no name"],
)
def test_a_planted_defect_is_found(region, scenario, defect, rule):
    with defect:
        alive = Trap()
        whole = run(BY_NAME[scenario], region, alive)[1]
        found = [*whole, *itertools.chain(*killed(BY_NAME[scenario], region, len(alive.seen)).values())]
    assert [breach for breach in found if breach.startswith(rule)]
