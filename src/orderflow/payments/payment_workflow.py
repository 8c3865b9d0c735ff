"""Executions of the payment workflow on Step Functions."""

import json
from typing import Any

from botocore import exceptions

from orderflow.payments.errors import PaymentWorkflowUnavailableError
from orderflow.payments.paying import PaymentStart

# docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html: what may pass by itself.
_TRANSIENT = frozenset(
    {"ExecutionLimitExceeded", "KmsThrottlingException", "ServiceUnavailable", "ThrottlingException"}
)
_SERVER_ERROR = 500


class StepFunctionsPayments:
    """Executions of one state machine (IAM: states:StartExecution on it)."""

    def __init__(self, client: Any, state_machine_arn: str) -> None:
        self._client, self._state_machine_arn = client, state_machine_arn

    def start(self, start: PaymentStart) -> None:
        given = {
            "orderId": start.order_id,
            "requestedBy": start.requested_by,
            "amount": str(start.amount),
            "currency": start.currency,
            "correlationId": start.correlation_id,
        }
        try:
            self._client.start_execution(
                stateMachineArn=self._state_machine_arn, name=start.name, input=json.dumps(given)
            )
        except exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ExecutionAlreadyExists":
                return
            if code in _TRANSIENT or error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
                raise PaymentWorkflowUnavailableError("Step Functions asked to slow down; try again.") from error
            raise
        except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
            raise PaymentWorkflowUnavailableError("Step Functions could not be reached; try again.") from error
