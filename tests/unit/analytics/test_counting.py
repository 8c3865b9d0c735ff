"""Each change counts exactly once, whatever came before it, twice or never."""

import pytest

from orderflow.analytics.audit import total
from orderflow.analytics.change import Change, change_of, from_message
from orderflow.analytics.counted import Row, contribution, difference
from orderflow.analytics.counting import Counting
from orderflow.analytics.errors import CountedMeanwhileError, UncountableError, UnreadableChangeError
from orderflow.orders.order import OrderLine
from orderflow.orders.status import OrderStatus
from orderflow.runtime.dynamo import StoreUnavailableError
from tests.support.counters import DAY, ORDER_ID, InMemoryCounters, change, facts, rated
from tests.support.orders import order

SHOP_ROW = Row("shop", "2026-01-02#EUR")
CUSTOMER_ROW = Row("customer#customer-1", "2026-01-02#EUR")
PRODUCT_ROW = Row("products#2026-01-02#EUR", "ITEM001")


def counting(store: InMemoryCounters, **settings: bool) -> Counting:
    return Counting(store, sleep=lambda _seconds: None, **settings)


@pytest.mark.parametrize("status", ["CONFIRMED", "SHIPPED", "DELIVERED", "RETURNED"])
def test_an_order_that_is_sold_counts_for_the_shop_its_customer_and_its_products(status: str) -> None:
    sold = {f"status:{status}": 1, "sold": 1, "gross": 3998, "refunded": 1999}
    assert contribution(DAY, facts(status, refunded=1999)) == {
        SHOP_ROW: sold,
        CUSTOMER_ROW: {**sold, "units:ITEM001": 2},
        PRODUCT_ROW: {"units": 2},
    }


@pytest.mark.parametrize(
    "status", ["PENDING", "PROCESSING", "REVIEW", "REJECTED", "PAYMENT_FAILED", "CANCELLED", "FAILED"]
)
def test_an_order_that_is_not_sold_counts_by_its_status_alone_whatever_it_once_took(status: str) -> None:
    told = contribution(DAY, facts(status, refunded=3998))
    assert told == {SHOP_ROW: {f"status:{status}": 1}, CUSTOMER_ROW: {f"status:{status}": 1}}


def test_a_rating_counts_on_its_day_for_the_shop_and_its_giver_apart_from_any_currency() -> None:
    given = {"rating": 4, "ratings": 1}
    line = "2026-01-02#rating"
    told = rated(rating=4)
    assert contribution(DAY, told.facts) == {Row("shop", line): given, Row("customer#customer-1", line): given}


def test_a_rating_that_changes_counts_as_what_it_is_last_and_one_that_counts_no_more_not_at_all() -> None:
    # Given
    store, line = InMemoryCounters(), Row("shop", "2026-01-02#rating")
    counting(store).count([rated(2, 4), rated(2, 5, "fbk_0002#ITEM001")])
    # When
    counting(store).count([rated(3, 1)])
    counting(store).count([rated(2, 4)])
    # Then
    assert store.figures[line] == {"rating": 6, "ratings": 2}
    # And
    counting(store).count([rated(4, None)])
    counting(store).count([rated(3, 1)])
    assert store.figures[line] == {"rating": 5, "ratings": 1}


def test_what_counts_of_an_order_is_taken_from_the_day_of_its_placing_with_equal_products_together() -> None:
    lines = (OrderLine("ITEM001", "A", 2, 1999), OrderLine("ITEM002", "B", 1, 750), OrderLine("ITEM001", "A", 1, 1999))
    told = change_of(order(lines=lines, status=OrderStatus.CONFIRMED, refunded=750, version=4))
    assert told == Change(
        ORDER_ID, DAY, 4, facts("CONFIRMED", total=6747, refunded=750, units={"ITEM001": 3, "ITEM002": 1})
    )


def test_a_change_adds_only_what_it_changes() -> None:
    changed = difference(DAY, facts("CONFIRMED"), facts("DELIVERED", refunded=1999))
    figures = {"status:CONFIRMED": -1, "status:DELIVERED": 1, "refunded": 1999}
    assert changed == {SHOP_ROW: figures, CUSTOMER_ROW: figures}
    assert difference(DAY, facts(), facts()) == {}


def test_a_change_that_comes_again_or_late_changes_nothing() -> None:
    # Given
    store = InMemoryCounters()
    assert counting(store).count([change(3, "CONFIRMED")]) == frozenset()
    counted = store.figures
    # When
    for late in (change(3, "CONFIRMED"), change(1, "PENDING"), change(2, "PROCESSING")):
        assert counting(store).count([late]) == frozenset()
    # Then
    assert store.figures == counted == total([(DAY, facts("CONFIRMED"))])


def test_a_change_that_was_lost_is_made_up_for_by_the_next() -> None:
    store = InMemoryCounters()
    counting(store).count([change(1, "PENDING")])
    counting(store).count([change(5, "DELIVERED", refunded=10)])
    assert store.figures == total([(DAY, facts("DELIVERED", refunded=10))])


def test_an_order_that_is_gone_counts_nothing_and_does_not_come_back() -> None:
    store = InMemoryCounters()
    counting(store).count([change(2)])
    counting(store).count([Change(ORDER_ID, DAY, 3, None)])
    counting(store).count([change(2)])
    assert store.figures == {}


def test_of_one_order_in_a_batch_only_the_newest_version_is_written() -> None:
    store = InMemoryCounters()
    counting(store).count([change(2, "PROCESSING"), change(3, "CONFIRMED"), change(1, "PENDING")])
    [step] = store.steps
    assert [told.version for told, _ in step.changes] == [3]
    assert store.figures == total([(DAY, facts("CONFIRMED"))])


def test_whoever_counts_an_order_meanwhile_is_counted_on() -> None:
    # Given a store in which somebody else counts version 2 between our reading and our writing
    store = InMemoryCounters()
    others = iter([change(2, "PROCESSING")])

    def meanwhile() -> None:
        for other in others:
            counting(store).count([other])

    store.before = meanwhile
    # When
    assert counting(store).count([change(3, "CONFIRMED")]) == frozenset()
    # Then
    assert store.figures == total([(DAY, facts("CONFIRMED"))])
    assert store.entries[ORDER_ID].counted.revision == 2


def test_a_write_whose_answer_is_lost_is_not_written_twice() -> None:
    store = InMemoryCounters()
    answers = iter([StoreUnavailableError("no answer")])

    def lost() -> None:
        for error in answers:
            raise error

    store.after = lost
    assert counting(store).count([change()]) == frozenset()
    assert store.figures == total([(DAY, facts())])


def test_what_stays_busy_is_reported_after_five_attempts_and_nothing_of_it_is_written() -> None:
    store, asked = InMemoryCounters(), []

    def busy() -> None:
        asked.append(1)
        raise CountedMeanwhileError

    store.before = busy
    assert counting(store).count([change()]) == {ORDER_ID}
    assert (len(asked), store.figures) == (5, {})


def test_an_order_that_cannot_be_counted_keeps_no_other_from_being_counted() -> None:
    # Given
    store, poison = InMemoryCounters(), "01JFR0ZEN00000000000000002"

    class Picky(InMemoryCounters):
        def record(self, step) -> None:
            if any(told.subject == poison for told, _ in step.changes):
                raise UncountableError("a row would grow too large")
            store.record(step)

    picky = Picky(store.entries, store.table)
    # When
    lost = counting(picky).count([change(), change(order_id=poison), change(order_id="01JFR0ZEN00000000000000003")])
    # Then
    assert lost == {poison}
    assert store.table[SHOP_ROW].figures["sold"] == 2


def test_a_batch_of_large_orders_is_parted_into_transactions_that_dynamodb_takes() -> None:
    # Given a hundred orders of fifty products each, of one customer; the store in memory refuses over 100 items
    store = InMemoryCounters()
    products = [{f"P{(first + number) % 5000:04}": 1 for number in range(50)} for first in range(0, 5000, 50)]
    changes = [change(order_id=f"order-{number}", units=units) for number, units in enumerate(products)]
    # When
    assert counting(store).count(changes) == frozenset()
    # Then
    assert len(store.steps) == 100
    assert len(store.table[CUSTOMER_ROW].figures) == 3 + 5000
    assert all(len(figures) <= 200 for step in store.steps for figures in step.rows.values())


def test_many_small_orders_share_a_transaction() -> None:
    store = InMemoryCounters()
    changes = [change(order_id=f"order-{number}", user_id=f"customer-{number}") for number in range(49)]
    assert counting(store).count(changes) == frozenset()
    assert len(store.steps) == 1
    assert store.table[SHOP_ROW].revision == 1


def test_only_a_repair_counts_the_same_version_again() -> None:
    store = InMemoryCounters()
    counting(store).count([change(2, total=1)])
    counting(store).count([change(2, total=3998)])
    assert store.figures == total([(DAY, facts(total=1))])
    counting(store, again=True).count([change(2, total=3998), change(1, total=7)])
    assert store.figures == total([(DAY, facts(total=3998))])


@pytest.mark.parametrize(
    "told", [change(7, "RETURNED", refunded=5), Change(ORDER_ID, DAY, 8, None), rated(2, 5), rated(3, None)]
)
def test_a_change_survives_its_way_through_the_queue(told: Change) -> None:
    assert from_message(told.as_message()) == told


@pytest.mark.parametrize(
    "body",
    [
        "not json [",
        "[]",
        "{}",
        '{"subject": "x", "day": "2026-01-02", "version": 1, "facts": {}}',
        change(status="CONFIRMED").as_message().replace("CONFIRMED", "LOST"),
        change(total=1).as_message().replace('"total": 1', '"total": 1.5'),
        rated(rating=4).as_message().replace('"rating": 4', '"rating": 4.5'),
        rated().as_message().replace("userId", "user"),
        '{"record": "event-1", "keys": null, "unreadable": "KeyError: items"}',
    ],
)
def test_a_message_that_is_no_change_is_refused(body: str) -> None:
    with pytest.raises(UnreadableChangeError):
        from_message(body)
