"""Sample orders: baskets as customers fill them, from the catalogue, through the same intake as everybody's."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orderflow.orders.errors import SampleOrdersRefusedError
from orderflow.orders.intake import Accepted, Intake, OrderRequest
from orderflow.orders.order import Address
from orderflow.orders.pricing import RequestedLine
from orderflow.runtime.caller import Caller
from orderflow.runtime.errors import OrderflowError
from orderflow.runtime.idempotency.once import Once, once

GENERATOR = Caller("generator")
DEFAULT_COUNT = 5
MAX_COUNT = 50
ASSORTMENT = 100  # products that baskets are filled from
_LONGEST_SEED = 64  # characters

# Most people buy one or two things, and one of each.
_LINES = ((1, 50), (2, 28), (3, 14), (4, 8))
_QUANTITIES = ((1, 74), (2, 18), (3, 6), (6, 2))
_STREETS = ("Lindenallee", "Hauptstr.", "Rue du Moulin", "Via Garibaldi", "Calle Mayor", "Keizersgracht")
_PLACES = (
    ("Jena", "07743", "DE"), ("Hamburg", "20095", "DE"), ("Lyon", "69002", "FR"),
    ("Torino", "10121", "IT"), ("Sevilla", "41001", "ES"), ("Utrecht", "3511", "NL"),
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """What to make: the same seed makes the same baskets of the same catalogue."""

    seed: str
    count: int = DEFAULT_COUNT


def sample_of(event: Mapping[str, Any]) -> Sample:
    """Return what an event asks for: {"seed", "count"?} by hand, {"scheduledTime"} from the schedule.

    Raises SampleOrdersRefusedError.
    """
    seed, count = event.get("seed", event.get("scheduledTime")), event.get("count", DEFAULT_COUNT)
    if "seed" not in event and not _is_time(seed):
        raise SampleOrdersRefusedError(
            "seed is missing, and scheduledTime is no time in ISO 8601; "
            'send {"seed": 7, "count": 5}, or let a schedule fill in <aws.scheduler.scheduled-time>.'
        )
    if isinstance(seed, bool) or not isinstance(seed, str | int) or not 1 <= len(str(seed)) <= _LONGEST_SEED:
        raise SampleOrdersRefusedError(f"seed must be a number or a text of 1 to {_LONGEST_SEED} characters.")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_COUNT:
        raise SampleOrdersRefusedError(f"count must be a whole number from 1 to {MAX_COUNT}.")
    return Sample(str(seed), count)


def sample_orders(sample: Sample, assortment: Sequence[str]) -> Iterator[tuple[Once, OrderRequest]]:
    """Yield the sample's requests, each with what makes its repetition the same order.

    Raises SampleOrdersRefusedError when there is nothing to buy.
    """
    if not assortment:
        raise SampleOrdersRefusedError("The catalogue is empty: there is nothing to order. Add products first.")
    for position in range(sample.count):
        # One generator an order: the first five of a seed are the same, whether five are made or fifty.
        chance = random.Random(f"{sample.seed}/{position}")
        yield once(sample.seed, "generate_orders", str(position), {}), _request(chance, assortment)


def generate_orders(
    sample: Sample, *, assortment: Sequence[str], intake: Intake, correlation_id: str
) -> Iterator[Accepted | OrderflowError]:
    """Place the sample's orders one by one; yields what intake answered, or why it refused one."""
    for key, request in sample_orders(sample, assortment):
        try:
            yield intake.place_order(request, GENERATOR, once=key, correlation_id=correlation_id)
        except OrderflowError as error:
            yield error


def _is_time(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _request(chance: random.Random, assortment: Sequence[str]) -> OrderRequest:
    products = chance.sample(list(assortment), min(_weighted(chance, _LINES), len(assortment)))
    city, zip_code, country = chance.choice(_PLACES)
    return OrderRequest(
        lines=tuple(RequestedLine(product_id, _weighted(chance, _QUANTITIES)) for product_id in products),
        shipping_address=Address(f"{chance.choice(_STREETS)} {chance.randint(1, 120)}", city, zip_code, country),
    )


def _weighted(chance: random.Random, weights: Sequence[tuple[int, int]]) -> int:
    return chance.choices([value for value, _ in weights], [weight for _, weight in weights])[0]
