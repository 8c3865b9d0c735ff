"""A burst of orders: no more open than allowed, waited for to the last, and a failure is not swallowed."""

import threading

import pytest

from tools import bench_storm
from tools.bench_storm import Pace, burst
from tools.terminal import ToolError


class Counter:
    """A shop in which an order ends one look after it was placed."""

    def __init__(self) -> None:
        self.lock, self.open, self.most = threading.Lock(), 0, 0

    def place(self, number: int) -> str:
        with self.lock:
            self.open += 1
            self.most = max(self.most, self.open)
        return f"order-{number}"

    def open_ones(self, order_ids: set[str]) -> int:
        with self.lock:
            self.open -= min(self.open, len(order_ids))
        return 0


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    monkeypatch.setattr(bench_storm, "_LOOK_SECONDS", 0.001)


def test_a_burst_places_every_order_once_and_never_has_more_open_than_allowed() -> None:
    shop = Counter()
    pace, order_ids = burst(shop.place, 40, 3, shop.open_ones)
    assert sorted(order_ids) == sorted(f"order-{number}" for number in range(40))
    assert shop.most <= 3
    assert (pace.orders, 0 < pace.accepted <= pace.all, pace.most <= pace.all) == (40, True, True)


def test_a_burst_waits_for_orders_that_are_still_open() -> None:
    looks = iter([5, 5, 3, 1, 0, 0, 0])
    pace, _ = burst(lambda number: str(number), 5, 5, lambda ids: min(len(ids), next(looks)))
    assert next(looks) == 0
    assert pace.orders == 5


def test_an_order_that_was_never_accepted_ends_the_burst_with_its_error() -> None:
    def refuse(number: int) -> str:
        raise ToolError(f"Order {number} was never accepted")

    with pytest.raises(ToolError, match="was never accepted"):
        burst(refuse, 20, 2, lambda ids: len(ids))


def test_a_burst_that_does_not_end_is_given_up(monkeypatch) -> None:
    monkeypatch.setattr(bench_storm, "_END_SECONDS", 0.05)
    with pytest.raises(ToolError, match="2 of 2 orders have not ended"):
        burst(lambda number: str(number), 2, 2, lambda ids: 2)


def test_the_rate_counts_until_99_of_100_orders_have_ended() -> None:
    assert Pace(200, 1.0, 10.0, 190.0).rate == pytest.approx(19.8)
