"""Executions as Step Functions tells of them (API shapes of botocore's own model, by its Stubber)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from orderflow.orders.execution_store import StepFunctionsExecutions
from orderflow.orders.executions import Execution, ExecutionEvent

MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:order-processing"
EXECUTION = "arn:aws:states:eu-central-1:123456789012:execution:order-processing:order-1"
AT = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def stub() -> Any:
    client = boto3.client("stepfunctions", region_name="eu-central-1")
    with Stubber(client) as stubber:
        yield client, stubber


def item(name: str, status: str, started: datetime) -> dict[str, Any]:
    arn = EXECUTION.replace("order-1", name)
    return {"executionArn": arn, "stateMachineArn": MACHINE, "name": name, "status": status, "startDate": started}


def test_an_execution_is_found_by_its_order(stub: Any) -> None:
    client, stubber = stub
    answer = {"executionArn": EXECUTION, "stateMachineArn": MACHINE, "status": "RUNNING", "startDate": AT}
    stubber.add_response("describe_execution", answer, {"executionArn": EXECUTION})
    assert StepFunctionsExecutions(client, MACHINE).status("order-1") == "RUNNING"


def test_an_order_that_never_started_has_no_execution_and_no_events(stub: Any) -> None:
    client, stubber = stub
    stubber.add_client_error("describe_execution", "ExecutionDoesNotExist")
    stubber.add_client_error("get_execution_history", "ExecutionDoesNotExist")
    executions = StepFunctionsExecutions(client, MACHINE)
    assert (executions.status("order-1"), list(executions.events("order-1"))) == (None, [])


def test_events_tell_states_failures_and_ends_and_no_data(stub: Any) -> None:
    client, stubber = stub
    failed = {"error": "PaymentTimeoutError", "cause": "slow", "resource": "invoke", "resourceType": "lambda"}
    scheduled = {"resource": "invoke", "resourceType": "lambda", "region": "r", "parameters": "a secret"}
    events = [
        {"type": "ExecutionStarted", "executionStartedEventDetails": {"input": "a secret"}},
        {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "ProcessPayment", "input": "a secret"}},
        {"type": "TaskScheduled", "taskScheduledEventDetails": scheduled},
        {"type": "TaskFailed", "taskFailedEventDetails": failed},
        {"type": "ExecutionFailed", "executionFailedEventDetails": {"error": "OrderFailedError", "cause": "why"}},
    ]
    answer = {"events": [{"timestamp": AT, "id": number, **event} for number, event in enumerate(events, 1)]}
    stubber.add_response("get_execution_history", answer, {"executionArn": EXECUTION, "includeExecutionData": False})
    found = list(StepFunctionsExecutions(client, MACHINE).events("order-1"))
    assert found == [
        ExecutionEvent(AT, "ExecutionStarted"),
        ExecutionEvent(AT, "entered", "ProcessPayment"),
        ExecutionEvent(AT, "TaskFailed", "ProcessPayment", "PaymentTimeoutError", "slow"),
        ExecutionEvent(AT, "ExecutionFailed", None, "OrderFailedError", "why"),
    ]


def test_bad_ends_are_merged_newest_first_and_older_ones_are_not_asked_for(stub: Any) -> None:
    client, stubber = stub
    lists = {
        "FAILED": [item("f", "FAILED", AT), item("old", "FAILED", AT - timedelta(days=2))],
        "TIMED_OUT": [item("t", "TIMED_OUT", AT + timedelta(hours=1))],
        "ABORTED": [],
    }
    for status, found in lists.items():
        stubber.add_response(
            "list_executions", {"executions": found}, {"stateMachineArn": MACHINE, "statusFilter": status}
        )
    for name, error in (("t", None), ("f", "OrderFailedError")):
        arn = EXECUTION.replace("order-1", name)
        told = {"executionArn": arn, "stateMachineArn": MACHINE, "status": "FAILED", "startDate": AT}
        stubber.add_response("describe_execution", told | ({"error": error} if error else {}), {"executionArn": arn})
    found = list(StepFunctionsExecutions(client, MACHINE).failed(AT - timedelta(days=1)))
    assert found == [
        Execution("t", "TIMED_OUT", AT + timedelta(hours=1)),
        Execution("f", "FAILED", AT, None, "OrderFailedError"),
    ]
    stubber.assert_no_pending_responses()


def test_an_execution_is_started_again_with_the_input_of_the_earlier_one(stub: Any) -> None:
    client, stubber = stub
    given = {"orderId": "order-1", "by": "customer"}
    told = {**item("order-1", "FAILED", AT), "input": json.dumps(given)}
    stubber.add_response("describe_execution", told, {"executionArn": EXECUTION})
    stubber.add_response(
        "start_execution",
        {"executionArn": f"{EXECUTION}-repair-1", "startDate": AT},
        {"stateMachineArn": MACHINE, "name": "order-1-repair-1", "input": json.dumps(given)},
    )
    StepFunctionsExecutions(client, MACHINE).start_again("order-1", "order-1-repair-1")
    stubber.assert_no_pending_responses()


def test_an_execution_of_a_cancellation_is_about_its_order() -> None:
    order_id = "01JFR0ZEN00000000000000001"
    names = (order_id, f"{order_id}-repair-1", f"cancel-{order_id}", f"cancel-{order_id}-repair-2")
    assert {Execution(name, "FAILED", AT).order_id for name in names} == {order_id}
