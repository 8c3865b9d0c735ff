# ruff: noqa: F811 - a fixture is imported and asked for by its name
"""Paying from outside: every token's outcome through the order's own workflow, and POST /pay beside it."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from orderflow.runtime.dynamo import to_item
from tests.e2e.shop import Shop
from tests.e2e.test_sweeper import World, wait_until, world  # noqa: F401 - the fixture is used here as well

CAPTURED = ["AUTHORIZING", "AUTHORIZED", "CAPTURED"]
GIVEN_UP = ["AUTHORIZING", "VOIDING", "FAILED"]


def pay(shop: Shop, order_id: str, token: str | None = None, key: str | None = None) -> Any:
    """Ask for the order's payment and return the answer."""
    body: dict[str, Any] = {"orderId": order_id} | ({"paymentMethod": {"token": token}} if token else {})
    return shop.post("/pay", body, headers={"Idempotency-Key": key or uuid4().hex})


def history(shop: Shop, payment_id: str) -> list[str]:
    answer = shop.get(f"/payments/{payment_id}")
    assert answer.status_code == 200, answer.text
    return [entry["status"] for entry in answer.json()["history"]]


def queue(world: World, order_id: str) -> None:
    body = json.dumps({"orderId": order_id, "correlationId": "paid"})
    world.stack.client("sqs").send_message(QueueUrl=world.stack.output("order_queue_url"), MessageBody=body)


@pytest.mark.parametrize(
    ("token", "status", "reason", "moves"),
    [
        ("sandbox_approve", "CONFIRMED", None, CAPTURED),
        ("sandbox_timeout_then_success", "CONFIRMED", None, CAPTURED),
        ("sandbox_timeout_then_nothing", "CONFIRMED", None, CAPTURED),
        ("sandbox_error_500_2", "CONFIRMED", None, CAPTURED),
        ("sandbox_error_500_99", "FAILED", "TECHNICAL_FAILURE", GIVEN_UP),
        ("sandbox_decline_lost_card", "PAYMENT_FAILED", "PAYMENT_DECLINED", ["AUTHORIZING", "DECLINED"]),
        ("sandbox_authentication_required", "PAYMENT_FAILED", "PAYMENT_DECLINED", ["AUTHORIZING", "DECLINED"]),
    ],
)
def test_an_order_ends_as_its_token_says_and_its_payment_tells_how(
    customer: Shop, token: str, status: str, reason: str | None, moves: list[str]
) -> None:
    # Given / When
    order_id = customer.order(("test_1", 1), token=token).json()["orderId"]
    order = customer.finished(order_id, 150)
    # Then
    assert (order["status"], order.get("statusReason", {}).get("code")) == (status, reason), order
    assert history(customer, f"pay_{order_id}") == moves
    answer = pay(customer, order_id)
    assert answer.status_code == 409, answer.text
    assert answer.json()["code"] in ("ORDER_ALREADY_PAID", "ORDER_NOT_PAYABLE")


def test_an_open_order_is_paid_by_request_once_and_its_workflow_goes_on(customer: Shop, world: World) -> None:
    # Given an order that nobody has picked up yet
    order_id, key = world.put_order(customer), uuid4().hex
    # When it is paid, and paid again with the same key and with another one
    first = pay(customer, order_id, "sandbox_timeout_then_success", key)
    again = pay(customer, order_id, "sandbox_timeout_then_success", key)
    other = pay(customer, order_id)
    # Then the answers are one payment, and a refusal that says why
    assert first.status_code == 200, first.text
    assert first.json() == again.json()
    assert first.json() == {
        "paymentId": f"pay_{order_id}",
        "orderId": order_id,
        "status": "CAPTURED",
        "amount": 3998,
        "currency": "EUR",
    }
    assert (other.status_code, other.json()["code"]) == (409, "ORDER_ALREADY_PAID")
    # When the order is processed, then its workflow finds the money and takes no more
    queue(world, order_id)
    assert customer.finished(order_id)["status"] == "CONFIRMED"
    assert history(customer, f"pay_{order_id}") == CAPTURED


def test_after_a_decline_an_open_order_is_paid_with_another_token_under_an_id_of_its_own(
    customer: Shop,
    world: World,
) -> None:
    order_id = world.put_order(customer)
    declined = pay(customer, order_id, "sandbox_insufficient_funds")
    assert (declined.status_code, declined.json()["code"]) == (402, "PAYMENT_DECLINED"), declined.text
    assert "insufficient_funds" in declined.json()["message"]
    paid = pay(customer, order_id, "sandbox_timeout_then_nothing")
    assert paid.status_code == 200, paid.text
    assert paid.json()["paymentId"] == f"pay_{order_id}_2"
    assert history(customer, f"pay_{order_id}") == ["AUTHORIZING", "DECLINED"]
    queue(world, order_id)
    assert customer.finished(order_id)["status"] == "CONFIRMED"


def test_an_order_that_was_paid_by_request_and_is_cancelled_is_refunded(customer: Shop, world: World) -> None:
    order_id = world.put_order(customer)
    assert pay(customer, order_id).status_code == 200
    assert customer.post(f"/orders/{order_id}/cancel", {}).status_code == 202
    wait_until(lambda: history(customer, f"pay_{order_id}") == [*CAPTURED, "REFUNDED"])
    assert pay(customer, order_id).json()["code"] == "ORDER_NOT_PAYABLE"


def test_an_order_that_was_paid_by_request_and_cannot_be_supplied_is_refunded(customer: Shop, world: World) -> None:
    # Given a paid order for more than there is

    def change_quantity(to: int) -> None:
        world.dynamodb.update_item(
            TableName=world.stack.output("orders_table_name"),
            Key=to_item({"orderId": order_id}),
            UpdateExpression="SET #items[0].quantity = :many",
            ExpressionAttributeNames={"#items": "items"},
            ExpressionAttributeValues=to_item({":many": to}),
        )

    order_id = world.put_order(customer)
    placed = world.row("orders", "orderId", order_id)["items"][0]["quantity"]
    change_quantity(999_999)
    assert pay(customer, order_id).status_code == 200
    # When
    queue(world, order_id)
    # Then
    assert customer.finished(order_id)["status"] == "REJECTED"
    assert history(customer, f"pay_{order_id}") == [*CAPTURED, "REFUNDED"]
    change_quantity(placed)  # or the doctor would name the order to the tests that follow


def test_payments_racing_with_each_other_and_the_orders_own_workflow_charge_once(customer: Shop, world: World) -> None:
    # Given / When
    order_id = world.put_order(customer)
    with ThreadPoolExecutor(4) as pool:
        racing = [pool.submit(pay, customer, order_id) for _ in range(3)]
        queue(world, order_id)
        answers = [each.result() for each in racing]
    # Then
    assert customer.finished(order_id, 150)["status"] == "CONFIRMED"
    assert {answer.status_code for answer in answers} <= {200, 202, 409}, [answer.text for answer in answers]
    assert history(customer, f"pay_{order_id}") == CAPTURED
    assert world.row("payments", "paymentId", f"pay_{order_id}_2") == {}


def test_only_the_owner_pays_and_sees_and_a_key_is_needed(
    customer: Shop, shop: Shop, admin: Shop, world: World
) -> None:
    order_id, key = world.put_order(customer), uuid4().hex
    stranger = shop.new_customer()
    assert pay(stranger, order_id).status_code == 404
    assert pay(admin, order_id).status_code == 404
    missing = customer.post("/pay", {"orderId": order_id})
    assert missing.status_code == 400, missing.text
    assert pay(customer, order_id, "sandbox_approve", key).status_code == 200
    assert pay(customer, order_id, "sandbox_decline", key).status_code == 422
    assert stranger.get(f"/payments/pay_{order_id}").status_code == 404
    shown = admin.get(f"/payments/pay_{order_id}")
    assert shown.status_code == 200
    assert "sandbox_approve" not in shown.text
    # And nobody finds it lying about
    queue(world, order_id)
    assert customer.finished(order_id)["status"] == "CONFIRMED"
