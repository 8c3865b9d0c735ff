"""Operators' recount: equality is proven or each difference named, and put right while orders go on changing."""

from datetime import date
from typing import Any

import pytest

from orderflow.analytics.audit_store import DynamoCounterAudit
from orderflow.analytics.counted import Row
from orderflow.analytics.errors import CountedMeanwhileError
from orderflow.analytics.period import Period
from orderflow.operations.recounting import Difference
from orderflow.runtime.aws import client
from orderflow.runtime.dynamo import to_item
from tests.integration.analytics.conftest import Books

A, B, C = (f"01JFR0ZEN0000000000000000{n}" for n in range(1, 4))
SHOP = Row("shop", "2026-01-02#EUR")


@pytest.fixture
def counted(books: Books) -> Books:
    """Give two orders that are counted, one of them sold."""
    books.add(A)
    books.add(B, user_id="customer-2")
    books.confirm(A)
    assert books.count(books.forward()) == []
    return books


def put(books: Books, row: Row, **figures: int) -> None:
    """Overwrite a row of counters by hand."""
    item = to_item(
        {**row._asdict(), "revision": 99, **{name.replace("__", ":"): each for name, each in figures.items()}}
    )
    client("dynamodb").put_item(TableName=books.analytics, Item=item)


def test_counters_that_are_the_sum_over_orders_differ_in_nothing(counted: Books) -> None:
    assert counted.recount().verify() == []


def test_each_figure_that_differs_is_named_with_what_it_should_be(counted: Books) -> None:
    put(counted, SHOP, status__CONFIRMED=1, status__PENDING=1, sold=2, gross=3998)
    put(counted, Row("customer#nobody", "2026-01-02#EUR"), status__PENDING=1)
    assert counted.recount().verify() == [
        Difference(Row("customer#nobody", "2026-01-02#EUR"), "status:PENDING", 0, 1),
        Difference(SHOP, "sold", 1, 2),
    ]


def test_what_moves_between_two_looks_is_not_certain(counted: Books) -> None:
    # Given an order whose change is on its way, and another that changes meanwhile
    counted.confirm(B)

    def meanwhile(_seconds: float) -> None:
        counted.count(counted.forward())
        counted.add(C)

    # When
    found = counted.recount(sleep=meanwhile).verify()
    # Then
    assert {(each.figure, each.certain) for each in found} == {("status:PENDING", False)}
    counted.count(counted.forward())
    assert counted.recount().verify() == []


def test_a_rebuild_counts_what_was_never_counted_and_takes_out_what_is_gone(counted: Books) -> None:
    # Given
    counted.add(C, user_id="customer-3")
    counted.confirm(B)
    client("dynamodb").delete_item(TableName=counted.orders, Key={"orderId": {"S": A}})
    # When
    done = counted.recount().rebuild()
    # Then
    assert (done.uncounted, done.busy) == (0, 0)
    assert counted.recount().verify() == []
    # And what was on its way changes nothing any more
    assert counted.count(counted.forward()) == []
    assert counted.recount().verify() == []


def test_a_rebuild_puts_right_rows_that_are_wrong_missing_or_nobodys(counted: Books) -> None:
    put(counted, SHOP, sold=7)
    put(counted, Row("customer#nobody", "2026-01-02#EUR"), status__PENDING=1)
    key = {"book": {"S": "products#2026-01-02#EUR"}, "line": {"S": "ITEM001"}}
    client("dynamodb").delete_item(TableName=counted.analytics, Key=key)
    assert counted.recount().rebuild().corrected == 3
    assert counted.recount().verify() == []


def test_an_empty_table_is_rebuilt_from_the_orders_alone(counted: Books) -> None:
    for page in DynamoCounterAudit(client("dynamodb"), counted.analytics).pages():
        for record in page.records:
            key = (
                record.row._asdict()
                if hasattr(record, "row")
                else {"book": f"counted#{record.day}", "line": record.subject}
            )
            client("dynamodb").delete_item(TableName=counted.analytics, Key=to_item(key))
    assert len(counted.recount().verify()) > 0
    counted.recount().rebuild()
    assert counted.recount().verify() == []


def test_what_is_counted_while_a_row_is_corrected_is_neither_lost_nor_counted_twice(counted: Books) -> None:
    # Given a row that is wrong, and an order that is counted just before each of the first corrections
    put(counted, SHOP, sold=7)
    counted.confirm(B)
    recount = counted.recount()
    correct, tries = recount.counters.correct, []

    def late(row: Row, figures: Any, revision: int | None) -> None:
        tries.append(row)
        if len(tries) == 1:
            order_id = "01JFR0ZEN00000000000000009"
            counted.add(order_id)
            counted.count(counted.forward())
        correct(row, figures, revision)

    recount.counters.correct = late  # type: ignore[method-assign]  # a double in its place
    # When
    done = recount.rebuild()
    # Then
    assert (done.busy, len(tries)) == (0, 2)
    assert counted.recount().verify() == []


def test_a_row_that_never_stands_still_is_reported_and_left_as_it_is(counted: Books) -> None:
    put(counted, SHOP, sold=7)
    recount = counted.recount()

    def busy(*_: Any) -> None:
        raise CountedMeanwhileError

    recount.counters.correct = busy  # type: ignore[method-assign]  # a double in its place
    assert (recount.rebuild().busy, recount.rebuild().corrected) == (1, 0)


def test_a_period_leaves_other_days_alone(counted: Books) -> None:
    put(counted, SHOP, sold=7)
    recount = counted.recount()
    recount.period = Period(date(2026, 1, 3), date(2026, 1, 9))
    assert (recount.verify(), recount.rebuild().corrected) == ([], 0)
    recount.period = Period(date(2026, 1, 2), date(2026, 1, 2))
    assert len(recount.verify()) > 0
    recount.rebuild()
    assert recount.verify() == []


def test_an_order_that_nobody_can_read_is_told(counted: Books) -> None:
    client("dynamodb").put_item(TableName=counted.orders, Item={"orderId": {"S": C}})
    recount = counted.recount()
    recount.verify()
    assert [finding.subject for finding in recount.unreadable] == [f"orderId {C}"]
