"""One execution of a state machine, state by state, without a server and without sleeping.

What a Task does is a function's business: tests give it mocks, or a whole simulated account. The history has the form
of GetExecutionHistory, so that whatever reads one engine's history reads this one.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.asl.data import DataError, chosen, filed, filled, read

_UNCAUGHT_BY_ALL = frozenset({"States.Runtime", "States.DataLimitExceeded"})
_MOST_STATES = 1000


class TaskError(Exception):
    """What a task failed with, as Step Functions names it."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}")
        self.error, self.cause = error, cause


class Suspended(Exception):  # noqa: N818 - no error: the task waits to be told its end
    """A task of the form waitForTaskToken was begun; `resume` goes on when somebody answers."""


@dataclass(frozen=True)
class Attempt:
    """One attempt at a Task: what it asks of which service, for which execution."""

    machine: str
    state: str
    resource: str
    parameters: Any
    context: dict[str, Any]


@dataclass
class Run:
    """An execution; `invoke` does a Task and returns its result or raises TaskError, `now` tells the time (ISO 8601).

    `pause` is called with the seconds that a retrier or a Wait would take.
    """

    machine: str
    definition: dict[str, Any]
    arn: str
    input: Any
    invoke: Callable[[Attempt], Any]
    now: Callable[[], str]
    pause: Callable[[float], None] = lambda _seconds: None
    status: str = "RUNNING"
    output: Any = None
    error: str | None = None
    cause: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    state: str = ""  # where it stands
    waits_for: str | None = None  # the state whose task token is out
    _data: Any = None
    entered: str = ""
    _retries: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._enter(self.definition["StartAt"], self.input)

    def go(self) -> "Run":
        """Run to the end, or to a task that waits for its token."""
        for _ in range(_MOST_STATES):
            if self.status != "RUNNING" or self.waits_for:
                return self
            self.step()
        raise AssertionError(f"{self.arn} made {_MOST_STATES} steps without coming to an end")

    def step(self) -> None:
        """Do what the present state does once: an attempt at its task, or the state as a whole."""
        try:
            self._do(self.definition["States"][self.state])
        except DataError as error:
            self._end("FAILED", "States.Runtime", str(error))

    def stop(self) -> None:
        """End it from outside, as StopExecution does: nothing is caught."""
        self._end("ABORTED", None, None)

    @property
    def patience(self) -> float | None:
        """Seconds that the task which waits for its token may still take in all, None without a bound."""
        return self._bound(self.definition["States"][self.state])

    def give_up(self) -> None:
        """End the waiting: the time of the task is over."""
        self.resume(failure=TaskError("States.Timeout", "nobody answered in time"))

    def _bound(self, state: dict[str, Any]) -> float | None:
        if "TimeoutSecondsPath" in state:
            return float(read(state["TimeoutSecondsPath"], self._data, self.context))
        return float(state["TimeoutSeconds"]) if "TimeoutSeconds" in state else None

    def resume(self, result: Any = None, failure: TaskError | None = None) -> None:
        """Answer the task that waits for its token, with a result or a failure, and go on."""
        state, self.waits_for = self.definition["States"][self.state], None
        if failure is None:
            self._succeed(state, result)
        else:
            self._fail(state, failure)
        self.go()

    @property
    def context(self) -> dict[str, Any]:
        """The context object, `$$`."""
        return {
            "Execution": {"Id": self.arn, "Name": self.arn.rpartition(":")[2], "Input": self.input},
            "State": {"Name": self.state, "EnteredTime": self.entered, "RetryCount": sum(self._retries.values())},
            "StateMachine": {"Name": self.machine},
            "Task": {"Token": f"{self.arn}/{self.state}"},
        }

    def _do(self, state: dict[str, Any]) -> None:
        match state["Type"]:
            case "Task":
                self._attempt(state)
            case "Choice":
                self._enter(chosen(state, self._data, self.context)[1], self._data)
            case "Pass":
                given = filled(state["Parameters"], self._data, self.context) if "Parameters" in state else self._data
                self._leave(state, filed(state.get("ResultPath", "$"), state.get("Result", given), self._data))
            case "Wait":
                self.pause(float(state.get("Seconds", 0)))
                self._leave(state, self._data)
            case "Succeed":
                self._end("SUCCEEDED", None, None)
            case "Fail":
                self._end("FAILED", self._said(state, "Error"), self._said(state, "Cause"))
            case other:
                raise ValueError(f"{self.state} is a {other}: teach it to {__name__}")

    def _said(self, state: dict[str, Any], field: str) -> str | None:
        path = state.get(f"{field}Path")
        return read(path, self._data, self.context) if path else state.get(field)

    def _attempt(self, state: dict[str, Any]) -> None:
        parameters = filled(state.get("Parameters", {}), self._data, self.context)
        self._tell("TaskScheduled", parameters=json.dumps(parameters), resource=state["Resource"])
        try:
            result = self.invoke(Attempt(self.machine, self.state, state["Resource"], parameters, self.context))
        except TaskError as failure:
            self._fail(state, failure)
        except Suspended:
            self.waits_for = self.state
        else:
            self._succeed(state, result)

    def _succeed(self, state: dict[str, Any], result: Any) -> None:
        self._tell("TaskSucceeded", output=json.dumps(result))
        if "ResultSelector" in state:
            result = filled(state["ResultSelector"], result, self.context)
        self._leave(state, filed(state.get("ResultPath", "$"), result, self._data))

    def _fail(self, state: dict[str, Any], failure: TaskError) -> None:
        kind = "TaskTimedOut" if failure.error == "States.Timeout" else "TaskFailed"
        self._tell(kind, error=failure.error, cause=failure.cause)
        for index, retrier in enumerate(state.get("Retry", [])):
            if matches(retrier, failure.error):
                done = self._retries.get(index, 0)
                if done < retrier.get("MaxAttempts", 3):
                    self._retries[index] = done + 1
                    pause = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** done
                    self.pause(min(pause, retrier.get("MaxDelaySeconds", pause)))
                    return
                break
        for catcher in state.get("Catch", []):
            if matches(catcher, failure.error):
                told = {"Error": failure.error, "Cause": failure.cause}
                self._enter(catcher["Next"], filed(catcher.get("ResultPath", "$"), told, self._data))
                return
        self._end("FAILED", failure.error, failure.cause)

    def _leave(self, state: dict[str, Any], data: Any) -> None:
        if state.get("End"):
            self._data = data
            self._end("SUCCEEDED", None, None)
        else:
            self._enter(state["Next"], data)

    def _enter(self, name: str, data: Any) -> None:
        self.state, self._data, self.entered, self._retries = name, data, self.now(), {}
        kind = self.definition["States"][name]["Type"]
        self._tell(f"{kind}StateEntered", "stateEntered", name=name, input=json.dumps(data))

    def _end(self, status: str, error: str | None, cause: str | None) -> None:
        self.status, self.error, self.cause, self.output = status, error, cause, self._data

    def _tell(self, kind: str, details: str | None = None, **facts: Any) -> None:
        name = details or kind[0].lower() + kind[1:]
        self.events.append({"id": len(self.events) + 1, "type": kind, f"{name}EventDetails": facts})


def matches(entry: dict[str, Any], error: str) -> bool:
    """Tell whether a retrier or a catcher is for this error."""
    named = entry["ErrorEquals"]
    if error in named:
        return True
    if "States.ALL" in named:
        return error not in _UNCAUGHT_BY_ALL
    return "States.TaskFailed" in named and error != "States.Timeout"
