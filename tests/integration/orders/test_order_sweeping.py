"""The sweeper's store and handler on DynamoDB, SQS and Step Functions; the generator's handler beside it."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from handlers.orders import generate_orders, sweep_orders
from orderflow.catalog import product_records
from orderflow.catalog.product import Product, ProductFacts
from orderflow.orders.cancellation_store import DynamoCancellationStore
from orderflow.orders.cancelling import Cancellation
from orderflow.orders.errors import SampleOrdersRefusedError, SweepIncompleteError
from orderflow.orders.open_order_store import DynamoOpenOrderStore
from orderflow.orders.order import StatusReason
from orderflow.orders.order_executions import StepFunctionsExecutions
from orderflow.orders.order_records import to_record
from orderflow.orders.status import Actor, OrderStatus
from orderflow.orders.sweeping import ExecutionState, OpenOrder
from orderflow.runtime import aws
from orderflow.runtime.dynamo import to_item
from orderflow.runtime.trail import Author
from tests.integration.orders.conftest import PRODUCTS, ShopOnMoto
from tests.support.frozen import START
from tests.support.orders import new_order, order

FIRST, SECOND, THIRD = (f"01JFR0ZEN0000000000000000{n}" for n in range(1, 4))
DEFINITION = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}
CHANGED_MY_MIND = StatusReason("CANCELLED_BY_CUSTOMER", "Changed my mind.")
DUE = "2026-01-02T03:19:05.678Z"  # a quarter of an hour after the orders of tests were placed
LATER = "2026-01-02T03:34:05.678Z"


def create_machine(name: str) -> str:
    answer = aws.client("stepfunctions").create_state_machine(
        name=name, definition=json.dumps(DEFINITION), roleArn=f"arn:aws:iam::123456789012:role/{name}"
    )
    return str(answer["stateMachineArn"])


@pytest.fixture
def cancellations(moto: None, monkeypatch: pytest.MonkeyPatch) -> str:
    arn = create_machine("order-cancellation")
    monkeypatch.setenv("CANCELLATION_STATE_MACHINE_ARN", arn)
    return arn


@pytest.fixture
def machine(cancellations: str, monkeypatch: pytest.MonkeyPatch) -> str:
    arn = create_machine("order-processing")
    monkeypatch.setenv("ORDER_STATE_MACHINE_ARN", arn)
    return arn


@pytest.fixture
def store(dynamodb: Any, tables: dict[str, str]) -> DynamoOpenOrderStore:
    return DynamoOpenOrderStore(dynamodb, tables["orders"])


def put(order_id: str, **facts: Any) -> None:
    record = {**to_record(new_order(order_id)), **facts}
    aws.client("dynamodb").put_item(TableName="orderflow-test-orders", Item=to_item(record))


def context(remaining_ms: int = 240_000) -> SimpleNamespace:
    return SimpleNamespace(aws_request_id="request-1", get_remaining_time_in_millis=lambda: remaining_ms)


def started(machine: str) -> dict[str, dict[str, str]]:
    client = aws.client("stepfunctions")
    found = client.list_executions(stateMachineArn=machine)["executions"]
    return {
        each["name"]: json.loads(client.describe_execution(executionArn=each["executionArn"])["input"])
        for each in found
    }


def start(machine: str, name: str) -> str:
    answer = aws.client("stepfunctions").start_execution(stateMachineArn=machine, name=name, input="{}")
    return str(answer["executionArn"])


def test_an_order_enters_the_index_when_it_is_placed_and_is_due_a_quarter_of_an_hour_later(
    store: DynamoOpenOrderStore,
) -> None:
    put(FIRST)
    assert store.find(FIRST) == OpenOrder(FIRST, OrderStatus.PENDING, "correlation-1", DUE)
    assert store.due(START + timedelta(minutes=14, seconds=59), 10) == []
    assert store.due(START + timedelta(minutes=15), 10) == [FIRST]


def test_due_orders_come_longest_due_first_and_bounded_and_without_those_that_left(store: DynamoOpenOrderStore) -> None:
    put(FIRST, checkAfter="2026-01-02T03:00:02.000Z")
    put(SECOND, checkAfter="2026-01-02T03:00:01.000Z")
    put(THIRD, openGroup=None, checkAfter=None)
    assert store.due(START, 10) == [SECOND, FIRST]
    assert store.due(START, 1) == [SECOND]


def test_an_order_nobody_stored_is_not_found(store: DynamoOpenOrderStore) -> None:
    assert store.find(FIRST) is None


@pytest.mark.parametrize("moved", [{"status": "CONFIRMED"}, {"checkAfter": LATER}])
def test_a_look_is_put_off_only_while_the_order_is_as_it_was_read(
    store: DynamoOpenOrderStore, moved: dict[str, str]
) -> None:
    # Given an order that moves on after it was read
    put(FIRST)
    read = store.find(FIRST)
    assert read is not None
    put(FIRST, **moved)
    before = store.find(FIRST)
    # When / Then
    store.look_again(read, "2026-01-03T00:00:00.000Z")
    assert store.find(FIRST) == before
    # And as it is now, it is put off
    assert before is not None
    store.look_again(before, "2026-01-03T00:00:00.000Z")
    assert store.due(START + timedelta(hours=1), 10) == []
    assert store.due(START + timedelta(days=1), 10) == [FIRST]


def test_an_order_is_taken_out_only_while_its_status_is_as_it_was_read(store: DynamoOpenOrderStore) -> None:
    put(FIRST, status="CANCELLED")
    read = store.find(FIRST)
    assert read is not None
    put(FIRST, status="PROCESSING")
    store.take_out(read)
    assert store.due(START + timedelta(days=1), 10) == [FIRST]
    put(FIRST, status="CANCELLED")
    store.take_out(read)
    assert store.due(START + timedelta(days=1), 10) == []


def test_an_execution_is_told_running_ended_or_absent_also_by_the_machines_alias(machine: str) -> None:
    # Given
    executions = StepFunctionsExecutions(aws.client("stepfunctions"), f"{machine}:live")
    running, stopped = start(machine, "running"), start(machine, "stopped")
    aws.client("stepfunctions").stop_execution(executionArn=stopped)
    # When / Then
    assert (executions.identify("running"), executions.identify("stopped")) == (running, stopped)
    assert executions.state(running) is ExecutionState.RUNNING
    assert executions.state(stopped) is ExecutionState.ENDED
    assert executions.state(executions.identify("never")) is ExecutionState.ABSENT


def test_a_sweep_queues_and_restarts_what_stopped_and_counts_what_it_did(
    shop: ShopOnMoto, machine: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given one order never queued, one whose execution was stopped, one at work, and one that is ended but listed
    put(FIRST)
    lost = start(machine, SECOND)
    aws.client("stepfunctions").stop_execution(executionArn=lost)
    put(SECOND, status="PROCESSING", executionArn=lost)
    put(THIRD, status="PROCESSING", executionArn=start(machine, THIRD))
    put("01JFR0ZEN00000000000000004", status="CANCELLED", cancellation="COMPLETE")
    # When
    found = sweep_orders.handler({}, context())
    # Then
    assert found == {"NOT_PICKED_UP": 1, "ABANDONED": 1, "RUNNING": 1, "ENDED": 1}
    assert [json.loads(m["Body"]) for m in shop.messages()] == [{"orderId": FIRST, "correlationId": "correlation-1"}]
    assert started(machine)[f"{SECOND}-repair-1"] == {
        "orderId": SECOND,
        "correlationId": "correlation-1",
        "abandonedExecution": lost,
    }
    assert sorted(record.__dict__["event"] for record in caplog.records) == [
        "ENDED_ORDER_TAKEN_OUT",
        "ORDERS_SWEPT",
        "ORDER_LEFT_TO_ITS_EXECUTION",
        "ORDER_QUEUED_AGAIN",
        "ORDER_WORKFLOW_REPLACED",
    ]
    [metric] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "StuckOrders" in line]
    assert metric["StuckOrders"] == [1, 1, 1]
    assert metric["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]
    # And a second run finds nothing
    assert sweep_orders.handler({}, context()) == {}
    assert len(started(machine)) == 3


def cancel(order_id: str) -> None:
    """Cancel a stored order as cancel_order does, at START."""
    trail = Author("orderflow-test-audit-trail", "customer-1", "request-1")
    store = DynamoCancellationStore(aws.client("dynamodb"), "orderflow-test-orders", author=trail)
    read = order(order_id, status=OrderStatus.CONFIRMED)
    store.cancel(read, Cancellation(order_id, Actor.CUSTOMER, CHANGED_MY_MIND, "correlation-of-cancelling"), START)


def test_a_cancelled_order_is_listed_at_once_with_what_its_cancellation_needs(store: DynamoOpenOrderStore) -> None:
    # Given an order that left the index when it was confirmed
    put(FIRST, status="CONFIRMED", openGroup=None, checkAfter=None)
    # When
    cancel(FIRST)
    # Then
    assert store.due(START, 10) == [FIRST]
    found = store.find(FIRST)
    assert found is not None
    assert (found.status, found.reason, found.settled) == (OrderStatus.CANCELLED, CHANGED_MY_MIND, False)


@pytest.mark.parametrize(("said", "settled"), [("COMPLETE", True), ("INCOMPLETE", False)])
def test_a_cancellation_is_settled_only_when_everything_is_given_back(
    store: DynamoOpenOrderStore, said: str, settled: bool
) -> None:
    put(FIRST, status="CANCELLED", cancellation=said)
    found = store.find(FIRST)
    assert found is not None
    assert found.settled is settled


def test_a_sweep_carries_on_cancellations_whose_execution_is_gone(
    shop: ShopOnMoto, machine: str, cancellations: str
) -> None:
    # Given one whose cancellation was stopped, one at work, and one without a reason that nobody began
    for order_id in (FIRST, SECOND):
        put(order_id, status="CONFIRMED", openGroup=None, checkAfter=None)
        cancel(order_id)
    aws.client("stepfunctions").stop_execution(executionArn=start(cancellations, f"cancel-{FIRST}"))
    start(cancellations, f"cancel-{SECOND}")
    put(THIRD, status="CANCELLED")
    # When
    assert sweep_orders.handler({}, context()) == {"ABANDONED": 2, "RUNNING": 1}
    # Then each is started by the next free name, with what it needs to finish and to tell the world
    given = started(cancellations)
    common = {"correlationId": "correlation-1", "by": "workflow"}
    assert given[f"cancel-{FIRST}-repair-1"] == {
        "orderId": FIRST,
        "reason": {"code": "CANCELLED_BY_CUSTOMER", "message": "Changed my mind."},
        **common,
    }
    assert given[f"cancel-{THIRD}"] == {
        "orderId": THIRD,
        "reason": {"code": "CANCELLED", "message": "The order was cancelled."},
        **common,
    }
    assert (len(given), started(machine), shop.messages()) == (4, {}, [])
    # And a second run finds nothing
    assert sweep_orders.handler({}, context()) == {}


def test_an_order_that_cannot_be_looked_at_fails_the_run_after_the_others_were(shop: ShopOnMoto, machine: str) -> None:
    # Given an order with a status that nobody knows, due before a sound one
    put(FIRST, status="LOST", checkAfter="2026-01-01T00:00:00.000Z")
    put(SECOND)
    # When
    with pytest.raises(SweepIncompleteError, match="1 orders"):
        sweep_orders.handler({}, context())
    # Then
    assert [json.loads(m["Body"])["orderId"] for m in shop.messages()] == [SECOND]


def test_a_run_begins_no_look_that_it_could_not_end(shop: ShopOnMoto, machine: str) -> None:
    put(FIRST)
    assert sweep_orders.handler({}, context(remaining_ms=29_000)) == {}
    assert shop.messages() == []


def test_sample_orders_are_made_of_what_is_on_sale_and_only_once(shop: ShopOnMoto) -> None:
    # Given a shop, one product of which is withdrawn
    for product_id, (name, price) in PRODUCTS.items():
        at = "2026-01-02T03:04:05.678Z"
        record = product_records.to_record(Product(product_id, ProductFacts(name, "kitchen", price, ""), "EUR", at, at))
        if product_id == "test_1":
            record |= {"status": "WITHDRAWN", "listing": None, "category": None}
        aws.client("dynamodb").put_item(TableName=shop.tables["products"], Item=to_item(record))
    # When
    first = generate_orders.handler({"seed": 7, "count": 10}, context())
    # Then
    assert (sorted(first["orderIds"]), first["refused"]) == (shop.order_ids(), 0)
    assert len(shop.order_ids()) == 10
    bought = {line["M"]["productId"]["S"] for order in shop.orders() for line in order["items"]["L"]}
    assert bought == {"ITEM001", "ITEM002"}
    assert sorted(json.loads(m["Body"])["orderId"] for m in shop.messages()) == shop.order_ids()
    # And Lambda's repetition of the event changes nothing
    assert generate_orders.handler({"seed": 7, "count": 10}, context()) == first
    assert len(shop.order_ids()) == 10


def test_an_event_without_a_seed_makes_nothing(shop: ShopOnMoto) -> None:
    with pytest.raises(SampleOrdersRefusedError, match="seed is missing"):
        generate_orders.handler({}, context())
    assert shop.order_ids() == []
