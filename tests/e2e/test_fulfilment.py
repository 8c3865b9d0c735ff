"""Fulfilment from outside: goods and money on their way to the customer and back, and nothing moves twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orderflow.orders import fulfilment
from orderflow.orders.movement import Movement, MovementKind
from orderflow.orders.movement_store import DynamoMovementStore
from orderflow.runtime.clock import iso
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.trail import Author
from tests.e2e.shop import Shop
from tests.e2e.test_cancellation import counters, row
from tests.e2e.test_sweeper import World

STORM = 12


def confirmed(customer: Shop, *lines: tuple[str, int]) -> str:
    order_id = customer.order(*lines).json()["orderId"]
    assert customer.finished(order_id)["status"] == "CONFIRMED"
    return order_id


def moved(stack, before: dict[str, int], product_id: str) -> dict[str, int]:
    """Return by how much each counter of a product has changed."""
    now = counters(stack, product_id)
    return {name: now[name] - before[name] for name in now}


def take(admin: Shop, order_id: str, route: str, body: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    answer = admin.post(f"/orders/{order_id}/{route}", body, **kwargs)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_order_is_shipped_in_parts_delivered_taken_back_and_refunded_and_the_world_told(
    customer: Shop, admin: Shop, stack, inbox
) -> None:
    # Given
    mugs, pens = counters(stack, "ITEM001"), counters(stack, "ITEM002")
    order_id = confirmed(customer, ("ITEM001", 2), ("ITEM002", 1))
    assert admin.get(f"/orders/{order_id}").json()["allowedActions"] == ["ship", "cancel", "changeAddress"]
    # When
    first = take(
        admin,
        order_id,
        "shipments",
        {"lines": [{"productId": "ITEM001", "quantity": 1}], "carrier": "DHL"},
        headers={"X-Correlation-Id": "from-the-warehouse"},
    )
    assert (first["status"], first["allowedActions"]) == ("SHIPPED", ["ship", "deliver", "refund"])
    second = take(admin, order_id, "shipments", {})
    assert take(admin, order_id, "deliveries", {"shipmentId": first["shipmentId"]})["status"] == "SHIPPED"
    assert take(admin, order_id, "deliveries", {"shipmentId": second["shipmentId"]})["status"] == "DELIVERED"
    back = [{"productId": "ITEM001", "quantity": 2}]
    assert take(admin, order_id, "returns", {"lines": back, "restock": True, "reason": "Dull"})["status"] == "DELIVERED"
    refunded = take(admin, order_id, "refunds", {"lines": back, "reason": "Came back"})
    # Then
    assert (refunded["status"], refunded["refunded"], refunded["total"]) == ("DELIVERED", 3998, 4748)
    shown = customer.get(f"/orders/{order_id}").json()
    assert shown["allowedActions"] == []
    assert [(line["shippedQuantity"], line["returnedQuantity"]) for line in shown["items"]] == [(2, 2), (1, 0)]
    assert [entry.get("reason") for entry in shown["history"][3:]] == [
        "SHIPMENT",
        "SHIPMENT",
        "DELIVERY",
        "DELIVERY",
        "RETURN",
        "REFUND",
    ]
    assert moved(stack, mugs, "ITEM001") == {"available": 0, "reserved": 0, "sold": 0}
    assert moved(stack, pens, "ITEM002") == {"available": -1, "reserved": 0, "sold": 1}
    payment = row(stack, "payments", paymentId=f"pay_{order_id}")
    assert (payment["status"]["S"], payment["refunded"]["N"]) == ("CAPTURED", "3998")
    # And
    notices = inbox.all_about({order_id})
    assert Counter(notice["type"] for notice in notices) == {
        "order.completed": 1,
        "order.shipped": 2,
        "order.delivered": 2,
        "order.returned": 1,
        "order.refunded": 1,
    }
    [shipped] = [each for each in notices if each["eventId"] == f"{order_id}#SHIPPED#{first['shipmentId']}"]
    assert (shipped["correlationId"], shipped["status"], shipped["carrier"]) == ("from-the-warehouse", "SHIPPED", "DHL")


def test_a_customer_moves_nothing_and_an_illegal_move_names_the_legal_ones(customer: Shop, admin: Shop) -> None:
    order_id = confirmed(customer, ("test_1", 1))
    bodies = {
        "shipments": {},
        "deliveries": {"shipmentId": f"shp_{new_ulid()}"},
        "returns": {"lines": [{"productId": "test_1", "quantity": 1}], "restock": True, "reason": "x"},
        "refunds": {"amount": 1, "reason": "x"},
    }
    for route, body in bodies.items():
        refused = customer.post(f"/orders/{order_id}/{route}", body)
        assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")
    for route in ("deliveries", "returns", "refunds"):
        illegal = admin.post(f"/orders/{order_id}/{route}", bodies[route])
        assert (illegal.status_code, illegal.json()["code"]) == (409, "ILLEGAL_ACTION")
        assert illegal.json()["details"] == [
            {"field": "status", "issue": "is CONFIRMED"},
            {"field": "allowedActions", "issue": "legal next actions: ship, cancel, changeAddress"},
        ]
    take(admin, order_id, "shipments", {})
    cancelled = customer.post(f"/orders/{order_id}/cancel", {})
    assert (cancelled.status_code, cancelled.json()["code"]) == (409, "ILLEGAL_ACTION")


def test_refunds_at_once_never_give_back_more_than_was_paid(customer: Shop, admin: Shop, stack) -> None:
    # Given
    order_id = confirmed(customer, ("ITEM001", 1))
    take(admin, order_id, "shipments", {})
    # When
    with ThreadPoolExecutor(STORM) as pool:
        answers = list(
            pool.map(
                lambda number: admin.insist(
                    f"/orders/{order_id}/refunds", {"amount": 500, "reason": "storm"}, f"{order_id}-{number}"
                ),
                range(STORM),
            )
        )
    # Then 3 of 5.00 fit into 19.99
    assert Counter(answer.status_code for answer in answers) == {200: 3, 422: STORM - 3}
    order = customer.get(f"/orders/{order_id}").json()
    assert [each["amount"] for each in order["refunds"]] == [500] * 3
    done = sum(each["amount"] for each in order["refunds"] if each["status"] == "DONE")
    assert (
        order["refunded"] == done <= int(row(stack, "payments", paymentId=f"pay_{order_id}")["refunded"]["N"]) <= 1500
    )


def test_one_key_ships_once_however_often_it_is_sent(customer: Shop, admin: Shop, stack) -> None:
    before = counters(stack, "test_1")
    order_id = confirmed(customer, ("test_1", 3))
    body = {"lines": [{"productId": "test_1", "quantity": 1}]}
    key = f"ship-{order_id}"
    with ThreadPoolExecutor(STORM) as pool:
        answers = list(pool.map(lambda _: admin.insist(f"/orders/{order_id}/shipments", body, key), range(STORM)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["shipmentId"] for answer in answers}) == 1
    assert moved(stack, before, "test_1") == {"available": -3, "reserved": 2, "sold": 1}
    other = admin.post(f"/orders/{order_id}/shipments", {}, headers={"Idempotency-Key": key})
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize("kind", [MovementKind.SHIPMENT, MovementKind.REFUND])
def test_what_a_function_left_when_it_died_is_finished_by_the_next_run_and_once(
    customer: Shop, admin: Shop, stack, inbox, kind: MovementKind
) -> None:
    # Given an order whose row was written an hour ago, and nothing after it
    before = counters(stack, "ITEM001")
    order_id = confirmed(customer, ("ITEM001", 2))
    take(admin, order_id, "shipments", {"lines": [{"productId": "ITEM001", "quantity": 1}]})
    trail = Author(stack.output("audit_trail_table_name"), "an-admin", "died-half-way")
    store = DynamoMovementStore(stack.client("dynamodb"), stack.output("orders_table_name"), author=trail)
    order = store.find(order_id)
    assert order is not None
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    prefix = "shp" if kind is MovementKind.SHIPMENT else "ref"
    movement = Movement(f"{prefix}_{new_ulid()}", kind, order.status, iso(an_hour_ago), "died-half-way")
    facts = {"lines": fulfilment.shipped_lines(order, None)} if prefix == "shp" else {"amount": 700, "reason": "x"}
    store.save(order, fulfilment.moved(order, replace(movement, **facts)), an_hour_ago)
    # When
    world = World(stack)
    found = world.invoke("finish_movements", {})
    again = world.invoke("finish_movements", {})
    # Then
    assert (found, again) == ({"settled": 1, "failed": 0, "left": 0}, {})
    assert fulfilment.pending(store.find(order_id)) == ()
    left = (
        {"available": -2, "reserved": 0, "sold": 2}
        if prefix == "shp"
        else {
            "available": -2,
            "reserved": 1,
            "sold": 1,
        }
    )
    assert moved(stack, before, "ITEM001") == left
    assert customer.get(f"/orders/{order_id}").json()["refunded"] == facts.get("amount", 0)
    notices = inbox.all_about({order_id})
    assert [each["type"] for each in notices if each["correlationId"] == "died-half-way"] == [
        "order.shipped" if prefix == "shp" else "order.refunded"
    ]
