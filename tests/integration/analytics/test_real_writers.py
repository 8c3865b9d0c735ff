"""Whatever really writes an order raises its version with each change that counts: so any delivery adds up."""

from collections.abc import Iterator

import pytest

from tests.integration.crashes.checkout_scenarios import CHECKOUT_SCENARIOS
from tests.integration.crashes.scenarios import SCENARIOS, Scenario, stocked
from tests.support.simulation.account import Region, simulated_region
from tests.support.simulation.judge import breaches
from tests.support.simulation.trap import Trap

# Where nothing is sold, nothing is counted.
SELLING = [*SCENARIOS, *(scenario for scenario in CHECKOUT_SCENARIOS if scenario.expected.ends)]


@pytest.fixture(scope="module")
def region() -> Iterator[Region]:
    with simulated_region() as region:
        yield region


@pytest.mark.parametrize("scenario", SELLING, ids=lambda scenario: scenario.name)
def test_what_happens_in_a_shop_is_counted_once_however_it_is_delivered(scenario: Scenario, region: Region) -> None:
    # Given
    shop = region.open(Trap())
    shop.streamed = {}
    stocked(shop, scenario.expected.stocked)
    shop.broken |= scenario.broken
    # When
    accepted = scenario.act(shop)
    shop.settle()
    # Then the judge delivers everything, then everything again from the end; the crash matrix hears of the other rules
    found = breaches(shop, scenario.expected, accepted)
    assert [breach for breach in found if breach.startswith("counted once")] == []
    assert shop.rows("analytics")
