"""Executions on Step Functions: one for an order, and one, `cancel-<orderId>`, for its cancellation."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore import exceptions

from orderflow.orders.cancelling import Cancellation
from orderflow.orders.errors import WorkflowUnavailableError
from orderflow.orders.execution_names import first_cancellation
from orderflow.orders.workflow_start import QueuedOrder

# docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html: what may pass by itself.
_TRANSIENT = frozenset(
    {"ExecutionLimitExceeded", "KmsThrottlingException", "ServiceUnavailable", "ThrottlingException"}
)
_SERVER_ERROR = 500


class StepFunctionsStarter:
    """Executions of one state machine, each named by its order (IAM: states:StartExecution on it)."""

    def __init__(self, client: Any, state_machine_arn: str) -> None:
        self._client, self._state_machine_arn = client, state_machine_arn

    def start(self, order: QueuedOrder) -> bool:
        given = {"orderId": order.order_id, "correlationId": order.correlation_id}
        return start_once(self._client, self._state_machine_arn, order.order_id, given)


class StepFunctionsCancellationStarter:
    """Executions of order_cancellation (IAM: states:StartExecution on it)."""

    def __init__(self, client: Any, state_machine_arn: str) -> None:
        self._client, self._state_machine_arn = client, state_machine_arn

    def start(self, cancellation: Cancellation) -> None:
        name = first_cancellation(cancellation.order_id)
        start_cancellation(self._client, self._state_machine_arn, name, cancellation)


def start_cancellation(client: Any, state_machine_arn: str, name: str, cancellation: Cancellation) -> None:
    """Start the cancellation as `name`, unless there is, or was, one. Raises WorkflowUnavailableError."""
    given = {
        "orderId": cancellation.order_id,
        "correlationId": cancellation.correlation_id,
        "by": cancellation.by.value,
        "reason": {"code": cancellation.reason.code, "message": cancellation.reason.message},
    }
    start_once(client, state_machine_arn, name, given)


def start_once(client: Any, state_machine_arn: str, name: str, given: Mapping[str, Any]) -> bool:
    """Start the execution `name`; False when there is, or was, one. Raises WorkflowUnavailableError."""
    with translated_failures():
        try:
            client.start_execution(stateMachineArn=state_machine_arn, name=name, input=json.dumps(given))
        except exceptions.ClientError as error:
            if error.response["Error"]["Code"] == "ExecutionAlreadyExists":
                return False
            raise
    return True


@contextmanager
def translated_failures() -> Iterator[None]:
    """Turn what may pass by itself into WorkflowUnavailableError; anything else is a defect and stays what it is."""
    try:
        yield
    except exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _TRANSIENT or error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
            raise WorkflowUnavailableError("Step Functions asked to slow down; try again.") from error
        raise
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise WorkflowUnavailableError("Step Functions could not be reached; try again.") from error
