"""Answers of mocked tasks in Step Functions Local's format: attempt number (or a range) to what comes back.

https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html
"""

import json
from typing import Any

Response = dict[str, dict[str, Any]]
Failure = tuple[str, str]


def returns(payload: dict[str, Any], *, after: Response | None = None) -> Response:
    """Answer with `payload`, at once or after earlier failures."""
    before = after or {}
    return {**before, str(_attempts(before)): {"Return": payload}}


def throws(failure: Failure, times: int = 1, *, after: Response | None = None) -> Response:
    """Fail so many times in a row, at once or after earlier failures."""
    before = after or {}
    first = _attempts(before)
    span = str(first) if times == 1 else f"{first}-{first + times - 1}"
    error, cause = failure
    return {**before, span: {"Throw": {"Error": error, "Cause": cause}}}


def invoked(payload: dict[str, Any]) -> dict[str, Any]:
    """Wrap a function's result as the Lambda integration does."""
    return {"ExecutedVersion": "$LATEST", "Payload": payload, "StatusCode": 200}


def nested(arn: str, output: dict[str, Any]) -> dict[str, Any]:
    """Return what `startExecution.sync:2` answers when the nested execution succeeds."""
    return {"ExecutionArn": arn, "Output": output, "Status": "SUCCEEDED"}


def nested_failure(arn: str, failure: Failure) -> Failure:
    """Return what `startExecution.sync:2` reports when the nested execution fails: the error stands in the cause."""
    error, cause = failure
    return "States.TaskFailed", json.dumps({"ExecutionArn": arn, "Error": error, "Cause": cause, "Status": "FAILED"})


def raised(error: Exception) -> Failure:
    """Return what Step Functions reports when a function raises `error`: the class name, and JSON as the cause."""
    name = type(error).__name__
    cause = {"errorMessage": str(error), "errorType": name, "requestId": "00000000-0000-0000-0000-000000000000"}
    return name, json.dumps({**cause, "stackTrace": []})


def _attempts(response: Response) -> int:
    return max((int(span.split("-")[-1]) for span in response), default=-1) + 1
