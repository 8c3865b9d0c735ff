"""What webhooks of an order tell of its buyer: the bodies as they are kept, taken out once they have arrived.

A body that is replayed afterwards is the erased one, under the event's id: nobody sends bytes that were forgotten.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from orderflow.checkout.forgetting import order_without_buyer
from orderflow.checkout.webhooks.delivery import Delivery, DeliveryState
from orderflow.checkout.webhooks.lane import Lane


class KeptBodies(Protocol):
    """Bodies of webhooks, and which events were taken to be sent."""

    def of_order(self, order_id: str) -> Iterator[Delivery]:
        """Yield the deliveries of an order's events, oldest first."""
        ...

    def body(self, lane: Lane, sequence: int) -> bytes:
        """Return the body of one event of a lane, byte for byte as it is kept."""
        ...

    def rewrite(self, delivery: Delivery, body: str, at: datetime) -> None:
        """Keep another body of an event that is kept, and when it was erased."""
        ...

    def is_taken(self, order_id: str, sequence: int) -> bool:
        """Tell whether an event is kept for every endpoint that it was for."""
        ...

    def give_up(self, order_id: str, sequence: int, event_id: str, at: datetime) -> None:
        """Take an event for no endpoint, so that nobody does when its message comes after all."""
        ...


@dataclass(frozen=True)
class Body:
    """One body that tells of a buyer, and the body once it does not; `is_needed` while the event is being sent."""

    delivery: Delivery
    without: str = field(repr=False)

    @property
    def is_needed(self) -> bool:
        return self.delivery.state is DeliveryState.PENDING


def telling_bodies(order_id: str, kept: KeptBodies) -> Iterator[Body]:
    """Yield the bodies that tell of an order's buyer."""
    for delivery in kept.of_order(order_id):
        told: dict[str, Any] = json.loads(kept.body(Lane(delivery.endpoint_id, order_id), delivery.sequence))
        without = {**told, "data": order_without_buyer(told["data"])}
        if without != told:
            yield Body(delivery, json.dumps(without, ensure_ascii=False, separators=(",", ":")))


def erase_bodies(order_id: str, *, kept: KeptBodies, at: datetime) -> None:
    """Take the buyer out of every body that has arrived, or never will; what is being sent stays as it is."""
    for body in telling_bodies(order_id, kept):
        if not body.is_needed:
            kept.rewrite(body.delivery, body.without, at)


def give_up(order_id: str, sequence: int, event_id: str, *, kept: KeptBodies, at: datetime) -> None:
    """Let nobody take an event any more that nobody took: its message, a dead letter perhaps, tells of the buyer."""
    if not kept.is_taken(order_id, sequence):
        kept.give_up(order_id, sequence, event_id, at)
