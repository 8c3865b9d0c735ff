"""The operators' command line on the applied stack, run as an operator runs it: a process of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.runtime.dynamo import to_item
from orderflow.runtime.ids import new_ulid
from tests.e2e.shop import Shop
from tests.support.orders import new_order
from tools.paths import ROOT

STATES = ["ValidateOrder", "ReserveStock", "ProcessPayment", "ConfirmOrder", "NotifyOrderCompleted", "OrderConfirmed"]
WHY = ("--reason", "a test of the stack", "--yes")


class Orderflow:
    """The command `orderflow`, on the tests' stack."""

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tools.ops", *arguments],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "STACK": "test", "PYTHONPATH": "src"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def answer(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def findings(self) -> set[tuple[str, str]]:
        done = self.run("doctor", "--json")
        found = {(finding["rule"], finding["subject"]) for finding in json.loads(done.stdout)}
        assert done.returncode == bool(found), done.stderr
        return found


@pytest.fixture
def orderflow(stack) -> Orderflow:
    return Orderflow()


@pytest.fixture
def settled(stack, orderflow: Orderflow) -> None:
    """Wait until no execution runs: other tests place orders without waiting for them."""
    states, machine = stack.client("stepfunctions"), stack.output("order_state_machine_arn")
    deadline = time.monotonic() + 120
    while states.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]:
        assert time.monotonic() < deadline, "executions still run"
        time.sleep(0.5)


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
        if moments[-1]["what"] == "ExecutionSucceeded":
            break
        assert time.monotonic() < deadline, moments
    told = {source: [m["what"] for m in moments if m["source"] == source] for source in ("order", "payment")}
    assert told == {"order": ["PENDING", "PROCESSING", "CONFIRMED"], "payment": ["AUTHORIZING", "CAPTURED"]}
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
