"""An order's customer is erased on the version that was read, with its entry in the trail, or not at all."""

from typing import Any

import pytest

from orderflow.analytics.order_change import order_change
from orderflow.orders.erasing import erase_orders
from orderflow.orders.erasure_store import DynamoTracesBook
from orderflow.orders.order_records import to_record
from orderflow.orders.status import OrderStatus
from orderflow.runtime.dynamo import from_item, to_item
from tests.support.frozen import START
from tests.support.orders import ADDRESS, CUSTOMER, new_order
from tests.support.trail import author, trail

DONE, ON_ITS_WAY, FOREIGN = (f"01JFR0ZEN{number:017d}" for number in (1, 2, 3))


@pytest.fixture
def book(dynamodb: Any, tables: dict[str, str]) -> DynamoTracesBook:
    """Give the orders of a customer: one delivered, one confirmed; and a stranger's."""
    put(dynamodb, tables, DONE, OrderStatus.DELIVERED)
    put(dynamodb, tables, ON_ITS_WAY, OrderStatus.CONFIRMED)
    put(dynamodb, tables, FOREIGN, OrderStatus.DELIVERED, userId="customer-2")
    return DynamoTracesBook(dynamodb, tables["orders"])


def put(dynamodb: Any, tables: dict[str, str], order_id: str, status: OrderStatus, **facts: Any) -> None:
    record = {**to_record(new_order(order_id, status=status)), **facts}
    if "openGroup" not in facts:
        del record["openGroup"], record["checkAfter"]
    dynamodb.put_item(TableName=tables["orders"], Item=to_item(record))


def row(dynamodb: Any, tables: dict[str, str], order_id: str) -> dict[str, Any]:
    return dynamodb.get_item(TableName=tables["orders"], Key=to_item({"orderId": order_id}))["Item"]


def tells(dynamodb: Any, tables: dict[str, str], order_id: str) -> bool:
    return ADDRESS.street in str(row(dynamodb, tables, order_id))


def test_only_the_customers_finished_orders_are_erased_and_a_repeat_writes_nothing(
    dynamodb: Any, tables: dict[str, str], book: DynamoTracesBook
) -> None:
    for _ in range(2):
        erase_orders(CUSTOMER.user_id, book=book, clock=lambda: START, author=author(tables))
    assert [tells(dynamodb, tables, each) for each in (DONE, ON_ITS_WAY, FOREIGN)] == [False, True, True]
    assert row(dynamodb, tables, DONE)["version"] == {"N": "2"}
    assert trail(dynamodb, tables, f"order#{DONE}") == [
        {
            "subject": f"order#{DONE}",
            "action": "order.customer_erased",
            "by": "admin-1",
            "at": "2026-01-02T03:04:05.678Z",
            "requestId": "request-1",
            "owner": CUSTOMER.user_id,
            "before": {"version": 1},
            "after": {"version": 2, "erased": ["paymentToken", "shippingAddress"]},
        }
    ]


def test_every_order_is_found_over_all_pages(
    dynamodb: Any, tables: dict[str, str], book: DynamoTracesBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = dynamodb.query
    monkeypatch.setattr(dynamodb, "query", lambda **asked: query(**asked, Limit=1))
    assert {each.order_id for each in book.of_customer(CUSTOMER.user_id)} == {DONE, ON_ITS_WAY}


@pytest.mark.parametrize(
    "moved", [{"version": 2}, {"openGroup": "movements", "checkAfter": "2026-01-02T03:04:05.678Z"}]
)
def test_an_order_that_moved_since_it_was_read_stays_as_it_is(
    dynamodb: Any, tables: dict[str, str], book: DynamoTracesBook, moved: dict[str, Any]
) -> None:
    [traces] = (each for each in book.of_customer(CUSTOMER.user_id) if each.order_id == DONE)
    put(dynamodb, tables, DONE, OrderStatus.DELIVERED, **moved)
    assert book.erase(traces, START, author(tables)) is False
    assert tells(dynamodb, tables, DONE)
    assert trail(dynamodb, tables, f"order#{DONE}") == []


def test_an_erased_order_counts_as_before(dynamodb: Any, tables: dict[str, str], book: DynamoTracesBook) -> None:
    before = row(dynamodb, tables, DONE)
    erase_orders(CUSTOMER.user_id, book=book, clock=lambda: START, author=author(tables))
    after = row(dynamodb, tables, DONE)
    assert order_change(from_item(before), from_item(after)) is None
    assert from_item(after)["userId"] == CUSTOMER.user_id
