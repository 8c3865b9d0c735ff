"""A machine moves orders only as the order's own status machine allows, and only while they are its own."""

import re
from collections.abc import Iterator

from orderflow.orders.status import TRANSITIONS, Actor
from tests.rules.workflows.machine import Machine

_ORDERS_TABLE = "${orders_table}"
_COMPARED = re.compile(r"#status = (:\w+)( AND executionArn = :execution)?")


def illegal_moves(machine: Machine) -> Iterator[str]:
    """A write of a status that orders do not know, from a status that does not lead there, or without a condition.

    A cancellation is the one move that takes an order away from the execution it belongs to.
    """
    legal = {(move.source.value, move.target.value) for move in TRANSITIONS if Actor.WORKFLOW in move.by}
    for name, task in machine.tasks.items():
        parameters = task.get("Parameters", {})
        if parameters.get("TableName") != _ORDERS_TABLE or not task["Resource"].endswith(":updateItem"):
            continue
        values = parameters["ExpressionAttributeValues"]
        sources = _COMPARED.findall(parameters.get("ConditionExpression", ""))
        if "#status =" not in parameters.get("UpdateExpression", "#status ="):
            if not sources:
                yield f"{name} writes to an order without a condition on the status"
            continue
        target = values[":status"]["S"]
        if not sources:
            yield f"{name} writes {target} without a condition on the status"
        for placeholder, own in sources:
            source = values[placeholder]["S"]
            if (source, target) not in legal:
                yield f"{name} moves {source} to {target}, which orders do not allow a workflow"
            if source != "PENDING" and not own and target != "CANCELLED":
                yield f"{name} moves an order that is {source} without asking whose it is"
