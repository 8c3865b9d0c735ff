"""The next event of a lane, sent once: endpoint looked up, gate passed, the attempt recorded before and after."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from orderflow.checkout.webhooks.backoff import Uniform
from orderflow.checkout.webhooks.delivery import Answer, Delivery
from orderflow.checkout.webhooks.endpoint import Endpoint
from orderflow.checkout.webhooks.errors import LaneBusyError
from orderflow.checkout.webhooks.gate import Gate
from orderflow.checkout.webhooks.lane import Lane
from orderflow.checkout.webhooks.managing import Endpoints
from orderflow.checkout.webhooks.signature import merchant_signature
from orderflow.runtime.clock import Clock, iso
from orderflow.runtime.ids import IdFactory

# Longer than a function lives that sends: until then nobody else sends the same.
LEASE = timedelta(seconds=60)
_LONGEST_QUEUEING = 60.0  # seconds until a full or closed gate is tried again, drawn so that not all come together
_ATTEMPTS = 20

# Sends a body with headers to a URL and tells what came of it, whatever that is.
Post = Callable[[str, bytes, Mapping[str, str]], Answer]
# Decrypts a secret of an endpoint, by its id.
Open = Callable[[str, str], str]


class Deliveries(Protocol):
    """Events on their way, their lanes, and the gates of their endpoints."""

    def lane(self, endpoint_id: str, order_id: str) -> Lane:
        """Return the lane as it is now, an empty one when there is none."""
        ...

    def delivery(self, lane: Lane, sequence: int) -> Delivery:
        """Return how one event of a lane stands."""
        ...

    def body(self, lane: Lane, sequence: int) -> bytes:
        """Return the body of one event of a lane, byte for byte as it was kept."""
        ...

    def write(self, before: Lane, after: Lane, delivery: Delivery | None = None) -> bool:
        """Write a lane, and how its event stands, together; False when the lane has changed since it was read."""
        ...

    def gate(self, endpoint_id: str) -> Gate:
        """Return the gate of an endpoint as it is now."""
        ...

    def swing(self, before: Gate, after: Gate) -> bool:
        """Write a gate; False when it has changed since it was read."""
        ...


@dataclass(frozen=True)
class Sent:
    """What came of a look at a lane: `lane` as it is now, `answer` None when nothing was sent."""

    lane: Lane
    delivery: Delivery
    answer: Answer | None = None


@dataclass(frozen=True)
class Sender:
    """Sends what is due; `gone` disables an endpoint, by its id, whose receiver wants nothing more."""

    endpoints: Endpoints
    deliveries: Deliveries
    post: Post
    open: Open
    gone: Callable[[str], None]
    clock: Clock
    ids: IdFactory
    uniform: Uniform

    def send(self, endpoint_id: str, order_id: str) -> Sent | None:
        """Send the next event of a lane if it is due, and return what came of it; None when nothing was to be done.

        Raises LaneBusyError, and what the stores raise: the lane is then due again by itself.
        """
        now = self.clock()
        lane = self.deliveries.lane(endpoint_id, order_id)
        if lane.head is None or not lane.is_due(now):
            return None
        delivery = self.deliveries.delivery(lane, lane.head)
        endpoint = self.endpoints.find(endpoint_id)
        if endpoint is None or not endpoint.is_enabled:
            stopped, after = delivery.stopped(), lane.done(now)
            return Sent(after, stopped) if self.deliveries.write(lane, after, stopped) else None
        secrets = [self.open(secret.sealed, endpoint_id) for secret in endpoint.signing(now)]
        token = self.ids()
        if (until := self._entered(endpoint_id, token, now)) is not None:
            after = lane.put_off(until + timedelta(seconds=self.uniform(1, _LONGEST_QUEUEING)))
            return Sent(after, delivery) if self.deliveries.write(lane, after) else None
        begun, delivery = lane.begun(now + LEASE), delivery.begun(now)
        if not self.deliveries.write(lane, begun, delivery):
            self._left(endpoint_id, token, None)
            return None
        answer = self._posted(endpoint, begun, delivery, secrets)
        self._left(endpoint_id, token, answer.is_success)
        if answer.is_gone:
            self.gone(endpoint_id)
        return self._ended(begun, delivery, answer)

    def _posted(self, endpoint: Endpoint, lane: Lane, delivery: Delivery, secrets: list[str]) -> Answer:
        body, at = self.deliveries.body(lane, delivery.sequence), self.clock()
        headers = {
            "Content-Type": "application/json",
            "Merchant-Signature": merchant_signature(body, secrets, int(at.timestamp())),
            "Request-Id": delivery.event_id,
            "Webhook-Id": delivery.event_id,
            "Timestamp": iso(at),
            "User-Agent": "Orderflow-Webhooks/1",
        }
        return self.post(endpoint.url, body, headers)

    def _entered(self, endpoint_id: str, token: str, now: datetime) -> datetime | None:
        for _ in range(_ATTEMPTS):
            gate = self.deliveries.gate(endpoint_id)
            if (until := gate.refused_until(now)) is not None:
                return until
            if self.deliveries.swing(gate, gate.entered(token, now, LEASE)):
                return None
        return now

    def _left(self, endpoint_id: str, token: str, well: bool | None) -> None:
        # Who is never fast enough lets the lease of the gate run out.
        for _ in range(_ATTEMPTS):
            gate = self.deliveries.gate(endpoint_id)
            if self.deliveries.swing(gate, gate.left(token, self.clock(), well=well)):
                return

    def _ended(self, begun: Lane, delivery: Delivery, answer: Answer) -> Sent:
        now = self.clock()
        ended, again = delivery.ended(answer, now, self.uniform)
        lane = begun
        for _ in range(_ATTEMPTS):
            after = lane.put_off(again) if again else lane.done(now)
            if self.deliveries.write(lane, after, ended):
                return Sent(after, ended, answer)
            # Another event may have joined; but who claimed the lane since then knows more than we do.
            lane = self.deliveries.lane(begun.endpoint_id, begun.order_id)
            if (lane.claimed, lane.due_at) != (begun.claimed, begun.due_at):
                return Sent(lane, ended, answer)
        raise LaneBusyError(begun.endpoint_id, begun.order_id)
