"""Cancelling from outside: whatever the order is doing, it ends cancelled and the customer has everything back."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.shop import Shop

STORM = 20


def settled(shop: Shop, order_id: str, within_seconds: float = 60) -> dict[str, Any]:
    """Return the cancelled order once everything is given back; fails when that does not happen in time."""
    deadline = time.monotonic() + within_seconds
    while True:
        order = shop.get(f"/orders/{order_id}").json()
        if "EVERYTHING_GIVEN_BACK" in [entry.get("reason") for entry in order["history"]]:
            return order
        assert time.monotonic() < deadline, f"{order_id} is not settled after {within_seconds} s: {order['history']}"
        time.sleep(0.2)


def processed(stack, order_ids: list[str], within_seconds: float = 120) -> None:
    """Wait until no execution of order_processing works on the orders any more."""
    machine = stack.output("order_state_machine_arn")
    deadline = time.monotonic() + within_seconds
    while True:
        running = stack.client("stepfunctions").list_executions(
            stateMachineArn=machine, statusFilter="RUNNING", maxResults=1000
        )["executions"]
        if not (busy := {e["name"] for e in running} & set(order_ids)):
            return
        assert time.monotonic() < deadline, f"still processed after {within_seconds} s: {sorted(busy)}"
        time.sleep(0.5)


def row(stack, table: str, **key: str) -> dict[str, Any]:
    answer = stack.client("dynamodb").get_item(
        TableName=stack.output(f"{table}_table_name"), Key={k: {"S": v} for k, v in key.items()}, ConsistentRead=True
    )
    return answer["Item"]


def counters(stack, product_id: str) -> dict[str, int]:
    stock = row(stack, "stock", productId=product_id)
    return {name: int(stock[name]["N"]) for name in ("available", "reserved", "sold")}


def payment_status(stack, order_id: str) -> str:
    return row(stack, "payments", paymentId=f"pay_{order_id}")["status"]["S"]


def test_a_confirmed_order_is_refunded_and_restocked_and_the_world_told_once(
    customer: Shop, stack, failure_inbox
) -> None:
    # Given
    before = counters(stack, "ITEM001")
    order_id = customer.order(("ITEM001", 2)).json()["orderId"]
    confirmed = customer.finished(order_id)
    assert (confirmed["status"], confirmed["allowedActions"]) == ("CONFIRMED", ["cancel", "changeAddress"])
    # When
    answer = customer.post(
        f"/orders/{order_id}/cancel", {"reason": "Ordered by mistake"}, headers={"X-Correlation-Id": "changed-my-mind"}
    )
    # Then
    assert (answer.status_code, answer.json()) == (202, {"orderId": order_id, "status": "CANCELLED"})
    order = settled(customer, order_id)
    assert (order["status"], order["refunded"], order["allowedActions"]) == ("CANCELLED", order["total"], [])
    assert order["statusReason"] == {"code": "CANCELLED_BY_CUSTOMER", "message": "Ordered by mistake"}
    assert [(e["status"], e["by"]) for e in order["history"][2:]] == [
        ("CONFIRMED", "workflow"),
        ("CANCELLED", "customer"),
        ("CANCELLED", "workflow"),
    ]
    assert (counters(stack, "ITEM001"), payment_status(stack, order_id)) == (before, "REFUNDED")
    [notice] = failure_inbox.all_about({order_id})
    assert {key: notice[key] for key in ("type", "eventId", "status", "total", "refunded", "correlationId")} == {
        "type": "order.cancelled",
        "eventId": f"{order_id}#CANCELLED",
        "status": "CANCELLED",
        "total": 3998,
        "refunded": 3998,
        "correlationId": "changed-my-mind",
    }
    assert "mistake" not in str(notice)


def test_orders_cancelled_at_any_moment_end_cancelled_with_everything_given_back(
    customer: Shop, stack, failure_inbox
) -> None:
    # Given orders that are cancelled after ever longer pauses, so that every step is met
    before = counters(stack, "test_1")

    def place_and_cancel(number: int) -> tuple[str, int]:
        order_id = customer.order(("test_1", 1)).json()["orderId"]
        time.sleep(number * 0.15)
        return order_id, customer.cancel(order_id).status_code

    # When
    with ThreadPoolExecutor(STORM) as pool:
        answers = dict(pool.map(place_and_cancel, range(STORM)))
    # Then
    assert list(answers.values()) == [202] * STORM
    orders = [settled(customer, order_id, 180) for order_id in answers]
    processed(stack, list(answers))
    assert {order["status"] for order in orders} == {"CANCELLED"}
    assert counters(stack, "test_1") == before
    payments = {order["orderId"]: payment_status(stack, order["orderId"]) for order in orders}
    assert set(payments.values()) <= {"REFUNDED", "VOIDED"}
    refunds = {order["orderId"]: order["refunded"] for order in orders}
    assert refunds == {order_id: 500 if status == "REFUNDED" else 0 for order_id, status in payments.items()}
    notices = failure_inbox.all_about(set(answers))
    assert sorted((notice["orderId"], notice["type"]) for notice in notices) == [
        (order_id, "order.cancelled") for order_id in sorted(answers)
    ]


@pytest.mark.parametrize("repeats", [5])
def test_one_cancellation_sent_many_times_at_once_answers_the_same_and_gives_back_once(
    customer: Shop, stack, failure_inbox, repeats: int
) -> None:
    before = counters(stack, "ITEM002")
    order_id = customer.order(("ITEM002", 1)).json()["orderId"]
    customer.finished(order_id)
    with ThreadPoolExecutor(repeats) as pool:
        answers = list(pool.map(lambda _: customer.cancel(order_id), range(repeats)))
    settled(customer, order_id)
    again = customer.post(f"/orders/{order_id}/cancel", {"reason": "and again"})
    assert {(a.status_code, a.text) for a in [*answers, again]} == {(202, answers[0].text)}
    order = customer.get(f"/orders/{order_id}").json()
    assert [entry["status"] for entry in order["history"]].count("CANCELLED") == 2  # decided, and settled
    assert counters(stack, "ITEM002") == before
    assert len(failure_inbox.all_about({order_id})) == 1


def test_a_strangers_order_cannot_be_cancelled_and_does_not_exist(customer: Shop, shop: Shop) -> None:
    order_id = customer.order(("test_1", 1)).json()["orderId"]
    customer.finished(order_id)
    stranger = shop.new_customer()
    for answer in (stranger.call("DELETE", f"/orders/{order_id}"), stranger.post(f"/orders/{order_id}/cancel", {})):
        assert (answer.status_code, answer.json()["code"]) == (404, "ORDER_NOT_FOUND")
    assert customer.get(f"/orders/{order_id}").json()["status"] == "CONFIRMED"


def test_an_administrator_cancels_for_a_customer_and_the_order_says_so(customer: Shop, admin: Shop) -> None:
    order_id = customer.order(("test_1", 1)).json()["orderId"]
    customer.finished(order_id)
    assert admin.post(f"/orders/{order_id}/cancel", {"reason": "Recalled"}).status_code == 202
    assert customer.get(f"/orders/{order_id}").json()["statusReason"]["code"] == "CANCELLED_BY_ADMIN"


def test_an_order_that_ended_otherwise_cannot_be_cancelled_and_the_answer_says_what_can_be_done(
    customer: Shop,
) -> None:
    order_id = customer.order(("LIMITED-1", 11)).json()["orderId"]
    assert customer.finished(order_id)["status"] == "REJECTED"
    answer = customer.call("DELETE", f"/orders/{order_id}")
    assert (answer.status_code, answer.json()["code"]) == (409, "ILLEGAL_ACTION")
    assert answer.json()["details"] == [
        {"field": "status", "issue": "is REJECTED"},
        {"field": "allowedActions", "issue": "legal next actions: none"},
    ]


@pytest.mark.parametrize("body", [{"reason": ""}, {"reason": 1}, {"surprise": 1}])
def test_a_bad_reason_is_a_400_and_cancels_nothing(customer: Shop, body: dict) -> None:
    order_id = customer.order(("test_1", 1)).json()["orderId"]
    customer.finished(order_id)
    answer = customer.post(f"/orders/{order_id}/cancel", body)
    assert (answer.status_code, [d["field"] for d in answer.json()["details"]]) == (400, list(body))
    assert customer.get(f"/orders/{order_id}").json()["status"] == "CONFIRMED"


def test_a_cancellation_without_any_body_is_taken(customer: Shop) -> None:
    order_id = customer.order(("test_1", 1)).json()["orderId"]
    answer = customer.call("POST", f"/orders/{order_id}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (202, "CANCELLED")
