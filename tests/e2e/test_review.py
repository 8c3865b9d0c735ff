"""A large order from outside: it waits for a person, and ends as that person, the customer or the deadline decides."""

import time
from typing import Any

from tests.e2e.shop import Shop
from tests.e2e.test_cancellation import counters, processed, settled
from tests.e2e.test_sweeper import EXPIRED, world  # noqa: F401 - world is a fixture

PRODUCT, LARGE = "ITEM001", 60  # 60 times 19.99 EUR: above the threshold of terraform/env/local.tfvars
APPROVAL = {"decision": "approve", "reason": "Called the customer back"}
REJECTION = {"decision": "reject", "reason": "We do not deliver this much to private homes"}


def held(customer: Shop, within_seconds: float = 60) -> dict[str, Any]:
    """Place a large order and return it once it waits."""
    order_id = customer.order((PRODUCT, LARGE)).json()["orderId"]
    deadline = time.monotonic() + within_seconds
    while (order := customer.get(f"/orders/{order_id}").json())["status"] != "REVIEW":
        assert time.monotonic() < deadline, f"{order_id} is {order['status']} after {within_seconds} s: {order}"
        time.sleep(0.2)
    return order


def test_an_approved_order_is_confirmed_and_nothing_was_charged_before(
    customer: Shop, admin: Shop, stack, review_inbox
) -> None:
    # Given
    before = counters(stack, PRODUCT)
    order = held(customer)
    path = f"/orders/{order['orderId']}"
    # Then the stock is held, nothing is charged, and the shop's people are told
    assert counters(stack, PRODUCT)["reserved"] == before["reserved"] + LARGE
    payment = stack.client("dynamodb").get_item(
        TableName=stack.output("payments_table_name"), Key={"paymentId": {"S": f"pay_{order['orderId']}"}}
    )
    assert "Item" not in payment
    assert (order["allowedActions"], admin.get(path).json()["allowedActions"]) == (
        ["cancel", "changeAddress"], ["approve", "reject", "cancel", "changeAddress"],
    )  # fmt: skip
    [notice] = review_inbox.all_about({order["orderId"]})
    assert (notice["type"], notice["total"], "reviewDeadline" in notice) == (
        "order.review_requested", order["total"], True,
    )  # fmt: skip
    # When
    assert customer.post(f"{path}/review", APPROVAL).status_code == 403
    answer = admin.post(f"{path}/review", APPROVAL, headers={"Idempotency-Key": "approve-once"})
    again = admin.post(f"{path}/review", APPROVAL, headers={"Idempotency-Key": "approve-once"})
    # Then
    assert (answer.status_code, answer.json()["status"]) == (202, "PROCESSING")
    assert (again.status_code, again.json()) == (202, answer.json())
    done = customer.finished(order["orderId"])
    assert [(entry["status"], entry["by"]) for entry in done["history"]] == [
        ("PENDING", "customer"), ("PROCESSING", "workflow"), ("REVIEW", "workflow"), ("PROCESSING", "admin"),
        ("CONFIRMED", "workflow"),
    ]  # fmt: skip
    late = admin.post(f"{path}/review", REJECTION)
    assert (late.status_code, late.json()["code"]) == (409, "ILLEGAL_ACTION")


def test_a_rejected_order_gives_the_stock_back_and_tells_the_customer_why(
    customer: Shop, admin: Shop, stack, failure_inbox
) -> None:
    before = counters(stack, PRODUCT)
    order_id = held(customer)["orderId"]
    assert admin.post(f"/orders/{order_id}/review", REJECTION).status_code == 202
    done = customer.finished(order_id)
    assert (done["status"], done["statusReason"]) == (
        "REJECTED", {"code": "REVIEW_REJECTED", "message": REJECTION["reason"]},
    )  # fmt: skip
    assert counters(stack, PRODUCT) == before
    [notice] = failure_inbox.all_about({order_id})
    assert (notice["type"], notice["reason"]["code"]) == ("order.rejected", "REVIEW_REJECTED")


def test_a_customer_cancels_an_order_in_review_and_its_workflow_ends(
    customer: Shop, admin: Shop, stack, failure_inbox
) -> None:
    before = counters(stack, PRODUCT)
    order_id = held(customer)["orderId"]
    assert customer.call("DELETE", f"/orders/{order_id}").status_code == 202
    assert settled(customer, order_id)["status"] == "CANCELLED"
    processed(stack, [order_id], within_seconds=30)
    assert counters(stack, PRODUCT) == before
    assert admin.post(f"/orders/{order_id}/review", APPROVAL).status_code == 409
    assert [notice["type"] for notice in failure_inbox.all_about({order_id})] == ["order.cancelled"]


def test_an_order_that_nobody_looked_at_in_time_is_rejected_by_the_sweepers_look(
    customer: Shop,
    stack,
    world,  # noqa: F811 - the fixture
) -> None:
    # Given an order whose deadline is over (docs/emulator-parity.md: the emulator's own timeout would be 27 hours away)
    before = counters(stack, PRODUCT)
    order_id = held(customer)["orderId"]
    world.let_time_pass(order_id)
    assert world.sweep() == {"RUNNING": 1}
    assert customer.get(f"/orders/{order_id}").json()["status"] == "REVIEW"
    stack.client("dynamodb").update_item(
        TableName=stack.output("orders_table_name"),
        Key={"orderId": {"S": order_id}},
        UpdateExpression="SET reviewDeadline = :over",
        ExpressionAttributeValues={":over": {"S": EXPIRED}},
    )
    world.let_time_pass(order_id)
    # When
    assert world.sweep() == {"RUNNING": 1}
    # Then
    done = customer.finished(order_id)
    assert (done["status"], done["statusReason"]["code"]) == ("REJECTED", "REVIEW_EXPIRED")
    assert counters(stack, PRODUCT) == before
    processed(stack, [order_id], within_seconds=30)
