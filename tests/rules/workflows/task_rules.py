"""Every Task bounded, retried on what passes, caught: findings as sentences, none when the rule holds."""

import re
from collections.abc import Iterator
from typing import Any

from tests.rules.workflows.error_classes import is_transient
from tests.rules.workflows.machine import Machine, is_wait, seconds

# What each service calls its passing failures. Optimised integrations use the names of SDK v1 (RequestLimitExceeded
# also with the suffix), SDK integrations those of SDK v2, where a throttled CloudWatch call has no class of its own.
# docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html and .../bp-lambda-serviceexception.html,
# docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html,
# docs.aws.amazon.com/sns/latest/api/API_Publish.html
PASSING = {
    "lambda:invoke": {
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.TooManyRequestsException",
        "Lambda.Unknown",  # the function ended without an answer: out of memory, killed, timed out
        "Sandbox.Timedout",
        "Runtime.ExitError",
    },
    "dynamodb:": {
        "DynamoDB.ProvisionedThroughputExceededException",
        "DynamoDB.RequestLimitExceeded",
        "DynamoDB.RequestLimitExceededException",
        "DynamoDB.ThrottlingException",
        "DynamoDB.InternalServerError",
        "DynamoDB.InternalServerErrorException",
        "DynamoDB.TransactionConflictException",
        "DynamoDB.SdkClientException",
    },
    "sns:publish": {
        "SNS.InternalErrorException",
        "SNS.ThrottledException",
        "SNS.KMSThrottlingException",
        "SNS.SdkClientException",
    },
    # docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
    "states:startExecution": {
        "StepFunctions.ExecutionLimitExceededException",
        "StepFunctions.ThrottlingException",
        "StepFunctions.ServiceUnavailableException",
        "StepFunctions.AWSStepFunctionsException",
        "StepFunctions.SdkClientException",
    },
    "aws-sdk:cloudwatch:": {
        "CloudWatch.InternalServiceException",
        "CloudWatch.CloudWatchException",
        "CloudWatch.SdkClientException",
    },
}
_CUSTOM = re.compile(r"[A-Z][A-Za-z]+Error")


def unbounded(machine: Machine) -> Iterator[str]:
    """A machine or a Task without its own timeout, or whose heartbeat cannot beat before it."""
    if not _positive(machine.definition.get("TimeoutSeconds")):
        yield f"{machine.name} has no TimeoutSeconds"
    for name, task in machine.tasks.items():
        timeout, heartbeat = seconds(task, "TimeoutSeconds"), seconds(task, "HeartbeatSeconds")
        if timeout is None:
            yield f"{name} has no TimeoutSeconds"
        elif heartbeat is not None and not (heartbeat[0] < timeout[0] and heartbeat[1] < timeout[1]):
            yield f"{name}: a heartbeat of {heartbeat[1]} s is not shorter than the timeout of {timeout[1]} s"
        if is_wait(task) and heartbeat is None:
            yield f"{name} waits for a token without HeartbeatSeconds: forgotten, it would wait until its deadline"


def unretried(machine: Machine) -> Iterator[str]:
    """A Task that does not repeat every passing failure of its service, with backoff, bound and jitter."""
    for name, task in machine.tasks.items():
        retriers = task.get("Retry", [])
        errors = [error for retrier in retriers for error in retrier["ErrorEquals"]]
        yield from (f"{name} does not retry {error}" for error in sorted(_passing(task) - set(errors)))
        yield from (
            f"{name} lists {error} in two retriers" for error in sorted({e for e in errors if errors.count(e) > 1})
        )
        for retrier in retriers:
            yield from (f"{name}: {finding}" for finding in _unpaced(retrier))


def wrongly_retried(machine: Machine) -> Iterator[str]:
    """A retrier that repeats what will not pass: a refusal, a defect, everything."""
    for name, task in machine.tasks.items():
        allowed = _passing(task)
        for error in (error for retrier in task.get("Retry", []) for error in retrier["ErrorEquals"]):
            if error not in allowed and not (_CUSTOM.fullmatch(error) and is_transient(error)):
                yield f"{name} retries {error}, which is not a passing failure of {task['Resource']}"


def uncaught(machine: Machine) -> Iterator[str]:
    """A Task some error of which ends the execution, or whose catcher loses the input."""
    for name, task in machine.tasks.items():
        catchers = task.get("Catch", [])
        everything = [i for i, catcher in enumerate(catchers) if "States.ALL" in catcher["ErrorEquals"]]
        if everything != [len(catchers) - 1] or catchers[-1]["ErrorEquals"] != ["States.ALL"]:
            yield f"{name}: States.ALL must stand alone in the last catcher, and only there"
        for catcher in catchers:
            if catcher.get("ResultPath", "$") in ("$", None):
                yield f"{name}: the catcher to {catcher['Next']} must file the error under its own key"


def _passing(task: dict[str, Any]) -> set[str]:
    service = task["Resource"].removeprefix("arn:aws:states:::")
    for prefix, errors in PASSING.items():
        if service.startswith(prefix):
            # A machine that outlasts its own timeout was stopped: what it did is looked up, not done again. A person's
            # deadline that is over is over.
            return set(errors) if service.startswith("states:") or is_wait(task) else {*errors, "States.Timeout"}
    raise AssertionError(f"{task['Resource']}: name this service's passing failures in PASSING")


def _unpaced(retrier: dict[str, Any]) -> Iterator[str]:
    if not _positive(retrier.get("MaxAttempts")):
        yield "a retrier needs MaxAttempts of 1 or more"
    if retrier.get("BackoffRate", 0) <= 1:
        yield "a retrier needs a BackoffRate above 1"
    if not retrier.get("MaxDelaySeconds", 0) > retrier.get("IntervalSeconds", 0) > 0:
        yield "a retrier needs IntervalSeconds and a longer MaxDelaySeconds"
    if retrier.get("JitterStrategy") != "FULL":
        yield "a retrier needs JitterStrategy FULL"


def _positive(value: Any) -> bool:
    return isinstance(value, int) and value > 0
