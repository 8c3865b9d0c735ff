"""A change of an order and its entry in the audit trail are written together, or neither is."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from orderflow.catalog.stock import StockLine
from orderflow.orders import fulfilment
from orderflow.orders.address_store import DynamoAddressStore
from orderflow.orders.cancellation_store import DynamoCancellationStore
from orderflow.orders.cancelling import Cancellation
from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.orders.movement import Movement, MovementKind
from orderflow.orders.movement_store import DynamoMovementStore
from orderflow.orders.order import Address, StatusReason
from orderflow.orders.order_records import to_record
from orderflow.orders.review_store import DynamoReviewStore
from orderflow.orders.status import Actor, OrderStatus
from orderflow.runtime.dynamo import to_item
from orderflow.runtime.trail import WITHHELD, Author
from tests.support.frozen import START
from tests.support.orders import CUSTOMER, answered, new_order
from tests.support.reviews import decision, review_request
from tests.support.trail import author, trail

ORDER_ID = "01JFR0ZEN00000000000000001"
AT = "2026-01-02T03:04:05.678Z"
SECRET_WORDS = "Mrs Lovelace moved to Elm Street"
Change = Callable[[Any, dict[str, str], Author], None]


def put(dynamodb: Any, tables: dict[str, str], status: OrderStatus, **facts: Any) -> None:
    record = {**to_record(new_order(ORDER_ID, status=status)), **facts}
    dynamodb.put_item(TableName=tables["orders"], Item=to_item(record))


def placed(dynamodb: Any, tables: dict[str, str], who: Author) -> None:
    DynamoIntakeStore(dynamodb, orders=tables["orders"], idempotency=tables["idempotency"], author=who).add(
        new_order(ORDER_ID)
    )


def placed_once(dynamodb: Any, tables: dict[str, str], who: Author) -> None:
    store = DynamoIntakeStore(dynamodb, orders=tables["orders"], idempotency=tables["idempotency"], author=who)
    store.add_once(new_order(ORDER_ID), answered("key"))


def held(dynamodb: Any, tables: dict[str, str], who: Author) -> None:
    request = review_request()
    put(dynamodb, tables, OrderStatus.PROCESSING, executionArn=request.execution)
    DynamoReviewStore(dynamodb, tables["orders"], author=who).hold(request, START, AT)


def reviewed(dynamodb: Any, tables: dict[str, str], who: Author) -> None:
    put(dynamodb, tables, OrderStatus.REVIEW)
    made = replace(decision(reason=SECRET_WORDS), owner=CUSTOMER.user_id)
    DynamoReviewStore(dynamodb, tables["orders"], author=who).decide(made, START)


def cancelled(dynamodb: Any, tables: dict[str, str], who: Author) -> None:
    put(dynamodb, tables, OrderStatus.CONFIRMED)
    reason = StatusReason("CANCELLED_BY_CUSTOMER", SECRET_WORDS)
    store = DynamoCancellationStore(dynamodb, tables["orders"], author=who)
    read = new_order(ORDER_ID, status=OrderStatus.CONFIRMED).order
    store.cancel(read, Cancellation(ORDER_ID, Actor.CUSTOMER, reason, "c-1"), START)


def shipped(dynamodb: Any, tables: dict[str, str], who: Author) -> None:
    put(dynamodb, tables, OrderStatus.CONFIRMED)
    store = DynamoMovementStore(dynamodb, tables["orders"], author=who)
    before = store.find(ORDER_ID)
    assert before is not None
    movement = Movement("shp_1", MovementKind.SHIPMENT, before.status, AT, "c-1", lines=(StockLine("ITEM001", 1),))
    after = fulfilment.moved(before, replace(movement, carrier="DHL", tracking_number="0034", reason=SECRET_WORDS))
    store.save(before, after, START)


def readdressed(dynamodb: Any, tables: dict[str, str], who: Author) -> None:
    put(dynamodb, tables, OrderStatus.CONFIRMED)
    before = new_order(ORDER_ID, status=OrderStatus.CONFIRMED).order
    after = replace(before, shipping_address=Address(SECRET_WORDS, "Jena", "07743", "DE"), version=2, updated_at=AT)
    DynamoAddressStore(dynamodb, tables["orders"], author=who).readdress(before, after, START)


PLACED = {"status": "PENDING", "version": 1, "items": ["ITEM001 x 2"], "total": 3998, "currency": "EUR"}
SHIPPED = {"movementId": "shp_1", "movementState": "PENDING", "items": ["ITEM001 x 1"]}
CHANGES: dict[str, tuple[Change, Any, Any]] = {
    "order.placed": (placed, None, PLACED),
    "order.placed, with a key": (placed_once, None, PLACED),
    "order.held": (held, {"status": "PROCESSING"}, {"status": "REVIEW"}),
    "order.reviewed": (reviewed, {"status": "REVIEW"}, {"status": "PROCESSING", "verdict": "APPROVED"}),
    "order.cancelled": (
        cancelled,
        {"status": "CONFIRMED"},
        {"status": "CANCELLED", "statusReason": "CANCELLED_BY_CUSTOMER"},
    ),
    "order.shipped": (
        shipped,
        {"status": "CONFIRMED", "version": 1},
        {"status": "SHIPPED", "version": 2, **SHIPPED},
    ),
    "order.address_changed": (
        readdressed,
        {"shippingAddress": WITHHELD, "version": 1},
        {"shippingAddress": WITHHELD, "version": 2},
    ),
}
every_change = pytest.mark.parametrize("name", CHANGES)


@every_change
def test_a_change_is_told_as_it_was_made_and_to_whose_order_it_is(
    dynamodb: Any, tables: dict[str, str], name: str
) -> None:
    change, before, after = CHANGES[name]
    change(dynamodb, tables, author(tables))
    [entry] = trail(dynamodb, tables, f"order#{ORDER_ID}")
    assert (entry.pop("before", None), entry.pop("after")) == (before, after)
    assert entry == {
        "subject": f"order#{ORDER_ID}",
        "action": name.partition(",")[0],
        "by": "admin-1",
        "at": AT,
        "requestId": "request-1",
        "owner": CUSTOMER.user_id,
    }


@every_change
def test_where_the_entry_cannot_be_written_the_order_stays_as_it_was(
    dynamodb: Any, tables: dict[str, str], name: str
) -> None:
    change, _, _ = CHANGES[name]
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        change(dynamodb, tables, Author("not-there", "admin-1", "request-1"))
    rows = dynamodb.scan(TableName=tables["orders"])["Items"]
    assert [(row["version"], len(row["history"]["L"])) for row in rows] in ([], [({"N": "1"}, 1)])
    assert dynamodb.scan(TableName=tables["idempotency"])["Items"] == []


@every_change
def test_neither_words_nor_addresses_nor_tokens_are_told(dynamodb: Any, tables: dict[str, str], name: str) -> None:
    CHANGES[name][0](dynamodb, tables, author(tables))
    written = json.dumps(dynamodb.scan(TableName=tables["audit-trail"])["Items"])
    order = new_order(ORDER_ID)
    for word in (SECRET_WORDS, order.payment_token, order.order.shipping_address.street, review_request().token):
        assert word not in written


def test_a_refused_change_leaves_no_entry(dynamodb: Any, tables: dict[str, str]) -> None:
    for change in (cancelled, reviewed, held, shipped):
        change(dynamodb, tables, author(tables))
    told = len(trail(dynamodb, tables, f"order#{ORDER_ID}"))
    store = DynamoReviewStore(dynamodb, tables["orders"], author=author(tables))
    assert store.hold(review_request(execution="another"), START, AT) is False
    placed(dynamodb, tables, author(tables))
    assert len(trail(dynamodb, tables, f"order#{ORDER_ID}")) == told == 4


def test_a_movement_that_is_settled_later_names_the_request_that_asked_for_it(
    dynamodb: Any, tables: dict[str, str]
) -> None:
    shipped(dynamodb, tables, author(tables))
    store = DynamoMovementStore(
        dynamodb, tables["orders"], author=Author(tables["audit-trail"], "function:finish_movements", "schedule")
    )
    before = store.find(ORDER_ID)
    assert before is not None
    store.save(before, fulfilment.settled(before, before.movements[0], None, AT), START)
    _, settled = trail(dynamodb, tables, f"order#{ORDER_ID}")
    assert (settled["action"], settled["by"], settled["requestId"]) == (
        "order.movement_settled",
        "function:finish_movements",
        "c-1",
    )
    assert (settled["before"], settled["after"]) == (
        {"version": 2, "movementState": "PENDING"},
        {"version": 3, "movementId": "shp_1", "movementState": "DONE"},
    )
