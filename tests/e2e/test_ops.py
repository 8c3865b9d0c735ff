"""The operators' command line on the applied stack, run as an operator runs it: a process of its own."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.runtime.dynamo import to_item
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.trail import Author
from tests.e2e.orderflow_command import Orderflow
from tests.e2e.shop import Shop
from tests.e2e.test_sweeper import world  # noqa: F401 - a fixture
from tests.support.orders import new_order

STATES = ["ValidateOrder", "ReserveStock", "ProcessPayment", "ConfirmOrder", "NotifyOrderCompleted", "OrderConfirmed"]
PAYING = ["AuthorizePayment", "CapturePayment", "RecordPayment", "PaymentCaptured"]
WHY = ("--reason", "a test of the stack", "--yes")


@pytest.fixture
def changed_counter(stack) -> Iterator[str]:
    """Change a stock counter by hand, and mend it afterwards."""
    dynamodb, table = stack.client("dynamodb"), stack.output("stock_table_name")

    def reserve(units: int) -> None:
        dynamodb.update_item(
            TableName=table,
            Key=to_item({"productId": "ITEM002"}),
            UpdateExpression="ADD reserved :units",
            ExpressionAttributeValues=to_item({":units": units}),
        )

    reserve(3)
    yield "ITEM002"
    reserve(-3)


def test_the_doctor_is_content_after_orders_with_every_ending(
    customer: Shop, orderflow: Orderflow, settled: None
) -> None:
    placed = [
        customer.order(("ITEM001", 1), ("ITEM002", 2)),
        customer.order(("LIMITED-1", 11)),
        customer.order(("ITEM002", 1), token="sandbox_decline"),
    ]
    ends = [customer.finished(answer.json()["orderId"])["status"] for answer in placed]
    assert ends == ["CONFIRMED", "REJECTED", "PAYMENT_FAILED"]
    assert orderflow.findings() == set()


def test_the_doctor_names_the_product_whose_counter_was_changed_by_hand(
    customer: Shop, orderflow: Orderflow, settled: None, changed_counter: str
) -> None:
    customer.finished(customer.order((changed_counter, 1)).json()["orderId"])
    assert orderflow.findings() == {("reserved-is-what-orders-hold", f"product {changed_counter}")}


def test_the_doctor_names_the_order_that_kept_a_customers_money(
    customer: Shop, stack, orderflow: Orderflow, settled: None
) -> None:
    order_id = customer.order(("test_1", 1)).json()["orderId"]
    customer.finished(order_id)

    def set_status(status: str) -> None:
        stack.client("dynamodb").update_item(
            TableName=stack.output("orders_table_name"),
            Key=to_item({"orderId": order_id}),
            UpdateExpression="SET #status = :status",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=to_item({":status": status}),
        )

    set_status("FAILED")
    found = orderflow.findings()
    set_status("CONFIRMED")
    assert found == {("money-is-given-back", f"order {order_id}"), ("stock-is-given-back", f"order {order_id}")}


def test_a_timeline_shows_history_states_and_payment_in_the_order_of_time(customer: Shop, orderflow: Orderflow) -> None:
    order_id = customer.order(("ITEM001", 1)).json()["orderId"]
    customer.finished(order_id)
    deadline = time.monotonic() + 30
    while True:
        moments = orderflow.answer("orders", "timeline", order_id)
        if (moments[-1]["source"], moments[-1]["what"]) == ("execution", "ExecutionSucceeded"):
            break
        assert time.monotonic() < deadline, moments
    told = {source: [m["what"] for m in moments if m["source"] == source] for source in ("order", "payment", "paying")}
    assert told == {
        "order": ["PENDING", "PROCESSING", "CONFIRMED"],
        "payment": ["AUTHORIZING", "AUTHORIZED", "CAPTURED"],
        "paying": ["ExecutionStarted", *PAYING, "ExecutionSucceeded"],
    }
    assert [moment["what"] for moment in moments if moment["what"] in STATES] == STATES
    assert [moment["at"] for moment in moments] == sorted(moment["at"] for moment in moments)


def test_a_replayed_dead_letter_starts_its_order_and_a_second_replay_changes_nothing(
    stack, orderflow: Orderflow
) -> None:
    # Given an order that was stored and whose message ended in the dead letter queue
    new = new_order(new_ulid())
    order_id = new.order.order_id
    DynamoIntakeStore(
        stack.client("dynamodb"),
        orders=stack.output("orders_table_name"),
        idempotency=stack.output("idempotency_table_name"),
        author=Author(stack.output("audit_trail_table_name"), "customer-1", "e2e"),
    ).add(new)
    sqs, dead = stack.client("sqs"), stack.output("order_dlq_url")
    earlier = {each["messageId"] for each in orderflow.answer("dlq", "list")}
    body = json.dumps({"orderId": order_id, "correlationId": "correlation-1"})
    sqs.send_message(QueueUrl=dead, MessageBody=body)
    other = sqs.send_message(QueueUrl=dead, MessageBody="not an order")["MessageId"]
    waiting = [each for each in orderflow.answer("dlq", "list") if each["messageId"] not in earlier]
    assert {each["orderId"] for each in waiting} == {order_id, None}
    # When it is replayed
    replay = ("dlq", "replay", "--where", f"orderId={order_id}", *WHY)
    first = orderflow.answer(*replay)
    confirmed = finished(orderflow, order_id)
    # Then it runs to its end, and doing so again with the same message changes nothing
    assert [each["orderId"] for each in first] == [order_id]
    assert confirmed["status"] == "CONFIRMED"
    assert orderflow.answer(*replay) == []
    sqs.send_message(QueueUrl=dead, MessageBody=body)
    assert len(orderflow.answer(*replay)) == 1
    drained(stack)
    assert orderflow.answer("orders", "show", order_id) == confirmed
    # And the other one waits until it is dropped
    assert {each["messageId"] for each in orderflow.answer("dlq", "list")} == {*earlier, other}
    orderflow.answer("dlq", "drop", "--where", f"messageId={other}", *WHY)
    assert {each["messageId"] for each in orderflow.answer("dlq", "list")} == earlier
    caller = stack.client("sts").get_caller_identity()["Arn"]
    entries = [e for e in orderflow.answer("operations", "list") if e["subject"] == f"message {other}"]
    assert [(e["phase"], e["by"], e["before"]["body"]) for e in entries] == [
        ("BEGUN", caller, "not an order"),
        ("DONE", caller, "not an order"),
    ]


def test_a_stock_correction_is_recorded_with_who_why_before_and_after(
    customer: Shop, stack, orderflow: Orderflow
) -> None:
    before = customer.stock_of("test_1")
    operation = new_ulid()
    command = ("stock", "adjust", "test_1", "--change", "7", "--operation", operation, *WHY)
    assert orderflow.answer(*command)["after"]["available"] == before + 7
    assert orderflow.run(*command).returncode == 2
    assert customer.stock_of("test_1") == before + 7
    [entry] = [e for e in orderflow.answer("operations", "list") if e["operationId"] == operation]
    assert (entry["command"], entry["subject"], entry["reason"]) == ("stock adjust", "product test_1", WHY[1])
    assert (entry["before"]["available"], entry["after"]["available"]) == (before, before + 7)
    assert entry["by"] == stack.client("sts").get_caller_identity()["Arn"]


def test_a_declined_order_is_among_the_failed_executions_under_its_own_name(
    customer: Shop, orderflow: Orderflow
) -> None:
    order_id = customer.order(("ITEM002", 1), token="sandbox_decline").json()["orderId"]
    customer.finished(order_id)
    deadline = time.monotonic() + 30
    while True:
        found = {each["orderId"]: each["error"] for each in orderflow.answer("executions", "failed", "--since", "1h")}
        if order_id in found:
            break
        assert time.monotonic() < deadline, found
    assert found[order_id] == "OrderPaymentFailedError"


def test_a_failed_order_that_kept_money_and_units_is_mended_and_again_changes_nothing(
    customer: Shop, stack, orderflow: Orderflow, settled: None
) -> None:
    # Given a confirmed order that somebody set to FAILED by hand, as an incomplete compensation leaves it
    before = customer.stock_of("test_1")
    order_id = customer.order(("test_1", 1)).json()["orderId"]
    customer.finished(order_id)
    stack.client("dynamodb").update_item(
        TableName=stack.output("orders_table_name"),
        Key=to_item({"orderId": order_id}),
        UpdateExpression="SET #status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues=to_item({":status": "FAILED"}),
    )
    assert {rule for rule, _ in orderflow.findings()} == {"money-is-given-back", "stock-is-given-back"}
    # When
    for command in (("payments", "refund", order_id), ("stock", "release", order_id)):
        first, second = orderflow.answer(*command, *WHY), orderflow.answer(*command, *WHY)
        assert (first["after"]["status"], second["before"]) == (second["after"]["status"], second["after"])
    # Then
    assert (orderflow.findings(), customer.stock_of("test_1")) == (set(), before)
    assert orderflow.answer("payments", "show", order_id)["status"] == "REFUNDED"
    assert orderflow.answer("executions", "retry", order_id, *WHY)["remedy"] == "NOTHING"
    entries = [e["command"] for e in orderflow.answer("operations", "list") if e["subject"] == f"order {order_id}"]
    assert entries == ["payments refund", "payments refund", "stock release", "stock release"]


def test_an_order_whose_execution_was_stopped_is_finished_by_a_retry_and_its_timeline_shows_both(
    customer: Shop, stack, orderflow: Orderflow
) -> None:
    # Given an order whose provider does not answer, stopped by somebody while its payment is tried
    order_id = customer.order(("test_1", 1), token="sandbox_timeout").json()["orderId"]
    deadline = time.monotonic() + 60
    while "ProcessPayment" not in [each["what"] for each in orderflow.answer("orders", "timeline", order_id)]:
        assert time.monotonic() < deadline, "its payment was never tried"
    machine = stack.output("order_state_machine_arn")
    stack.client("stepfunctions").stop_execution(
        executionArn=f"{machine.replace(':stateMachine:', ':execution:')}:{order_id}"
    )
    # When
    shown = orderflow.answer("executions", "retry", order_id, *WHY, "--dry-run")
    done = orderflow.answer("executions", "retry", order_id, *WHY)
    # Then
    assert (shown["remedy"], done["execution"]) == ("REPLACE", f"{order_id}-repair-1")
    assert finished(orderflow, order_id)["statusReason"]["code"] == "PROCESSING_INTERRUPTED"
    assert "TakeOverOrder" in [each["what"] for each in orderflow.answer("orders", "timeline", order_id)]


@pytest.mark.usefixtures("world")  # the sweeper would do the same, and might be faster
def test_a_cancellation_that_was_stopped_is_finished_by_a_retry(
    customer: Shop, stack, orderflow: Orderflow, settled: None
) -> None:
    # Given an order whose cancellation was stopped before it gave anything back, as its machine records it
    order_id = customer.order(("test_1", 1)).json()["orderId"]
    customer.finished(order_id)
    states, machine = stack.client("stepfunctions"), stack.output("order_cancellation_state_machine_arn")
    given = {"orderId": order_id, "correlationId": "stopped", "by": "customer"}
    reason = {"code": "CANCELLED_BY_CUSTOMER", "message": "The customer cancelled the order."}
    started = states.start_execution(
        stateMachineArn=machine, name=f"cancel-{order_id}", input=json.dumps({**given, "reason": reason})
    )
    states.stop_execution(executionArn=started["executionArn"])
    # When
    done = orderflow.answer("executions", "retry", order_id, *WHY)
    # Then
    assert (done["remedy"], done["execution"]) == ("CANCEL_AGAIN", f"cancel-{order_id}-repair-1")
    deadline = time.monotonic() + 60
    while orderflow.answer("executions", "retry", order_id, *WHY)["remedy"] == "WAIT":
        assert time.monotonic() < deadline, "the cancellation does not end"
    assert orderflow.answer("orders", "show", order_id)["refunded"] == 500
    told = [
        each["what"] for each in orderflow.answer("orders", "timeline", order_id) if each["source"] == "cancellation"
    ]
    assert told[-1] == "ExecutionSucceeded"
    assert orderflow.findings() == set()


def finished(orderflow: Orderflow, order_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (order := orderflow.answer("orders", "show", order_id))["status"] in ("PENDING", "PROCESSING"):
        assert time.monotonic() < deadline, order
    return order


def drained(stack) -> None:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    deadline = time.monotonic() + 30
    while True:
        url = stack.output("order_queue_url")
        counts = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        if all(counts[name] == "0" for name in names):
            return
        assert time.monotonic() < deadline, counts
        time.sleep(0.2)
