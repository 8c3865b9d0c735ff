"""What a summary says, to whom, of which days."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from orderflow.analytics.counting import Counting
from orderflow.analytics.period import Period, period_of
from orderflow.analytics.summary import summarize
from orderflow.runtime.errors import InvalidRequestError
from tests.support.counters import InMemoryCounters, change, rated
from tests.support.orders import ADMIN, CUSTOMER, STRANGER

TODAY = date(2026, 1, 31)
TWO_DAYS = Period(date(2026, 1, 2), date(2026, 1, 3))


@pytest.fixture
def store() -> InMemoryCounters:
    store = InMemoryCounters()
    sold = {"total": 1001, "units": {"ITEM002": 5}}
    Counting(store).count([
        change(order_id="a", refunded=999),
        change(order_id="b", user_id=ADMIN.user_id, **sold),
        change(order_id="c", status="CANCELLED", refunded=3998),
        change(order_id="d", currency="USD", total=77),
    ])  # fmt: skip
    return store


def test_an_administrator_sees_the_whole_shop(store: InMemoryCounters) -> None:
    figures = {
        "orders": 3,
        "ordersByStatus": {"CANCELLED": 1, "CONFIRMED": 2},
        "sold": 2,
        "gross": 4999,
        "refunded": 999,
        "revenue": 4000,
        "averageBasket": 2500,
    }
    none = {"orders": 0, "ordersByStatus": {}, "sold": 0, "gross": 0, "refunded": 0, "revenue": 0}
    assert summarize(ADMIN, TWO_DAYS, "EUR", mine=False, store=store) == {
        "from": "2026-01-02",
        "to": "2026-01-03",
        "currency": "EUR",
        "scope": "shop",
        "totals": figures,
        "days": [{"day": "2026-01-02", **figures}, {"day": "2026-01-03", **none}],
        "topProducts": [{"productId": "ITEM002", "quantity": 5}, {"productId": "ITEM001", "quantity": 2}],
    }


@pytest.mark.parametrize("mine", [True, False])
def test_a_customer_sees_their_own_figures_whatever_they_ask_for(store: InMemoryCounters, mine: bool) -> None:
    told = summarize(CUSTOMER, TWO_DAYS, "EUR", mine=mine, store=store)
    assert (told["scope"], told["totals"]["orders"], told["totals"]["revenue"]) == ("own", 2, 2999)
    assert told["topProducts"] == [{"productId": "ITEM001", "quantity": 2}]
    nothing = summarize(STRANGER, TWO_DAYS, "EUR", mine=mine, store=store)
    assert (nothing["totals"]["orders"], nothing["topProducts"]) == (0, [])


def test_an_administrator_may_ask_for_their_own(store: InMemoryCounters) -> None:
    told = summarize(ADMIN, TWO_DAYS, "EUR", mine=True, store=store)
    assert (told["scope"], told["totals"]["gross"]) == ("own", 1001)


def test_ratings_are_averaged_by_day_and_in_total_for_the_shop_and_for_each_giver_whatever_the_currency() -> None:
    # Given
    store = InMemoryCounters()
    Counting(store).count([
        rated(rating=5),
        rated(rating=4, row_id="fbk_0002#ITEM001"),
        rated(rating=4, row_id="fbk_0002#ITEM002"),
        rated(rating=1, row_id="fbk_0003#ITEM001", user_id=ADMIN.user_id),
        replace(rated(rating=2, row_id="fbk_0004#ITEM001"), day="2026-01-03"),
        replace(rated(rating=2, row_id="fbk_0005#ITEM001"), day="2026-01-04"),
    ])  # fmt: skip
    # When
    shop, own, theirs, nobodys = (
        summarize(caller, TWO_DAYS, currency, mine=mine, store=store)
        for caller, currency, mine in (
            (ADMIN, "EUR", False), (CUSTOMER, "USD", False), (ADMIN, "EUR", True), (STRANGER, "EUR", False),
        )
    )  # fmt: skip
    # Then
    assert [day["rating"] for day in shop["days"]] == [
        {"average": Decimal("3.50"), "count": 4},
        {"average": Decimal("2.00"), "count": 1},
    ]
    assert shop["totals"]["rating"] == {"average": Decimal("3.20"), "count": 5}
    assert own["totals"]["rating"] == {"average": Decimal("3.75"), "count": 4}
    assert theirs["totals"]["rating"] == {"average": Decimal("1.00"), "count": 1}
    assert [day.get("rating") for day in theirs["days"]] == [{"average": Decimal("1.00"), "count": 1}, None]
    assert "rating" not in nobodys["totals"]
    assert own["totals"]["orders"] == 0


def test_orders_in_another_currency_are_counted_apart(store: InMemoryCounters) -> None:
    told = summarize(ADMIN, TWO_DAYS, "USD", mine=False, store=store)
    assert (told["totals"]["orders"], told["totals"]["revenue"]) == (1, 77)


def test_the_best_of_a_range_are_those_of_its_days_together_ties_by_their_ids() -> None:
    # Given
    store = InMemoryCounters()
    for number in range(12):
        units = {f"P{number:02}": 5, "TOP": 1}
        Counting(store).count([change(order_id=str(number), units=units)])
    # When
    told = summarize(ADMIN, TWO_DAYS, "EUR", mine=False, store=store)["topProducts"]
    # Then
    expected = [("TOP", 12), *((f"P{number:02}", 5) for number in range(9))]
    assert [(each["productId"], each["quantity"]) for each in told] == expected


def test_a_product_counts_on_the_days_on_which_it_is_among_the_hundred_best() -> None:
    store = InMemoryCounters()
    for first in (0, 50, 100):
        units = {f"P{number:03}": 2 for number in range(first, first + 50)}
        Counting(store).count([change(order_id=str(first), units=units if first < 100 else {"LAST": 1})])
    told = summarize(ADMIN, TWO_DAYS, "EUR", mine=False, store=store)["topProducts"]
    assert "LAST" not in {each["productId"] for each in told}


def test_a_summary_costs_one_query_and_one_a_day_for_the_whole_shop(store: InMemoryCounters) -> None:
    # Given
    asked: list[str] = []

    class Watched(InMemoryCounters):
        def lines(self, book, period):
            asked.append(book)
            return super().lines(book, period)

        def best(self, book, limit):
            asked.append(f"{book} {limit}")
            return super().best(book, limit)

    month = Period(date(2026, 1, 1), date(2026, 1, 31))
    # When
    summarize(ADMIN, month, "EUR", mine=False, store=Watched(table=store.table))
    # Then
    assert asked == ["shop", *(f"products#2026-01-{day:02}#EUR 100" for day in range(1, 32))]
    asked.clear()
    summarize(CUSTOMER, month, "EUR", mine=False, store=Watched(table=store.table))
    assert asked == ["customer#customer-1"]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, ("2026-01-02", "2026-01-31")),
        (None, "2026-03-01", ("2026-01-31", "2026-03-01")),
        ("2026-01-01", None, ("2026-01-01", "2026-01-31")),
        ("2026-01-31", "2026-01-31", ("2026-01-31", "2026-01-31")),
        ("2026-02-01", "2026-03-03", ("2026-02-01", "2026-03-03")),
    ],
)
def test_days_that_are_not_said_are_the_thirty_up_to_today(first, last, expected) -> None:
    period = period_of(first, last, TODAY)
    assert (period.first.isoformat(), period.last.isoformat()) == expected


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-13-01", None, "from"),
        ("20260101", None, "from"),
        ("", None, "from"),
        ("2026-01-01T00:00", None, "from"),
        (None, "yesterday", "to"),
        (None, "0001-01-02", "to"),
        ("2026-02-01", "2026-01-31", "from"),
        ("2026-01-01", "2026-02-01", "from"),
    ],
)
def test_what_is_no_bounded_range_of_dates_is_refused_with_its_field(first, last, field) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        period_of(first, last, TODAY)
    assert [detail["field"] for detail in refused.value.details] == [field]
