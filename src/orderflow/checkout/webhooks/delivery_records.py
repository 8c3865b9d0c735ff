"""Webhooks on their way as DynamoDB records: all of one order to one endpoint under one key.

`lane#<endpoint>#<order>` holds the lane (row `lane`), for each event how it stands (`state#<sequence>`) and its body
(`body#<sequence>`), which is large, written once and therefore apart. `order#<order>` holds which events were taken,
`gate#<endpoint>` the gate of an endpoint. Only lanes where something waits are in the index `due`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orderflow.checkout.webhooks.delivery import Attempt, Delivery, DeliveryState
from orderflow.checkout.webhooks.gate import Gate
from orderflow.checkout.webhooks.lane import Lane
from orderflow.runtime.clock import iso

DUE = "lanes"
LANE, GATE = "lane", "gate"


def lane_key(endpoint_id: str, order_id: str) -> str:
    return f"lane#{endpoint_id}#{order_id}"


def lane_of(key: str) -> tuple[str, str]:
    """Return endpoint and order of a lane's key."""
    _, endpoint_id, order_id = key.split("#", 2)
    return endpoint_id, order_id


def order_key(order_id: str) -> str:
    return f"order#{order_id}"


def gate_key(endpoint_id: str) -> str:
    return f"gate#{endpoint_id}"


def numbered(kind: str, sequence: int) -> str:
    """Return a row's name: sequences sort as numbers do."""
    return f"{kind}#{sequence:010d}"


def lane_record(lane: Lane) -> dict[str, Any]:
    return {
        "lane": lane_key(lane.endpoint_id, lane.order_id),
        "row": LANE,
        "waiting": list(lane.waiting),
        "claimed": lane.claimed,
        "revision": lane.revision,
        **({"due": DUE, "dueAt": iso(lane.due_at)} if lane.due_at else {}),
    }


def lane_from(record: Mapping[str, Any]) -> Lane:
    endpoint_id, order_id = lane_of(record["lane"])
    return Lane(
        endpoint_id,
        order_id,
        tuple(record["waiting"]),
        _moment(record.get("dueAt")),
        record.get("claimed"),
        record["revision"],
    )


def delivery_record(delivery: Delivery) -> dict[str, Any]:
    return {
        "lane": lane_key(delivery.endpoint_id, delivery.order_id),
        "row": numbered("state", delivery.sequence),
        "sequence": delivery.sequence,
        "ofOrder": delivery.order_id,
        "day": delivery.taken_at[:10],
        "eventId": delivery.event_id,
        "type": delivery.type,
        "takenAt": delivery.taken_at,
        "state": delivery.state.value,
        "attempts": [_attempt_record(attempt) for attempt in delivery.attempts],
        "tries": delivery.tries,
        "firstAt": delivery.first_at,
    }


def delivery_from(record: Mapping[str, Any]) -> Delivery:
    endpoint_id, order_id = lane_of(record["lane"])
    return Delivery(
        endpoint_id=endpoint_id,
        order_id=order_id,
        sequence=record["sequence"],
        event_id=record["eventId"],
        type=record["type"],
        taken_at=record["takenAt"],
        state=DeliveryState(record["state"]),
        attempts=tuple(
            Attempt(each["at"], each.get("status"), each.get("error"), each.get("milliseconds"))
            for each in record["attempts"]
        ),
        tries=record["tries"],
        first_at=record.get("firstAt"),
    )


def gate_record(gate: Gate) -> dict[str, Any]:
    return {
        "lane": gate_key(gate.endpoint_id),
        "row": GATE,
        "underWay": {token: iso(until) for token, until in gate.under_way.items()},
        "failures": gate.failures,
        "pauses": gate.pauses,
        "closedUntil": iso(gate.closed_until) if gate.closed_until else None,
        "revision": gate.revision,
    }


def gate_from(record: Mapping[str, Any]) -> Gate:
    return Gate(
        endpoint_id=record["lane"].partition("#")[2],
        under_way={token: datetime.fromisoformat(until) for token, until in record["underWay"].items()},
        failures=record["failures"],
        pauses=record["pauses"],
        closed_until=_moment(record.get("closedUntil")),
        revision=record["revision"],
    )


def _attempt_record(attempt: Attempt) -> dict[str, Any]:
    facts = {
        "at": attempt.at,
        "status": attempt.status,
        "error": attempt.error,
        "milliseconds": attempt.milliseconds,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
