"""Order executions on Step Functions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore import exceptions

from orderflow.orders.errors import WorkflowUnavailableError
from orderflow.orders.sweeping import ExecutionState, OpenOrder
from orderflow.orders.workflow_start import QueuedOrder

# docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html: what may pass by itself.
_TRANSIENT = frozenset(
    {"ExecutionLimitExceeded", "KmsThrottlingException", "ServiceUnavailable", "ThrottlingException"}
)
_SERVER_ERROR = 500
# docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html; what waits for a redrive goes on.
_RUNNING = frozenset({"RUNNING", "PENDING_REDRIVE"})


class StepFunctionsStarter:
    """Executions of one state machine, each named by its order (IAM: states:StartExecution on it)."""

    def __init__(self, client: Any, state_machine_arn: str) -> None:
        self._client, self._state_machine_arn = client, state_machine_arn

    def start(self, order: QueuedOrder) -> bool:
        try:
            with _passing_failures():
                self._client.start_execution(
                    stateMachineArn=self._state_machine_arn,
                    name=order.order_id,
                    input=json.dumps({"orderId": order.order_id, "correlationId": order.correlation_id}),
                )
        except exceptions.ClientError as error:
            if error.response["Error"]["Code"] == "ExecutionAlreadyExists":
                return False
            raise
        return True


class StepFunctionsExecutions:
    """Executions of one state machine (IAM: states:StartExecution on it, states:DescribeExecution on its executions).

    `state_machine_arn` may name a version or an alias: executions are named by the machine alone.
    """

    def __init__(self, client: Any, state_machine_arn: str) -> None:
        self._client, self._state_machine_arn = client, state_machine_arn
        prefix, _, name = state_machine_arn.partition(":stateMachine:")
        self._executions = f"{prefix}:execution:{name.partition(':')[0]}"

    def identify(self, name: str) -> str:
        return f"{self._executions}:{name}"

    def state(self, execution: str) -> ExecutionState:
        with _passing_failures():
            try:
                status = self._client.describe_execution(executionArn=execution)["status"]
            except self._client.exceptions.ExecutionDoesNotExist:
                return ExecutionState.ABSENT
        return ExecutionState.RUNNING if status in _RUNNING else ExecutionState.ENDED

    def restart(self, order: OpenOrder, name: str) -> None:
        abandoned = {"abandonedExecution": order.execution} if order.execution else {}
        with _passing_failures():
            try:
                self._client.start_execution(
                    stateMachineArn=self._state_machine_arn,
                    name=name,
                    input=json.dumps({"orderId": order.order_id, "correlationId": order.correlation_id, **abandoned}),
                )
            except self._client.exceptions.ExecutionAlreadyExists:
                return


@contextmanager
def _passing_failures() -> Iterator[None]:
    """Turn what may pass by itself into WorkflowUnavailableError; anything else passes through unchanged."""
    try:
        yield
    except exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _TRANSIENT or error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
            raise WorkflowUnavailableError("Step Functions asked to slow down; try again.") from error
        raise
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise WorkflowUnavailableError("Step Functions could not be reached; try again.") from error
