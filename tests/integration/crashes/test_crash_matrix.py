"""Killed just before or just after any write, the shop comes to rest with all six rules kept, and the checkout's.

Each scenario runs once to see which writes it makes, then once for every one of them with the process killed before it,
and once with the process killed after it; queue, retries and sweeper do the rest. A write that two scenarios come to by
the same writes is the same write: one of them is killed at it.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from unittest import mock

import pytest

from handlers.checkout import take_order_updates
from orderflow.analytics.counting import Counting
from orderflow.catalog.reservation_store import DynamoReservationStore
from orderflow.checkout.following import Follower
from orderflow.checkout.pricing.discount_store import DynamoDiscounts
from orderflow.checkout.webhooks import taking
from orderflow.checkout.webhooks.delivery_store import DynamoDeliveries
from orderflow.checkout.webhooks.event_topic import SnsEventTopic
from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.orders.sweeping import Finding, Sweeper
from orderflow.orders.workflow_starter import StepFunctionsStarter
from tests.integration.crashes.checkout_scenarios import CHECKOUT_SCENARIOS
from tests.integration.crashes.scenarios import SCENARIOS as ORDER_SCENARIOS
from tests.integration.crashes.scenarios import Scenario, stocked
from tests.support.frozen import START
from tests.support.simulation.account import Region, Shop, simulated_region
from tests.support.simulation.effects import ELSEWHERE, Effect, all_effects, effects_in
from tests.support.simulation.judge import breaches
from tests.support.simulation.trap import Trap
from tools.paths import ROOT

REPORT = ROOT / ".orderflow" / "reports" / "crash-matrix.txt"
SCENARIOS = (*ORDER_SCENARIOS, *CHECKOUT_SCENARIOS)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


@pytest.fixture(scope="module")
def region() -> Iterator[Region]:
    with simulated_region() as region:
        yield region


@pytest.fixture(scope="module")
def alive(region: Region) -> dict[str, list[Effect]]:
    """Give what each scenario writes when nothing dies; every one of them keeps the rules."""
    seen, broken = {}, {}
    for scenario in SCENARIOS:
        trap = Trap()
        broken[scenario.name] = run(scenario, region, trap)[1]
        seen[scenario.name] = trap.seen
    assert {name: found for name, found in broken.items() if found} == {}
    return seen


@pytest.fixture(scope="module")
def fresh(alive: dict[str, list[Effect]]) -> dict[str, list[int]]:
    """Give which of its writes each scenario is killed at: those that no earlier one came to by the same writes."""
    known: set[tuple[Effect, ...]] = set()
    found = {}
    for name, seen in alive.items():
        ways = [tuple(seen[: at + 1]) for at in range(len(seen))]
        found[name] = [at for at, way in enumerate(ways) if way not in known]
        known |= set(ways)
    return found


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


def killed(scenario: Scenario, region: Region, writes: Iterable[int]) -> dict[str, list[str]]:
    """Kill at each of these writes, before and after it, and return what is broken then."""
    found = {}
    for at, after in itertools.product(writes, (False, True)):
        shop, broken = run(scenario, region, Trap(at, after))
        assert shop.deaths, f"nothing was killed at write {at}"
        if broken:
            found[f"{'after' if after else 'before'} write {at}, {shop.deaths[0]}"] = broken
    return found


@pytest.mark.parametrize("scenario", SCENARIOS, ids=BY_NAME)
def test_whatever_write_the_process_dies_at_the_six_rules_hold(scenario, region, fresh, report):
    # When it is killed at each of its writes, before and after it / Then
    assert killed(scenario, region, fresh[scenario.name]) == {}
    report.append(f"{scenario.name}: killed at {len(fresh[scenario.name])} writes, before and after each")


def test_every_write_of_the_code_and_the_workflows_is_reached_by_a_scenario(alive):
    missed = [str(effect) for effect in sorted(all_effects() - set(itertools.chain(*alive.values())))]
    assert missed == [], (
        f"{len(missed)} of {len(all_effects())} writes are in no scenario of tests/integration/crashes/scenarios.py: "
        f"{'; '.join(missed)}"
    )


@pytest.mark.parametrize("function", ELSEWHERE)
def test_a_function_that_is_left_out_exists_and_is_tested_elsewhere(function):
    assert list((ROOT / "src" / "handlers").glob(f"*/{function}.py"))
    assert (ROOT / ELSEWHERE[function]).exists()


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
        "    provider.refund('reference')\n"
        "class Telling:\n"
        "    def tell(self):\n"
        "        self.post('https://agent.example.com')\n",
        encoding="utf-8",
    )
    assert sorted(map(str, effects_in(module))) == [
        "shelf_store.py:13 (pay)",
        "shelf_store.py:16 (Telling.tell)",
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


def taken_too_soon(event: Any, *, intake: Any, **ports: Any) -> Any:
    """Note that an event is kept before it is."""
    if intake.is_taken(event.order_id, event.sequence):
        return []
    intake.mark_taken(event, START)
    with mock.patch.object(intake, "is_taken", lambda _order_id, sequence: sequence != event.sequence):
        return taking.take(event, intake=intake, **ports)


def rendered_anew(body: Callable[..., bytes]) -> Callable[..., bytes]:
    """Return what gives a body with more spaces each time."""
    numbers = itertools.count()
    return lambda *args: body(*args) + b" " * next(numbers)


def added_twice(store: Any, new: Any, _key: Any) -> None:
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
        (
            "shipped, and counted meanwhile",
            mock.patch.object(Counting, "_is_news", return_value=True),
            "counted once",
        ),
        (
            "judged, changed, cancelled, and counted meanwhile",
            mock.patch("orderflow.analytics.rating_change.gone", return_value=None),
            "counted once",
        ),
        (
            "bought by an agent that does not wait",
            mock.patch.object(Follower, "follow_order", return_value=False),
            "a session ends as its agent is told",
        ),
        (
            "an agent is declined, then pays",
            mock.patch.object(DynamoDiscounts, "given_back", return_value=[]),
            "once: SPRING counts 2 uses",
        ),
        ("bought by an agent", mock.patch.object(SnsEventTopic, "publish"), "every event arrives"),
        ("bought by an agent", mock.patch.object(take_order_updates, "take", taken_too_soon), "every event arrives"),
        (
            "bought by an agent, and shipped",
            mock.patch.object(DynamoDeliveries, "body", rendered_anew(DynamoDeliveries.body)),
            "byte-identical",
        ),
    ],
    ids=[
        "a key is not remembered",
        "the sweeper sleeps",
        "stock is not released",
        "executions have no name",
        "the ledger is not asked",
        "a rating that counts no more is not told",
        "nobody follows orders",
        "a code is not given back",
        "an event is not published",
        "an event is taken before it is kept",
        "a webhook is rendered anew",
    ],
)
def test_a_planted_defect_is_found(region, scenario, defect, rule):
    with defect:
        trap = Trap()
        found = run(BY_NAME[scenario], region, trap)[1]
        if not any(breach.startswith(rule) for breach in found):
            found = [*itertools.chain(*killed(BY_NAME[scenario], region, range(len(trap.seen))).values())]
    assert [breach for breach in found if breach.startswith(rule)]
