"""Executions read from Step Functions, and started again there."""

import heapq
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from botocore import exceptions

from orderflow.orders.executions import Execution, ExecutionEvent
from orderflow.orders.workflow_starter import start_once

_BAD_ENDS = ("FAILED", "TIMED_OUT", "ABORTED")
_UNKNOWN = "ExecutionDoesNotExist"


class StepFunctionsExecutions:
    """One machine's executions (IAM: states:ListExecutions, StartExecution on it; DescribeExecution,
    GetExecutionHistory on its executions)."""

    def __init__(self, client: Any, state_machine_arn: str) -> None:
        self._client, self._machine = client, state_machine_arn

    def status(self, name: str) -> str | None:
        try:
            return str(self._client.describe_execution(executionArn=self._arn(name))["status"])
        except exceptions.ClientError as error:
            if error.response["Error"]["Code"] == _UNKNOWN:
                return None
            raise

    def start_again(self, earlier: str, name: str) -> None:
        given = self._client.describe_execution(executionArn=self._arn(earlier))["input"]
        start_once(self._client, self._machine, name, json.loads(given))

    def events(self, name: str) -> Iterator[ExecutionEvent]:
        request = {"executionArn": self._arn(name), "includeExecutionData": False}
        state = None
        try:
            for page in self._client.get_paginator("get_execution_history").paginate(**request):
                for event in page["events"]:
                    state = event.get("stateEnteredEventDetails", {}).get("name", state)
                    if shown := _event(event, state):
                        yield shown
        except exceptions.ClientError as error:
            if error.response["Error"]["Code"] != _UNKNOWN:
                raise

    def newest(self) -> Iterator[Execution]:
        return self._list()

    def failed(self, since: datetime) -> Iterator[Execution]:
        lists = [self._list(statusFilter=status) for status in _BAD_ENDS]
        for execution in heapq.merge(*lists, key=lambda each: each.started, reverse=True):
            if execution.started < since:
                return
            told = self._client.describe_execution(executionArn=self._arn(execution.name))
            yield replace(execution, error=told.get("error"), cause=told.get("cause"))

    def _list(self, **only: str) -> Iterator[Execution]:
        pages = self._client.get_paginator("list_executions").paginate(stateMachineArn=self._machine, **only)
        for page in pages:
            for each in page["executions"]:
                stopped = each.get("stopDate")
                yield Execution(each["name"], each["status"], _utc(each["startDate"]), stopped and _utc(stopped))

    def _arn(self, name: str) -> str:
        return f"{self._machine.replace(':stateMachine:', ':execution:')}:{name}"


def _event(event: Mapping[str, Any], state: str | None) -> ExecutionEvent | None:
    """Return what an operator wants to see of an event: states entered, everything that failed, the end."""
    kind, at = event["type"], _utc(event["timestamp"])
    if kind.endswith("StateEntered"):
        return ExecutionEvent(at, "entered", state)
    if not kind.endswith(("Failed", "TimedOut", "Aborted")) and kind not in ("ExecutionStarted", "ExecutionSucceeded"):
        return None
    details: Mapping[str, Any] = next((v for k, v in event.items() if k.endswith("EventDetails")), {})
    inside = None if kind.startswith("Execution") else state
    return ExecutionEvent(at, kind, inside, details.get("error"), details.get("cause"))


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
