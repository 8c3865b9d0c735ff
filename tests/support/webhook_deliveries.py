"""Webhooks on their way, kept in memory as the table keeps them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from orderflow.checkout.webhooks.delivery import Delivery
from orderflow.checkout.webhooks.event import OrderEvent
from orderflow.checkout.webhooks.gate import Gate
from orderflow.checkout.webhooks.lane import Lane
from orderflow.runtime.clock import iso


@dataclass
class InMemoryDeliveries:
    """Implements Intake, Deliveries, DueLanes, Archive and KeptBodies."""

    lanes: dict[tuple[str, str], Lane] = field(default_factory=dict)
    deliveries: dict[tuple[str, str, int], Delivery] = field(default_factory=dict)
    bodies: dict[tuple[str, str, int], str] = field(default_factory=dict)
    taken: set[tuple[str, int]] = field(default_factory=set)
    gates: dict[str, Gate] = field(default_factory=dict)

    def is_taken(self, order_id: str, sequence: int) -> bool:
        return (order_id, sequence) in self.taken

    def mark_taken(self, event: OrderEvent, at: datetime) -> None:
        self.taken.add((event.order_id, event.sequence))

    def lane(self, endpoint_id: str, order_id: str) -> Lane:
        return self.lanes.get((endpoint_id, order_id), Lane(endpoint_id, order_id))

    def keep(self, before: Lane, after: Lane, delivery: Delivery, body: str) -> bool:
        key = (delivery.endpoint_id, delivery.order_id, delivery.sequence)
        if key in self.deliveries:
            return True
        if not self.write(before, after, delivery):
            return False
        self.bodies[key] = body
        return True

    def rewrite(self, delivery: Delivery, body: str, at: datetime) -> None:
        key = (delivery.endpoint_id, delivery.order_id, delivery.sequence)
        assert key in self.bodies
        self.bodies[key] = body

    def give_up(self, order_id: str, sequence: int, event_id: str, at: datetime) -> None:
        self.taken.add((order_id, sequence))

    def delivery(self, lane: Lane, sequence: int) -> Delivery:
        return self.deliveries[lane.endpoint_id, lane.order_id, sequence]

    def body(self, lane: Lane, sequence: int) -> bytes:
        return self.bodies[lane.endpoint_id, lane.order_id, sequence].encode()

    def write(self, before: Lane, after: Lane, delivery: Delivery | None = None) -> bool:
        if self.lane(before.endpoint_id, before.order_id).revision != before.revision:
            return False
        self.lanes[after.endpoint_id, after.order_id] = after
        if delivery:
            self.deliveries[delivery.endpoint_id, delivery.order_id, delivery.sequence] = delivery
        return True

    def gate(self, endpoint_id: str) -> Gate:
        return self.gates.get(endpoint_id, Gate(endpoint_id))

    def swing(self, before: Gate, after: Gate) -> bool:
        if self.gate(before.endpoint_id).revision != before.revision:
            return False
        self.gates[after.endpoint_id] = after
        return True

    def of_order(self, order_id: str) -> Iterator[Delivery]:
        yield from sorted(
            (each for each in self.deliveries.values() if each.order_id == order_id),
            key=lambda each: (each.taken_at, each.sequence),
        )

    def since(self, first: datetime, now: datetime) -> Iterator[Delivery]:
        yield from sorted(
            (each for each in self.deliveries.values() if iso(first) <= each.taken_at <= iso(now)),
            key=lambda each: each.taken_at,
        )

    def due(self, until: datetime, limit: int) -> list[tuple[str, str]]:
        waiting = sorted((lane.due_at, key) for key, lane in self.lanes.items() if lane.due_at and lane.due_at <= until)
        return [key for _, key in waiting[:limit]]
