"""Our own interpreter behind the calls of the workflow tests: tasks are answered from the mock file, nothing sleeps."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.asl.run import Attempt, Run, TaskError
from tests.support.step_functions import ACCOUNT, REGION, Execution, execution_arn

_NOW = "2026-01-02T03:04:05.678Z"


@dataclass
class MockedEngine:
    """Speaks what tests.support.step_functions.StepFunctions speaks, without an endpoint."""

    mocks: dict[str, Any]
    _definitions: dict[str, dict[str, Any]] = field(default_factory=dict)
    _finished: dict[str, Execution] = field(default_factory=dict)

    @classmethod
    def read(cls, mocks: Path) -> "MockedEngine":
        return cls(json.loads(mocks.read_text(encoding="utf-8")))

    def create(self, name: str, definition: dict[str, Any]) -> str:
        """Keep the definition and return an ARN for it."""
        self._definitions[name] = definition
        return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"

    def start(self, machine: str, case: str, execution: str, workflow_input: dict[str, Any]) -> str:
        """Run the machine with the mocks of one test case, whole, and return the execution's ARN."""
        name, arn = machine.rpartition(":")[2], execution_arn(machine.rpartition(":")[2], execution)
        answers = _Answers(self.mocks, self.mocks["StateMachines"][name]["TestCases"][case])
        run = Run(name, self._definitions[name], arn, workflow_input, answers, lambda: _NOW).go()
        self._finished[arn] = Execution(run.status, run.error, run.cause, tuple(run.events), arn)
        return arn

    def finished(self, execution: str, within_seconds: float) -> Execution:
        """Return what `start` brought to its end."""
        return self._finished[execution]


@dataclass
class _Answers:
    mocks: dict[str, Any]
    case: dict[str, str]
    attempts: dict[str, int] = field(default_factory=dict)

    def __call__(self, attempt: Attempt) -> Any:
        if attempt.state not in self.case:
            raise AssertionError(f"{attempt.state} is entered and the case has no mock for it")
        number = self.attempts.get(attempt.state, 0)
        self.attempts[attempt.state] = number + 1
        answer = _at(self.mocks["MockedResponses"][self.case[attempt.state]], number)
        if "Throw" in answer:
            raise TaskError(answer["Throw"]["Error"], answer["Throw"].get("Cause", ""))
        return json.loads(json.dumps(answer["Return"]))


def _at(response: dict[str, Any], number: int) -> dict[str, Any]:
    for span, answer in response.items():
        first, _, last = span.partition("-")
        if int(first) <= number <= int(last or first):
            return dict(answer)
    raise AssertionError(f"the mock answers attempts {', '.join(response)}, and attempt {number} is made")
