"""What a path did to its order, read out of its history: moves of the status, what was taken, what was given back."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from orderflow.orders.status import TRANSITIONS
from tests.rules.workflows.machine import Machine
from tests.support.step_functions import Execution, failure_of

# What a step takes, and the step that gives it back. Whatever a machine calls stands here or in KEEPS_NOTHING.
GIVEN_BACK_BY = {
    "reserve_stock": "release_stock",
    "process_payment": "refund_payment",
    "payment_state_machine": "refund_payment",
    "authorize_payment": "void_payment",
    "capture_payment": "void_payment",
}
KEEPS_NOTHING = {"release_stock", "refund_payment", "void_payment", "find_payment_outcome", "request_review"}
# A step that ended so took nothing: it refused.
REFUSALS = {"OutOfStockError", "UnknownProductError", "PaymentDeclinedError"}
# Endings that page and hand the order to a person: what is still held is named in the execution's last input.
HANDED_OVER = {"OrderOutcomeNotRecordedError", "OrderConfirmationUnknownError", "CancellationIncompleteError"}
INCOMPLETE = "COMPENSATION_INCOMPLETE"

# So a wait for a review ends when nobody decided.
_UNDECIDED = {"States.Timeout", "States.HeartbeatTimeout", "ReviewExpiredError"}

_ORDERS_TABLE = "${orders_table}"
_NOT_LANDED = "DynamoDB.ConditionalCheckFailedException"
_FAILING = {"REJECTED", "PAYMENT_FAILED", "FAILED", "CANCELLED"}
_CALLED = re.compile(r"\$\{(\w+?)(?:_function)?_arn\}")
_COMPARED = re.compile(r"#status = (:\w+)")
_LEGAL = {(move.source.value, move.target.value): {actor.value for actor in move.by} for move in TRANSITIONS}


def called_by(task: dict[str, Any]) -> str | None:
    """Return the function or the nested machine behind a task: `reserve_stock`, `payment_state_machine`."""
    parameters = task.get("Parameters", {})
    called = _CALLED.fullmatch(str(parameters.get("FunctionName") or parameters.get("StateMachineArn") or ""))
    return called[1] if called else None


def moves_orders(machine: Machine) -> bool:
    """Tell whether the machine writes orders."""
    return any(_writes_orders(task) for task in machine.tasks.values())


def breaches(machine: Machine, execution: Execution) -> list[str]:
    """Return what the path did against the order's status machine, or left taken when the order failed."""
    path = _Path(machine, execution)
    path.follow()
    return path.findings


@dataclass
class _Path:
    machine: Machine
    execution: Execution
    status: str | None = None  # None as long as nothing tells
    held: set[str] = field(default_factory=set)  # steps whose compensation has not succeeded
    reasons: set[str] = field(default_factory=set)  # codes that landed on the order
    responsible: bool = False
    findings: list[str] = field(default_factory=list)

    def follow(self) -> None:
        for name, events in self.execution.visits():
            state = self.machine.states[name]
            for request, error, result in _attempts(events):
                if _writes_orders(state):
                    self._write(name, request, error)
                elif _reads_orders(state) and error is None:
                    self.status = result.get("Item", {}).get("status", {}).get("S", self.status)
                self._wait(state, error)
                self._take(state, error)
        failing = self.status != "CONFIRMED" and (self.status in _FAILING or self.execution.status == "FAILED")
        told = INCOMPLETE in self.reasons or self.execution.error in HANDED_OVER
        if self.responsible and failing and self.held and not told:
            missing = ", ".join(f"{GIVEN_BACK_BY[step]} after {step}" for step in sorted(self.held))
            self.findings.append(f"the order ends {self.status} without {missing}, and nobody is told")

    def _write(self, name: str, request: dict[str, Any], error: str | None) -> None:
        values = request["ExpressionAttributeValues"]
        sources = {values[placeholder]["S"] for placeholder in _COMPARED.findall(request["ConditionExpression"])}
        if not self.responsible and sources - {"PENDING"}:
            # Whoever takes over an order that was at work must think that everything was taken.
            called = {called_by(task) for task in self.machine.tasks.values()}
            self.held |= {step for step, back in GIVEN_BACK_BY.items() if back in called}
        if error == _NOT_LANDED:
            return
        self.responsible = True  # it landed, or may have
        if error is None:
            entries = values.get(":entry", {}).get("L", [])
            self.reasons |= {entry["M"]["reason"]["M"]["code"]["S"] for entry in entries if "reason" in entry["M"]}
        if ":status" in values:
            self._move(name, sources, values[":status"]["S"], values[":entry"]["L"][0]["M"]["by"]["S"], error)

    def _move(self, name: str, sources: set[str], target: str, by: str, error: str | None) -> None:
        possible = sources if self.status is None else sources & {self.status}
        for source in sorted(possible):
            if by not in _LEGAL.get((source, target), set()):
                self.findings.append(f"{name} lets {by} move {source} to {target}, which orders do not allow")
        if error is None:
            if not possible:
                self.findings.append(f"{name} moves an order that is {self.status} to {target} and asks for {sources}")
            self.status = target

    def _wait(self, state: dict[str, Any], error: str | None) -> None:
        """Follow a review: its function holds the order, and who decides gives it back before the workflow hears."""
        if called_by(state) == "request_review":
            given_back = error is None or error == "ReviewRejectedError"
            self.status = "PROCESSING" if given_back else "REVIEW" if error in _UNDECIDED else self.status

    def _take(self, state: dict[str, Any], error: str | None) -> None:
        called = called_by(state)
        if called in GIVEN_BACK_BY and error not in REFUSALS:
            self.held.add(called)
            self.responsible = True
        if called in GIVEN_BACK_BY.values():
            self.responsible = True
            if error is None:
                self.held -= {step for step, back in GIVEN_BACK_BY.items() if back == called}


def _writes_orders(state: dict[str, Any]) -> bool:
    return _on_orders(state) and str(state["Resource"]).endswith(":updateItem")


def _reads_orders(state: dict[str, Any]) -> bool:
    return _on_orders(state) and str(state["Resource"]).endswith(":getItem")


def _on_orders(state: dict[str, Any]) -> bool:
    return bool(state["Type"] == "Task" and state.get("Parameters", {}).get("TableName") == _ORDERS_TABLE)


def _attempts(events: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str | None, dict[str, Any]]]:
    """Yield each attempt of a visit: what was asked, the error's name or None, and the answer."""
    request: dict[str, Any] = {}
    for event in events:
        if event["type"] == "TaskScheduled":
            request = json.loads(event["taskScheduledEventDetails"]["parameters"])
        elif (error := failure_of(event)) is not None:
            yield request, error, {}
        elif event["type"] == "TaskSucceeded":
            yield request, None, json.loads(event["taskSucceededEventDetails"]["output"])
