"""Webhooks looked at and sent again by operators: the same bytes and event ids, in the sequence of each order."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from orderflow.checkout.webhooks.delivery import Delivery, DeliveryState
from orderflow.checkout.webhooks.errors import LaneBusyError
from orderflow.checkout.webhooks.lane import Lane

_ATTEMPTS = 10


class Archive(Protocol):
    """Every event that was ever on its way to an endpoint."""

    def of_order(self, order_id: str) -> Iterator[Delivery]:
        """Yield the deliveries of an order's events, oldest first."""
        ...

    def since(self, first: datetime, now: datetime) -> Iterator[Delivery]:
        """Yield the deliveries of events that were taken since a moment, oldest first."""
        ...

    def lane(self, endpoint_id: str, order_id: str) -> Lane:
        """Return the lane as it is now."""
        ...

    def delivery(self, lane: Lane, sequence: int) -> Delivery:
        """Return how one event of a lane stands."""
        ...

    def write(self, before: Lane, after: Lane, delivery: Delivery | None = None) -> bool:
        """Write a lane and how its event stands together; False when the lane has changed since it was read."""
        ...


def replay(deliveries: Iterable[Delivery], archive: Archive, now: datetime) -> list[Delivery]:
    """Set deliveries off again, and return those; what is on its way already is left alone.

    An event that is replayed goes before later ones that wait for the same endpoint. Raises LaneBusyError.
    """
    ordered = sorted(deliveries, key=lambda each: (each.endpoint_id, each.order_id, each.sequence))
    return [again for each in ordered if (again := _set_off(each, archive, now))]


def _set_off(delivery: Delivery, archive: Archive, now: datetime) -> Delivery | None:
    for _ in range(_ATTEMPTS):
        lane = archive.lane(delivery.endpoint_id, delivery.order_id)
        present = archive.delivery(lane, delivery.sequence)
        if present.state is DeliveryState.PENDING:
            return None
        again = present.set_off_again()
        if archive.write(lane, lane.joined(delivery.sequence, now), again):
            return again
    raise LaneBusyError(delivery.endpoint_id, delivery.order_id)
