"""A Step Functions client in plain `requests`, for whatever speaks the API: an emulator, AWS's Step Functions Local."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import requests

# Emulators read account and region out of the credential scope, and do not check the signature.
ACCOUNT = "123456789012"
REGION = "us-east-1"
_AUTHORIZATION = (
    f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{REGION}/states/aws4_request, SignedHeaders=host, Signature=0"
)
_REQUEST_TIMEOUT_SECONDS = 30
_POLL_SECONDS = 0.1


class StepFunctionsError(AssertionError):
    """The endpoint refused a call or did not finish in time: the message names the call and the answer."""


@dataclass(frozen=True)
class Execution:
    """One finished execution: how it ended, and what its history says of the way there."""

    status: str
    error: str | None
    cause: str | None
    events: tuple[dict[str, Any], ...]
    arn: str = ""

    @cached_property
    def states(self) -> list[str]:
        """Names of the states entered, in order."""
        return [entered["name"] for event in self.events if (entered := event.get("stateEnteredEventDetails"))]

    @cached_property
    def inputs(self) -> list[dict[str, Any]]:
        """The input of each state entered, in order."""
        return [_object(d["input"]) for e in self.events if (d := e.get("stateEnteredEventDetails"))]

    def input_of(self, state: str) -> dict[str, Any]:
        """Return the input the state was last entered with."""
        entered = [d for e in self.events if (d := e.get("stateEnteredEventDetails")) and d["name"] == state]
        if not entered:
            raise StepFunctionsError(f"{state} was never entered; the execution went {' > '.join(self.states)}")
        return _object(entered[-1]["input"])

    def requests_of(self, state: str) -> list[dict[str, Any]]:
        """Return what the state sent to its service, attempt by attempt."""
        return [_object(e["taskScheduledEventDetails"]["parameters"]) for e in self._within(state, "TaskScheduled")]

    def request_of(self, state: str) -> dict[str, Any]:
        """Return what the state sent, where it was sent exactly once."""
        (request,) = self.requests_of(state)
        return request

    def errors_of(self, state: str) -> list[str]:
        """Return the error names of the state's failed attempts, in order."""
        return [error for event in self._within(state) if (error := failure_of(event)) is not None]

    def visits(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Yield each state entered with the events up to the next one."""
        visit: tuple[str, list[dict[str, Any]]] | None = None
        for event in self.events:
            if entered := event.get("stateEnteredEventDetails"):
                if visit:
                    yield visit
                visit = (entered["name"], [])
            elif visit:
                visit[1].append(event)
        if visit:
            yield visit

    def _within(self, state: str, kind: str | None = None) -> Iterator[dict[str, Any]]:
        for name, events in self.visits():
            if name == state:
                yield from (event for event in events if kind in (None, event["type"]))


class StepFunctions:
    """The calls that the workflow tests need."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def call(self, operation: str, **body: Any) -> dict[str, Any]:
        """Call one operation; raise StepFunctionsError with the service's own words when it refuses."""
        response = requests.post(
            self.endpoint,
            data=json.dumps(body),
            headers={
                "X-Amz-Target": f"AWSStepFunctions.{operation}",
                "Content-Type": "application/x-amz-json-1.0",
                "Authorization": _AUTHORIZATION,
            },
            timeout=_REQUEST_TIMEOUT_SECONDS,
        )
        if not response.ok:
            raise StepFunctionsError(f"{operation} at {self.endpoint} answered {response.status_code}: {response.text}")
        return _object(response.text)

    def create(self, name: str, definition: dict[str, Any]) -> str:
        """Create the state machine and return its ARN."""
        answer = self.call(
            "CreateStateMachine",
            name=name,
            definition=json.dumps(definition),
            roleArn=f"arn:aws:iam::{ACCOUNT}:role/workflow-tests",
        )
        return str(answer["stateMachineArn"])

    def start(self, machine: str, case: str, execution: str, workflow_input: dict[str, Any]) -> str:
        """Start the machine with the mocks of one test case and return the execution's ARN."""
        answer = self.call(
            "StartExecution", stateMachineArn=f"{machine}#{case}", name=execution, input=json.dumps(workflow_input)
        )
        return str(answer["executionArn"])

    def finished(self, execution: str, within_seconds: float) -> Execution:
        """Wait for the end of the execution, at most so long, and return it with its whole history."""
        deadline = time.monotonic() + within_seconds
        while (last := self.call("DescribeExecution", executionArn=execution))["status"] == "RUNNING":
            if time.monotonic() > deadline:
                states = Execution("RUNNING", None, None, tuple(self._events(execution))).states
                raise StepFunctionsError(f"{execution} still runs after {within_seconds} s: {' > '.join(states)}")
            time.sleep(_POLL_SECONDS)
        events = tuple(self._events(execution))
        return Execution(last["status"], last.get("error"), last.get("cause"), events, execution)

    def _events(self, execution: str) -> Iterator[dict[str, Any]]:
        page: dict[str, Any] = {}
        while True:
            page = self.call("GetExecutionHistory", executionArn=execution, **_next(page))
            yield from page["events"]
            if not page.get("nextToken"):
                return


def execution_arn(machine: str, execution: str) -> str:
    """Return the ARN that an execution will have, so that mocks can name it beforehand."""
    return f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{machine}:{execution}"


def _next(page: dict[str, Any]) -> dict[str, str]:
    return {"nextToken": page["nextToken"]} if page.get("nextToken") else {}


def failure_of(event: dict[str, Any]) -> str | None:
    """Return the error name of a failed attempt, None for any other event."""
    if event["type"] == "TaskFailed":
        return str(event["taskFailedEventDetails"]["error"])
    if event["type"] == "TaskTimedOut":
        return str(event["taskTimedOutEventDetails"]["error"])
    return None


def _object(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise StepFunctionsError(f"expected a JSON object, got {text[:200]}")
    return value
