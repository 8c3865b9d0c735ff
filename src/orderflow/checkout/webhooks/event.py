"""An order event: the message from the publisher to whoever reads the topic, and the body that agents get of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from orderflow.checkout.dialects.version import OLDER
from orderflow.checkout.webhooks.errors import UnreadableEventError


class EventType(StrEnum):
    """What the protocol's webhooks are about."""

    ORDER_CREATE = "order_create"
    ORDER_UPDATE = "order_update"


@dataclass(frozen=True)
class OrderEvent:
    """What happened to an order: `data` is the whole order object of the protocol (2026-04-17), as it is after it.

    `sequence` grows with each event of an order, not always by one; `after` is the one before, None for the first.
    """

    event_id: str
    sequence: int
    after: int | None
    type: EventType
    client_id: str
    session_id: str
    order_id: str
    at: str
    data: Mapping[str, Any]

    def as_message(self) -> str:
        """Return the event as the message on the topic."""
        return json.dumps(
            {
                "eventId": self.event_id,
                "sequence": self.sequence,
                "after": self.after,
                "type": self.type.value,
                "clientId": self.client_id,
                "sessionId": self.session_id,
                "orderId": self.order_id,
                "at": self.at,
                "data": self.data,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )


def from_message(body: str) -> OrderEvent:
    """Return the event in a message's body; raises UnreadableEventError."""
    try:
        told = json.loads(body)
        after = told["after"]
        event = OrderEvent(
            event_id=_text(told["eventId"]),
            sequence=_number(told["sequence"]),
            after=None if after is None else _number(after),
            type=EventType(told["type"]),
            client_id=_text(told["clientId"]),
            session_id=_text(told["sessionId"]),
            order_id=_text(told["orderId"]),
            at=_text(told["at"]),
            data=told["data"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableEventError(f"no order event ({type(error).__name__}: {error})") from error
    if not isinstance(event.data, dict):
        raise UnreadableEventError("no order event: data must be the order")
    return event


def body_of(event_type: EventType, data: Mapping[str, Any], api_version: str) -> str:
    """Return the body of the webhook: rendered once, kept, and sent byte for byte from then on."""
    told: dict[str, Any] = {"type": event_type.value, "data": data}
    if api_version == OLDER:
        from orderflow.checkout.dialects import down

        told = down.webhook(told)
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("must be a text")
    return value


def _number(value: object) -> int:
    if type(value) is not int:
        raise ValueError("must be a whole number")
    return value
