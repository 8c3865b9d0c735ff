"""Sample orders: reproducible by seed, bounded, through the same intake, and once."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.orders.errors import SampleOrdersRefusedError
from orderflow.orders.generating import GENERATOR, MAX_COUNT, Sample, generate_orders, sample_of, sample_orders
from orderflow.orders.intake import Accepted, OrderRequest
from orderflow.orders.limits import MAX_LINES, MAX_QUANTITY
from tests.support.crashes import ProcessDied, Trap, every_trap, raising
from tests.support.orders import SHOP_PRICES, InMemoryShop

ASSORTMENT = sorted(SHOP_PRICES)


def requests(seed: str, count: int, assortment: list[str] = ASSORTMENT) -> list[OrderRequest]:
    return [request for _, request in sample_orders(Sample(seed, count), assortment)]


def generate(shop: InMemoryShop, sample: Sample, trap: Trap | None = None) -> list[Any]:
    return list(generate_orders(sample, assortment=ASSORTMENT, intake=shop.intake(trap), correlation_id="generator-1"))


def test_a_seed_makes_the_same_baskets_and_another_seed_others() -> None:
    assert requests("7", 10) == requests("7", 10)
    assert requests("7", 10) != requests("8", 10)
    assert requests("7", 10)[:3] == requests("7", 3)


def test_the_baskets_of_a_seed_differ_from_each_other() -> None:
    assert len({(r.lines, r.shipping_address) for r in requests("7", 20)}) > 15


@given(st.text(min_size=1, max_size=64), st.lists(st.uuids().map(str), min_size=1, max_size=20, unique=True))
def test_every_basket_is_one_that_intake_takes(seed: str, assortment: list[str]) -> None:
    for request in requests(seed, 5, assortment):
        products = [line.product_id for line in request.lines]
        assert 1 <= len(products) <= MAX_LINES
        assert len(set(products)) == len(products)
        assert set(products) <= set(assortment)
        assert all(1 <= line.quantity <= MAX_QUANTITY for line in request.lines)
        assert request.user_id is None


def test_sample_orders_go_through_intake_priced_by_the_server_and_queued() -> None:
    # Given / When
    shop = InMemoryShop()
    answers = generate(shop, Sample("7", 4))
    # Then
    orders = [shop.store.orders[order_id].order for order_id in shop.order_ids]
    assert [answer.order_id for answer in answers] == shop.order_ids == shop.queued_ids
    assert [answer.total for answer in answers] == [
        sum(line.quantity * SHOP_PRICES[line.product_id] for line in request.lines) for request in requests("7", 4)
    ]
    assert {order.user_id for order in orders} == {GENERATOR.user_id} == {"generator"}


def test_a_repeated_run_makes_no_second_order_also_when_the_first_died_anywhere() -> None:
    worlds: list[InMemoryShop] = []

    def run(trap: Trap) -> None:
        worlds.append(InMemoryShop())
        generate(worlds[-1], Sample("7", 3), trap)

    for _ in every_trap(raising(ProcessDied), run, ProcessDied):
        # When Lambda repeats the event
        answers = generate(worlds[-1], Sample("7", 3))
        # Then
        assert [answer.order_id for answer in answers] == worlds[-1].order_ids
        assert set(worlds[-1].queued_ids) == set(worlds[-1].order_ids)
        assert len(worlds[-1].order_ids) == 3


def test_a_refused_order_does_not_stop_the_others() -> None:
    # Given a product that left the shop after it was listed
    shop = InMemoryShop()
    del shop.prices.prices["test_1"]
    # When
    answers = generate(shop, Sample("7", 20))
    # Then
    placed = [answer for answer in answers if isinstance(answer, Accepted)]
    assert 0 < len(placed) < 20
    assert {type(answer).__name__ for answer in answers} == {"Accepted", "UnknownProductError"}


@pytest.mark.parametrize(
    ("event", "sample"),
    [
        ({"seed": 7, "count": 3}, Sample("7", 3)),
        ({"seed": "spring"}, Sample("spring", 5)),
        ({"scheduledTime": "2026-01-02T03:05:00Z"}, Sample("2026-01-02T03:05:00Z", 5)),
        ({"seed": 0, "count": MAX_COUNT}, Sample("0", MAX_COUNT)),
    ],
)
def test_a_run_is_seeded_by_hand_or_by_the_time_of_its_schedule(event: Mapping[str, Any], sample: Sample) -> None:
    assert sample_of(event) == sample


@pytest.mark.parametrize(
    ("event", "issue"),
    [
        ({}, "seed is missing"),
        ({"scheduledTime": "<aws.scheduler.scheduled-time>"}, "seed is missing"),
        ({"scheduledTime": 7}, "seed is missing"),
        ({"seed": ""}, "seed must be"),
        ({"seed": True}, "seed"),
        ({"seed": "x" * 65}, "seed"),
        ({"seed": 7, "count": 0}, "count"),
        ({"seed": 7, "count": MAX_COUNT + 1}, "count"),
        ({"seed": 7, "count": "5"}, "count"),
    ],
)
def test_an_event_that_makes_no_orders_is_refused_with_what_to_send(event: Mapping[str, Any], issue: str) -> None:
    with pytest.raises(SampleOrdersRefusedError, match=f"^{issue}"):
        sample_of(event)


def test_an_empty_catalogue_is_said_so() -> None:
    with pytest.raises(SampleOrdersRefusedError, match="catalogue is empty"):
        requests("7", 1, [])
