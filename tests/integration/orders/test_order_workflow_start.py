"""The order queue's consumer, from SQS's batch to Step Functions; and what both gateways make of AWS's errors."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from handlers.orders import start_order_workflow
from orderflow.orders.errors import QueueUnavailableError, WorkflowUnavailableError
from orderflow.orders.order_queue import SqsOrderQueue
from orderflow.orders.workflow_start import QueuedOrder
from orderflow.orders.workflow_starter import StepFunctionsStarter
from orderflow.runtime import aws

IDS = [f"01JFR0ZEN0000000000000000{n}" for n in range(4)]
DEFINITION = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}


@pytest.fixture
def machine(moto: None, monkeypatch: pytest.MonkeyPatch) -> str:
    arn = aws.client("stepfunctions").create_state_machine(
        name="order-processing",
        definition=json.dumps(DEFINITION),
        roleArn="arn:aws:iam::123456789012:role/order-processing",
    )["stateMachineArn"]
    monkeypatch.setenv("ORDER_STATE_MACHINE_ARN", arn)
    return str(arn)


def context(remaining_ms: int = 30_000) -> SimpleNamespace:
    return SimpleNamespace(aws_request_id="request-1", get_remaining_time_in_millis=lambda: remaining_ms)


def batch(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": f"m{number}", "body": body} for number, body in enumerate(bodies)]}


def message(order_id: str) -> str:
    return json.dumps({"orderId": order_id, "correlationId": f"c-{order_id}"})


def executions(machine: str) -> dict[str, dict[str, str]]:
    client = aws.client("stepfunctions")
    found = client.list_executions(stateMachineArn=machine)["executions"]
    return {
        each["name"]: json.loads(client.describe_execution(executionArn=each["executionArn"])["input"])
        for each in found
    }


def failed(answer: dict[str, Any]) -> list[str]:
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def test_each_order_gets_one_execution_named_by_it_with_its_correlation_id(machine: str) -> None:
    answer = start_order_workflow.handler(batch(message(IDS[0]), message(IDS[1])), context())
    assert answer == {"batchItemFailures": []}
    assert executions(machine) == {
        order_id: {"orderId": order_id, "correlationId": f"c-{order_id}"} for order_id in IDS[:2]
    }


def test_a_malformed_message_fails_alone(machine: str) -> None:
    answer = start_order_workflow.handler(batch(message(IDS[0]), "not ours", message(IDS[1])), context())
    assert failed(answer) == ["m1"]
    assert set(executions(machine)) == set(IDS[:2])


def test_a_duplicate_is_a_success_and_starts_nothing(machine: str) -> None:
    first, other = message(IDS[0]), json.dumps({"orderId": IDS[0], "correlationId": "another"})
    assert start_order_workflow.handler(batch(first, first, other), context()) == {"batchItemFailures": []}
    assert list(executions(machine).values()) == [{"orderId": IDS[0], "correlationId": f"c-{IDS[0]}"}]


def test_what_there_is_no_time_for_stays_in_the_queue(machine: str) -> None:
    answer = start_order_workflow.handler(batch(message(IDS[0]), message(IDS[1])), context(remaining_ms=14_999))
    assert (failed(answer), executions(machine)) == (["m0", "m1"], {})


def test_when_the_workflow_cannot_be_started_every_message_stays_in_the_queue(
    moto: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = "arn:aws:states:eu-central-1:123456789012:stateMachine:missing"
    monkeypatch.setenv("ORDER_STATE_MACHINE_ARN", missing)
    assert failed(start_order_workflow.handler(batch(message(IDS[0]), message(IDS[1])), context())) == ["m0", "m1"]


def failing(error: Exception) -> Any:
    def call(**_arguments: Any) -> None:
        raise error

    return SimpleNamespace(start_execution=call, send_message=call)


def aws_error(code: str, status: int) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Operation")


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (aws_error("ThrottlingException", 400), True),
        (aws_error("InternalFailure", 500), True),
        (ConnectTimeoutError(endpoint_url="https://aws"), True),
        (aws_error("AccessDeniedException", 403), False),
        (aws_error("StateMachineDoesNotExist", 400), False),
    ],
)
def test_a_failure_that_may_pass_is_told_from_a_defect(error: Exception, passes: bool) -> None:
    with pytest.raises(WorkflowUnavailableError if passes else ClientError):
        StepFunctionsStarter(failing(error), "arn").start(QueuedOrder(IDS[0], "c"))
    with pytest.raises(QueueUnavailableError if passes else ClientError):
        SqsOrderQueue(failing(error), "url").send(IDS[0], "c")
