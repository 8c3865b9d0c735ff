"""Executions of order_processing and order_cancellation, looked up and replaced."""

from typing import Any

from botocore import exceptions

from orderflow.orders.cancelling import Cancellation
from orderflow.orders.order import StatusReason
from orderflow.orders.status import Actor
from orderflow.orders.sweeping import ExecutionState, OpenOrder
from orderflow.orders.workflow_starter import start_cancellation, start_once

# docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html; what waits for a redrive goes on.
_RUNNING = frozenset({"RUNNING", "PENDING_REDRIVE"})


_NOT_SAID = StatusReason("CANCELLED", "The order was cancelled.")


class StepFunctionsExecutions:
    """Executions of order_processing (IAM: states:StartExecution on it, states:DescribeExecution on its executions).

    `state_machine_arn` may name a version or an alias: executions are named by the machine alone.
    """

    def __init__(self, client: Any, state_machine_arn: str) -> None:
        self._client, self._state_machine_arn = client, state_machine_arn
        prefix, _, name = state_machine_arn.partition(":stateMachine:")
        self._executions = f"{prefix}:execution:{name.partition(':')[0]}"

    def identify(self, name: str) -> str:
        return f"{self._executions}:{name}"

    def state(self, execution: str) -> ExecutionState:
        try:
            status = self._client.describe_execution(executionArn=execution)["status"]
        except exceptions.ClientError as error:
            if error.response["Error"]["Code"] == "ExecutionDoesNotExist":
                return ExecutionState.ABSENT
            raise
        return ExecutionState.RUNNING if status in _RUNNING else ExecutionState.ENDED

    def restart(self, order: OpenOrder, name: str) -> None:
        abandoned = {"abandonedExecution": order.execution} if order.execution else {}
        given = {"orderId": order.order_id, "correlationId": order.correlation_id, **abandoned}
        start_once(self._client, self._state_machine_arn, name, given)


class StepFunctionsCancellations(StepFunctionsExecutions):
    """Executions of order_cancellation (IAM: as for those of order_processing)."""

    def restart(self, order: OpenOrder, name: str) -> None:
        reason = order.reason or _NOT_SAID
        again = Cancellation(order.order_id, Actor.WORKFLOW, reason, order.correlation_id)
        start_cancellation(self._client, self._state_machine_arn, name, again)
