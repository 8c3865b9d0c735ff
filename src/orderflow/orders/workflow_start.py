"""From a queued message to the order's one execution."""

import json
import re
from dataclasses import dataclass
from typing import Protocol

from orderflow.orders.errors import MalformedMessageError

_ORDER_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


@dataclass(frozen=True)
class QueuedOrder:
    """What the order queue carries."""

    order_id: str
    correlation_id: str


class WorkflowStarter(Protocol):
    """Where order workflows run."""

    def start(self, order: QueuedOrder) -> bool:
        """Start the order's execution; False when it had been started before. Raises WorkflowUnavailableError."""
        ...


def start_order_workflow(message: str, starter: WorkflowStarter) -> tuple[QueuedOrder, bool]:
    """Start the execution that a message asks for, once per order; returns the order and whether it started now.

    Raises MalformedMessageError, and WorkflowUnavailableError: repeating either way is safe.
    """
    order = _queued_order(message)
    return order, starter.start(order)


def _queued_order(message: str) -> QueuedOrder:
    try:
        body = json.loads(message)
        order = QueuedOrder(body["orderId"], body["correlationId"])
        well_formed = bool(_ORDER_ID.fullmatch(order.order_id)) and isinstance(order.correlation_id, str)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MalformedMessageError(_ADVICE) from error
    if not well_formed:
        raise MalformedMessageError(_ADVICE)
    return order


_ADVICE = (
    "The message is not {orderId, correlationId} with a ULID as orderId; it moves to the dead-letter queue. "
    "Find out who sent it: only place_order may."
)
