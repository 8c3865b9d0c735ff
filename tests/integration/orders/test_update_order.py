"""update_order from API Gateway's event to the table and the trail, and against whoever writes the order meanwhile."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handlers.orders import get_order, place_order, update_order
from orderflow.orders import fulfilment
from orderflow.orders.address_store import DynamoAddressStore
from orderflow.orders.cancellation_store import DynamoCancellationStore
from orderflow.orders.cancelling import Cancellation, OrderMovedError
from orderflow.orders.movement import Movement, MovementKind
from orderflow.orders.movement_store import DynamoMovementStore
from orderflow.orders.order import Address, Order, StatusReason
from orderflow.orders.order_store import DynamoOrderStore
from orderflow.orders.settling import OrderChangedError
from orderflow.orders.status import Actor, OrderStatus
from orderflow.runtime.aws import client
from tests.integration.orders.conftest import ShopOnMoto
from tests.support.frozen import START
from tests.support.gateway import Answer, as_admin, call
from tests.support.log_capture import captured_log
from tests.support.orders import CUSTOMER, STRANGER
from tests.support.trail import author, trail
from tools.paths import ROOT

HOME = {"street": "456 Test Ave", "city": "CmdVille", "zipCode": "98765", "country": "DE"}
ELSEWHERE = {"street": "Am Markt 1", "city": "Jena", "zipCode": "07743", "country": "DE"}
AT = "2026-01-02T03:04:05.678Z"


@pytest.fixture
def order_id(shop: ShopOnMoto) -> str:
    body = {"items": [{"productId": "ITEM001", "quantity": 1}], "shippingAddress": HOME}
    return str(call(place_order.handler, body=body, user=CUSTOMER.user_id).body["orderId"])


def request(version: Any = 1, address: Any = ELSEWHERE) -> dict[str, Any]:
    return {"version": version, "shippingAddress": address}


def change(order_id: str, body: Any, user: str = CUSTOMER.user_id, **more: Any) -> Answer:
    return call(update_order.handler, path={"orderId": order_id}, body=body, user=user, **more)


def read(order_id: str) -> dict[str, Any]:
    return call(get_order.handler, path={"orderId": order_id}, user=CUSTOMER.user_id).body


def stored(shop: ShopOnMoto, order_id: str) -> Order:
    found = DynamoOrderStore(client("dynamodb"), shop.tables["orders"]).find(order_id)
    assert found
    return found


def put_into(status: str, order_id: str, shop: ShopOnMoto, **facts: str) -> None:
    """Let the order stand at a status, without raising its version."""
    changes = {"status": status, **facts}
    client("dynamodb").update_item(
        TableName=shop.tables["orders"],
        Key={"orderId": {"S": order_id}},
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changes),
        ExpressionAttributeNames={f"#{name}": name for name in changes},
        ExpressionAttributeValues={f":{name}": {"S": value} for name, value in changes.items()},
    )


def readdress(shop: ShopOnMoto, before: Order) -> None:
    after = dataclasses.replace(
        before, shipping_address=Address("Am Markt 1", "Jena", "07743", "DE"), version=before.version + 1, updated_at=AT
    )
    store = DynamoAddressStore(client("dynamodb"), shop.tables["orders"], author=author(shop.tables))
    store.readdress(before, after, START)


def ship(shop: ShopOnMoto, before: Order) -> None:
    movement = Movement("shp_1", MovementKind.SHIPMENT, before.status, AT, "c-1")
    taken = fulfilment.shipped_lines(before, None)
    store = DynamoMovementStore(client("dynamodb"), shop.tables["orders"], author=author(shop.tables))
    store.save(before, fulfilment.moved(before, dataclasses.replace(movement, lines=taken)), START)


def cancel(shop: ShopOnMoto, before: Order) -> None:
    told = Cancellation(before.order_id, Actor.CUSTOMER, StatusReason("CANCELLED_BY_CUSTOMER", "Mind changed"), "c-1")
    store = DynamoCancellationStore(client("dynamodb"), shop.tables["orders"], author=author(shop.tables))
    store.cancel(before, told, START)


def test_the_order_is_sent_elsewhere_and_reads_as_it_was_answered(shop: ShopOnMoto, order_id: str) -> None:
    # Given
    before = read(order_id)
    # When
    answer = change(order_id, request())
    # Then nothing else has changed
    assert answer.status == 200, answer.body
    assert answer.body == read(order_id)
    assert answer.body == before | {
        "shippingAddress": ELSEWHERE, "version": 2, "updatedAt": answer.body["updatedAt"],
    }  # fmt: skip
    assert answer.body["allowedActions"] == ["cancel", "changeAddress"]
    # And its message still finds it, with what only processing may know
    [row] = shop.orders()
    assert (row["paymentToken"], row["openGroup"]) == ({"S": "sandbox_approve"}, {"S": "open"})


def test_the_trail_says_who_changed_the_address_and_neither_address(shop: ShopOnMoto, order_id: str) -> None:
    assert as_admin(update_order.handler, path={"orderId": order_id}, body=request()).status == 200
    entry = trail(client("dynamodb"), shop.tables, f"order#{order_id}")[-1]
    told = {name: entry[name] for name in ("action", "by", "requestId", "owner", "before", "after")}
    assert told == {
        "action": "order.address_changed",
        "by": "admin-1",
        "requestId": "request-1",
        "owner": CUSTOMER.user_id,
        "before": {"shippingAddress": "(withheld)", "version": 1},
        "after": {"shippingAddress": "(withheld)", "version": 2},
    }


def test_a_version_that_is_not_the_orders_is_a_409_with_the_present_one_also_for_a_repeat(order_id: str) -> None:
    assert change(order_id, request()).status == 200
    before = read(order_id)
    for body in (request(), request(7), request(1, HOME)):
        answer = change(order_id, body)
        assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
        assert answer.body["details"] == [{"field": "version", "issue": "is 2 now"}]
    assert read(order_id) == before


def test_the_address_that_it_has_already_is_answered_and_leaves_no_trace(shop: ShopOnMoto, order_id: str) -> None:
    before = read(order_id)
    answer = change(order_id, request(1, HOME))
    assert (answer.status, answer.body) == (200, before)
    assert [entry["action"] for entry in trail(client("dynamodb"), shop.tables, f"order#{order_id}")] == [
        "order.placed"
    ]


@pytest.mark.parametrize("status", ["SHIPPED", "DELIVERED", "RETURNED", "CANCELLED", "REJECTED", "FAILED"])
def test_what_is_shipped_or_ended_is_a_409_with_what_is_legal(shop: ShopOnMoto, order_id: str, status: str) -> None:
    put_into(status, order_id, shop)
    answer = change(order_id, request())
    assert (answer.status, answer.code, answer.fields) == (409, "ILLEGAL_ACTION", ["status", "allowedActions"])
    assert read(order_id)["shippingAddress"] == HOME


def test_a_strangers_order_does_not_exist_for_them(order_id: str) -> None:
    answer = change(order_id, request(), user=STRANGER.user_id)
    assert (answer.status, answer.code) == (404, "ORDER_NOT_FOUND")
    assert read(order_id)["shippingAddress"] == HOME


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"shippingAddress": ELSEWHERE}, ["version"]),
        ({"version": 1}, ["shippingAddress"]),
        (request(0), ["version"]),
        (request("1"), ["version"]),
        (request(1, {**ELSEWHERE, "country": "Germany"}), ["shippingAddress.country"]),
        (request(1, {**ELSEWHERE, "street": ""}), ["shippingAddress.street"]),
        ({**request(), "status": "SHIPPED"}, ["status"]),
    ],
)
def test_a_bad_body_is_a_400_that_names_the_field(order_id: str, body: Any, fields: list[str]) -> None:
    answer = change(order_id, body)
    assert (answer.status, answer.fields) == (400, fields), answer.body
    assert read(order_id)["version"] == 1


def test_no_address_is_logged(order_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log = captured_log(monkeypatch)
    change(order_id, request())
    assert "ORDER_READDRESSED" in log.getvalue()
    assert ELSEWHERE["street"] not in log.getvalue()
    assert HOME["street"] not in log.getvalue()


@pytest.mark.parametrize(("first", "status"), [(ship, "SHIPPED"), (cancel, "CANCELLED"), (readdress, "CONFIRMED")])
def test_whoever_read_the_order_before_it_was_moved_or_changed_writes_no_address(
    shop: ShopOnMoto, order_id: str, first: Callable[[ShopOnMoto, Order], None], status: str
) -> None:
    # Given two who read the order at once
    put_into("CONFIRMED", order_id, shop)
    both_read = stored(shop, order_id)
    first(shop, both_read)
    before = read(order_id)
    # When
    with pytest.raises(OrderMovedError):
        readdress(shop, both_read)
    # Then
    assert read(order_id) == before
    assert before["status"] == status


@pytest.mark.parametrize("status", [status for status in OrderStatus if status.value in ("SHIPPED", "CANCELLED")])
def test_an_address_is_never_written_once_it_is_too_late_even_where_the_version_did_not_rise(
    shop: ShopOnMoto, order_id: str, status: OrderStatus
) -> None:
    read_before = stored(shop, order_id)
    put_into(status.value, order_id, shop)
    with pytest.raises(OrderMovedError):
        readdress(shop, read_before)
    assert read(order_id)["shippingAddress"] == HOME


def test_a_shipment_that_was_decided_on_the_old_address_is_decided_again(shop: ShopOnMoto, order_id: str) -> None:
    # Given an administrator and the owner who read the order at once
    put_into("CONFIRMED", order_id, shop)
    both_read = stored(shop, order_id)
    readdress(shop, both_read)
    # When
    with pytest.raises(OrderChangedError):
        ship(shop, both_read)
    # Then it is shipped to where it goes now
    ship(shop, stored(shop, order_id))
    assert (read(order_id)["status"], read(order_id)["shippingAddress"]) == ("SHIPPED", ELSEWHERE)


def test_an_order_is_cancelled_although_its_address_changed_meanwhile(shop: ShopOnMoto, order_id: str) -> None:
    both_read = stored(shop, order_id)
    readdress(shop, both_read)
    cancel(shop, both_read)
    assert (read(order_id)["status"], read(order_id)["version"]) == ("CANCELLED", 3)


def test_an_order_of_a_checkout_is_not_moved_abroad_at_the_tax_of_its_country(
    shop: ShopOnMoto, order_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    monkeypatch.setenv("PRICE_TABLES", "default")
    put_into("CONFIRMED", order_id, shop, checkoutSessionId="cs_01JFR0ZEN00000000000000001")
    before = read(order_id)
    # When
    refused = as_admin(
        update_order.handler, path={"orderId": order_id}, body=request(address={**ELSEWHERE, "country": "AT"})
    )
    # Then
    assert (refused.status, refused.code, refused.fields) == (409, "DESTINATION_PRICED", ["shippingAddress.country"])
    assert read(order_id) == before
    # And within its country it is
    moved = as_admin(update_order.handler, path={"orderId": order_id}, body=request())
    assert (moved.status, moved.body["shippingAddress"]) == (200, ELSEWHERE)


WORKFLOWS = [
    json.loads(path.read_text(encoding="utf-8")) for path in sorted(Path(ROOT / "workflows").glob("*.asl.json"))
]


def test_no_write_of_a_workflow_asks_for_what_a_change_of_the_address_changes() -> None:
    """Whatever order the two come in, neither the status nor the execution that a workflow asks for is touched."""
    conditions = [
        arguments["ConditionExpression"]
        for workflow in WORKFLOWS
        for arguments in _writes(workflow)
        if "ConditionExpression" in arguments and "Key" in arguments and "orderId" in arguments["Key"]
    ]
    assert len(conditions) >= 5
    assert [c for c in conditions if "version" in c or "shippingAddress" in c or "updatedAt" in c] == []


def _writes(value: Any) -> list[dict[str, Any]]:
    """Return every object that holds an UpdateExpression."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    here = [value] if isinstance(value, dict) and "UpdateExpression" in value else []
    return here + [found for each in inner for found in _writes(each)]
