"""Step Functions in the simulation: executions of the real files, run by our interpreter, one at a time."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from tests.rules.workflows.machine import MACHINE_FILES
from tests.support.asl.run import Attempt, Run, TaskError

ACCOUNT, REGION = "123456789012", "eu-central-1"


def machine_arn(machine: str) -> str:
    """Return a machine's ARN."""
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{machine}"


@cache
def _text(machine: str) -> str:
    (path,) = (path for path in MACHINE_FILES if path.name == f"{machine}.asl.json")
    return path.read_text(encoding="utf-8")


@dataclass
class States:
    """What boto3's client offers of Step Functions; `invoke` does a Task, `fill` a placeholder of a file."""

    invoke: Callable[[Attempt], Any]
    fill: Callable[[str], str]
    now: Callable[[], str]
    pause: Callable[[float], None]
    runs: dict[str, Run] = field(default_factory=dict)
    eager: str | None = None  # the machine whose executions run before whoever starts them goes on

    def start(self, machine: str, name: str, given: dict[str, Any]) -> Run:
        """Begin an execution; it makes its first step when it is run."""
        arn = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{machine}:{name}"
        if arn in self.runs:
            raise refusal("StartExecution", "ExecutionAlreadyExists")
        definition = json.loads(self.fill(_text(machine)))
        self.runs[arn] = Run(machine, definition, arn, given, self.invoke, self.now, self.pause)
        return self.runs[arn]

    # As boto3's client says it.
    def start_execution(self, stateMachineArn: str, name: str, input: str) -> dict[str, Any]:  # noqa: A002, N803 - boto3's
        run = self.start(stateMachineArn.split(":")[6], name, json.loads(input))
        if run.machine == self.eager:
            run.go()
        return {"executionArn": run.arn}

    def describe_execution(self, executionArn: str) -> dict[str, Any]:  # noqa: N803 - boto3's
        if executionArn not in self.runs:
            raise refusal("DescribeExecution", "ExecutionDoesNotExist")
        run = self.runs[executionArn]
        return {"executionArn": run.arn, "status": run.status, "error": run.error, "cause": run.cause}

    def send_task_success(self, taskToken: str, output: str) -> dict[str, Any]:  # noqa: N803 - boto3's
        self._waiting(taskToken).resume(json.loads(output))
        return {}

    def send_task_heartbeat(self, taskToken: str) -> dict[str, Any]:  # noqa: N803 - boto3's
        self._waiting(taskToken)
        return {}

    def send_task_failure(self, taskToken: str, error: str = "", cause: str = "") -> dict[str, Any]:  # noqa: N803 - boto3's
        self._waiting(taskToken).resume(failure=TaskError(error, cause))
        return {}

    def running(self) -> list[Run]:
        """Return the executions that have something to do now."""
        return [run for run in self.runs.values() if run.status == "RUNNING" and not run.waits_for]

    def waiting(self) -> list[Run]:
        """Return the executions that wait for a task token."""
        return [run for run in self.runs.values() if run.status == "RUNNING" and run.waits_for]

    def _waiting(self, token: str) -> Run:
        for run in self.waiting():
            if run.context["Task"]["Token"] == token:
                return run
        raise refusal("SendTaskSuccess", "TaskTimedOut")


def refusal(operation: str, code: str, status: int = 400) -> ClientError:
    """Return AWS's refusal of a call."""
    answer: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, operation)


def stamp(moment: datetime) -> str:
    """Write a time as Step Functions does."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
