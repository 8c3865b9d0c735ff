"""The counters are the sum over orders and ratings after any history, however its changes are delivered."""

import dataclasses
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.analytics.audit import total
from orderflow.analytics.change import Change
from orderflow.analytics.counted import CountedOrder, CountedRating
from orderflow.analytics.counting import Counting
from orderflow.orders.status import TRANSITIONS, OrderStatus
from orderflow.runtime.dynamo import StoreUnavailableError
from tests.support.counters import InMemoryCounters

DAYS, CUSTOMERS, PRODUCTS = ("2026-01-01", "2026-01-02"), ("customer-1", "customer-2"), ("ITEM001", "ITEM002", "P")
CURRENCIES = ("EUR", "USD")


@st.composite
def histories(draw: Any) -> list[list[Change]]:
    """Draw the histories of some orders: legal moves, refunds at any time, at last perhaps the order's removal."""
    made = []
    for number in range(draw(st.integers(1, 5))):
        day = draw(st.sampled_from(DAYS))
        now = CountedOrder(
            user_id=draw(st.sampled_from(CUSTOMERS)),
            status="PENDING",
            currency=draw(st.sampled_from(CURRENCIES)),
            total=draw(st.integers(1, 10_000)),
            refunded=0,
            units=draw(st.dictionaries(st.sampled_from(PRODUCTS), st.integers(1, 9), min_size=1)),
        )
        history = [Change(f"order-{number}", day, 1, now)]
        for _ in range(draw(st.integers(0, 8))):
            moves = [move.target for move in TRANSITIONS if move.source is OrderStatus(now.status)]
            if moves and draw(st.booleans()):
                now = dataclasses.replace(now, status=draw(st.sampled_from(moves)).value)
            else:
                now = dataclasses.replace(now, refunded=draw(st.integers(now.refunded, now.total)))
            history.append(Change(f"order-{number}", day, history[-1].version + draw(st.integers(1, 3)), now))
        if draw(st.integers(0, 9)) == 0:
            history.append(Change(f"order-{number}", day, history[-1].version + 1, None))
        made.append(history)
    return made


@st.composite
def ratings(draw: Any) -> list[list[Change]]:
    """Draw the histories of some ratings: given, changed, not counting for a while or for good."""
    made = []
    for number in range(draw(st.integers(1, 4))):
        day, customer = draw(st.sampled_from(DAYS)), draw(st.sampled_from(CUSTOMERS))
        stars = draw(st.lists(st.none() | st.integers(1, 5), min_size=1, max_size=6))
        version, history = 0, []
        for rating in stars:
            version += draw(st.integers(1, 3))
            facts = None if rating is None else CountedRating(customer, rating)
            history.append(Change(f"fbk_{number}#ITEM001", day, version, facts))
        made.append(history)
    return made


@settings(max_examples=300, deadline=None)
@given(histories(), ratings(), st.data())
def test_counters_are_the_sum_over_orders_and_ratings_after_any_history_delivered_anyhow(
    orders: list[list[Change]], rated: list[list[Change]], data: st.DataObject
) -> None:
    # Given every change at least once, some twice, in any order and in batches of any size
    told = orders + rated
    all_changes = [change for history in told for change in history]
    repeated = data.draw(st.lists(st.sampled_from(all_changes), max_size=10))
    delivered = data.draw(st.permutations(all_changes + repeated))
    store = InMemoryCounters()
    store.before = store.after = _sometimes(data, StoreUnavailableError("no answer"))
    # When what could not be counted comes again
    counting = Counting(store, sleep=lambda _seconds: None)
    while delivered:
        size = data.draw(st.integers(1, len(delivered)))
        batch, delivered = delivered[:size], delivered[size:]
        uncounted = counting.count(batch)
        delivered += [change for change in batch if change.subject in uncounted]
    # Then
    assert store.figures == total((history[-1].day, history[-1].facts) for history in told)


def _sometimes(data: st.DataObject, error: Exception) -> Any:
    left = [data.draw(st.integers(0, 3))]

    def fault() -> None:
        if left[0] and data.draw(st.booleans()):
            left[0] -= 1
            raise error

    return fault
