"""A machine moves orders only as the order's own status machine allows, and only while they are its own."""

import re
from collections.abc import Iterator
from typing import Any

from orderflow.orders.open_orders import OPEN
from orderflow.orders.status import TRANSITIONS, Actor
from tests.rules.workflows.machine import Machine

_ORDERS_TABLE = "${orders_table}"
_COMPARED = re.compile(r"#status = (:\w+)( AND executionArn (?:= :execution|IN \([\w:, ]*:execution\)))?")
_OPEN_KEYS = {"openGroup", "checkAfter"}
_OPEN = {status.value for status in OPEN}


def illegal_moves(machine: Machine) -> Iterator[str]:
    """A write of a status that orders do not know, from a status that does not lead there, or without a condition.

    A cancellation takes an order away from the execution it belongs to, and a cancelled order belongs to none.
    """
    legal = {(move.source.value, move.target.value) for move in TRANSITIONS if Actor.WORKFLOW in move.by}
    for name, parameters in _order_updates(machine):
        values = parameters["ExpressionAttributeValues"]
        target = values[":status"]["S"] if ":status" in values else None
        sources = _COMPARED.findall(parameters.get("ConditionExpression", ""))
        if not sources:
            yield f"{name} writes {target or 'an order'} without a condition on the status"
        for placeholder, own in sources:
            source = values[placeholder]["S"]
            if target and (source, target) not in legal:
                yield f"{name} moves {source} to {target}, which orders do not allow a workflow"
            if source != "PENDING" and not own and "CANCELLED" not in (source, target):
                yield f"{name} moves an order that is {source} without asking whose it is"


def unclosed_orders(machine: Machine) -> Iterator[str]:
    """A write that ends an order's workflow and leaves the order listed as open, or takes out one that is not ended.

    A cancelled order is listed until it is settled: the write that says COMPLETE takes it out.
    """
    for name, parameters in _order_updates(machine):
        written = _written(parameters)
        removed = _OPEN_KEYS & set(_names(parameters["UpdateExpression"], "REMOVE"))
        entered = set(written) >= _OPEN_KEYS and not removed
        status, settled = written.get("#status"), written.get("cancellation")
        if status == "CANCELLED" and not entered:
            yield f"{name} writes CANCELLED and does not SET openGroup, checkAfter: nobody finishes it if it stops here"
        elif status in _OPEN and removed:
            yield f"{name} writes {status} and hides the order from the sweeper"
        elif status and status not in {*_OPEN, "CANCELLED"} and not removed >= _OPEN_KEYS:
            yield f"{name} writes {status} and does not REMOVE openGroup, checkAfter: the sweeper finds it again"
        if settled == "COMPLETE" and not removed >= _OPEN_KEYS:
            yield f"{name} settles the order and does not REMOVE openGroup, checkAfter: the sweeper finds it again"
        elif settled and settled != "COMPLETE" and removed:
            yield f"{name} leaves something owed and hides the order from the sweeper"


def _written(parameters: dict[str, Any]) -> dict[str, str]:
    """Return what a SET assigns from values: attribute to value, or to the path of one."""
    values = parameters["ExpressionAttributeValues"]
    assigned = re.findall(r"([\w#]+) = (:\w+)(?: |,|$)", parameters["UpdateExpression"])
    return {name: next(iter(values[value].values())) for name, value in assigned if value in values}


def _names(expression: str, clause: str) -> list[str]:
    found = re.search(rf"\b{clause} ([\w#, ]+?)(?= (?:SET|ADD|DELETE) |$)", expression)
    return re.findall(r"[\w#]+", found[1]) if found else []


def _order_updates(machine: Machine) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, task in machine.tasks.items():
        parameters = task.get("Parameters", {})
        if parameters.get("TableName") == _ORDERS_TABLE and task["Resource"].endswith(":updateItem"):
            yield name, parameters
