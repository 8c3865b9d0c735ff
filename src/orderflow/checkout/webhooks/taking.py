"""An order event taken from the queue: kept for each endpoint of its client, behind the events before it."""

from datetime import datetime
from typing import Protocol

from orderflow.checkout.webhooks.delivery import Delivery
from orderflow.checkout.webhooks.endpoint import Endpoint
from orderflow.checkout.webhooks.errors import EarlierEventMissingError, LaneBusyError
from orderflow.checkout.webhooks.event import OrderEvent, body_of
from orderflow.checkout.webhooks.lane import Lane
from orderflow.runtime.clock import Clock, iso

_ATTEMPTS = 10


class ClientEndpoints(Protocol):
    """Where a client's endpoints are found."""

    def of_client(self, client_id: str) -> list[Endpoint]:
        """Return all endpoints of a client, also those that are disabled."""
        ...


class Intake(Protocol):
    """Where events are kept on their way."""

    def is_taken(self, order_id: str, sequence: int) -> bool:
        """Tell whether an event is kept for every endpoint that it was for."""
        ...

    def mark_taken(self, event: OrderEvent, at: datetime) -> None:
        """Note that an event is kept for every endpoint."""
        ...

    def lane(self, endpoint_id: str, order_id: str) -> Lane:
        """Return the lane as it is now, an empty one when there is none yet."""
        ...

    def keep(self, before: Lane, after: Lane, delivery: Delivery, body: str) -> bool:
        """Keep an event and its place in the lane together; False when the lane has changed since it was read.

        An event that is kept already stays as it is, with its body.
        """
        ...


def take(event: OrderEvent, *, endpoints: ClientEndpoints, intake: Intake, clock: Clock) -> list[Lane]:
    """Keep an event for each endpoint of its client, once however often it comes, and return the lanes that are due.

    What each endpoint gets is rendered here, in its version, once. Endpoints that are made later do not get it.
    Raises EarlierEventMissingError until the event before it was taken, and LaneBusyError.
    """
    if intake.is_taken(event.order_id, event.sequence):
        return []
    if event.after is not None and not intake.is_taken(event.order_id, event.after):
        raise EarlierEventMissingError(event.order_id, event.after)
    now = clock()
    lanes = [
        _kept(each.endpoint_id, event, body_of(event.type, event.data, each.api_version), intake, now)
        for each in endpoints.of_client(event.client_id)
    ]
    intake.mark_taken(event, now)
    return [lane for lane in lanes if lane.is_due(now)]


def _kept(endpoint_id: str, event: OrderEvent, body: str, intake: Intake, now: datetime) -> Lane:
    delivery = Delivery(endpoint_id, event.order_id, event.sequence, event.event_id, event.type.value, iso(now))
    for _ in range(_ATTEMPTS):
        before = intake.lane(endpoint_id, event.order_id)
        after = before.joined(event.sequence, now)
        if after is before or intake.keep(before, after, delivery, body):
            return after
    raise LaneBusyError(endpoint_id, event.order_id)
