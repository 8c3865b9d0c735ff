"""Which events of checkout sessions are events of their orders, as the topic tells them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from orderflow.checkout.webhooks.event import EventType, OrderEvent


@dataclass(frozen=True)
class SessionEvent:
    """One event of a session, and the order that the session held after it, if any; an erasure is nobody's news."""

    session_id: str
    version: int
    event_id: str
    at: str
    client_id: str
    order: Mapping[str, Any] | None
    is_erasure: bool = False


class SessionHistory(Protocol):
    """What happened to a session before."""

    def before(self, session_id: str, version: int) -> Iterator[SessionEvent]:
        """Yield the events before a version, newest first, as they are needed."""
        ...


def order_event(event: SessionEvent, history: SessionHistory) -> OrderEvent | None:
    """Return what happened to the order by an event of its session, None when nothing did.

    The history is only added to, so the answer is the same however often it is asked for; an erasure changes what is a
    day old, and adds an event of its own, which is passed over. `after` is found by going back
    to where the order became what it was before: one step, but for events that leave the order alone.
    """
    if event.order is None or event.is_erasure:
        return None
    after: int | None = None
    before: Mapping[str, Any] | None = None
    for earlier in history.before(event.session_id, event.version):
        if earlier.is_erasure:
            continue
        if after is None and earlier.order == event.order:
            return None
        if after is not None and earlier.order != before:
            break
        if earlier.order is None:
            break
        before, after = earlier.order, earlier.version
    return OrderEvent(
        event_id=event.event_id,
        sequence=event.version,
        after=after,
        type=EventType.ORDER_CREATE if after is None else EventType.ORDER_UPDATE,
        client_id=event.client_id,
        session_id=event.session_id,
        order_id=str(event.order["id"]),
        at=event.at,
        data=event.order,
    )
