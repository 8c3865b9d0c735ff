"""Executions that wait by a task token, told by Step Functions' callback."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore import exceptions

from orderflow.orders.workflow_starter import translated_failures
from orderflow.runtime.errors import OrderflowError

# docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html: whoever waited, waits no more.
_OVER = frozenset({"InvalidToken", "TaskDoesNotExist", "TaskTimedOut"})

# With what the token of an approved order comes back.
APPROVAL = {"verdict": "APPROVED"}


class StepFunctionsWaits:
    """Waits of one machine (IAM: states:SendTaskHeartbeat, SendTaskSuccess, SendTaskFailure on it)."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def keep(self, token: str) -> None:
        with _unless_over():
            self._client.send_task_heartbeat(taskToken=token)

    def go_on(self, token: str) -> None:
        with _unless_over():
            self._client.send_task_success(taskToken=token, output=json.dumps(APPROVAL))

    def give_up(self, token: str, why: OrderflowError) -> None:
        # In the form in which Lambda reports what a function raised, so that one path reads both.
        cause = json.dumps({"errorMessage": why.message, "errorType": type(why).__name__})
        with _unless_over():
            self._client.send_task_failure(taskToken=token, error=type(why).__name__, cause=cause)


@contextmanager
def _unless_over() -> Iterator[None]:
    with translated_failures():
        try:
            yield
        except exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in _OVER:
                raise
