"""Cancellations on Step Functions: one execution for an order, `cancel-<orderId>`."""

from typing import Any

from orderflow.orders.cancelling import Cancellation
from orderflow.orders.workflow_starter import start_once


class StepFunctionsCancellationStarter:
    """Executions of order_cancellation (IAM: states:StartExecution on it)."""

    def __init__(self, client: Any, state_machine_arn: str) -> None:
        self._client, self._state_machine_arn = client, state_machine_arn

    def start(self, cancellation: Cancellation) -> None:
        given = {
            "orderId": cancellation.order_id,
            "correlationId": cancellation.correlation_id,
            "by": cancellation.by.value,
            "reason": {"code": cancellation.reason.code, "message": cancellation.reason.message},
        }
        start_once(self._client, self._state_machine_arn, f"cancel-{cancellation.order_id}", given)
