"""Sessions that nobody completed in time get their last event, once, and nothing else does."""

from typing import Any

import pytest

from orderflow.checkout.audit_store import DynamoSessionAudit
from orderflow.checkout.verifying import verified
from tests.support.checkout import Agent
from tests.support.frozen import FrozenClock


def types(dynamodb: Any, tables: dict[str, str], session_id: str) -> list[str]:
    audit = DynamoSessionAudit(dynamodb, tables["checkout-sessions"])
    assert verified(session_id, audit).fault is None
    return [event.type.value.rpartition(".")[2] for event, _ in audit.history(session_id)]


def test_what_is_over_gets_its_last_event_once_and_what_ended_gets_none(
    agent: Agent, clock: FrozenClock, expire: Any, dynamodb: Any, tables: dict[str, str]
) -> None:
    # Given one session left alone, one changed, one canceled, and one that has time left
    left, changed, canceled = (agent.create(("MUG-01", 1)).body["id"] for _ in range(3))
    agent.update(changed, buyer={"first_name": "Jane", "email": "jane@example.com"})
    agent.cancel(canceled)
    clock.advance(seconds=3599)
    young = agent.create(("MUG-01", 1)).body["id"]
    assert expire() == {}
    # When an hour is over
    clock.advance(seconds=1)
    # Then two of them end, and a second run finds nothing left to do
    assert expire() == {"expired": 2}
    assert expire() == {}
    told = {each: types(dynamodb, tables, each) for each in (left, changed, canceled, young)}
    assert told == {
        left: ["created", "expired"],
        changed: ["created", "updated", "expired"],
        canceled: ["created", "cancelled"],
        young: ["created"],
    }
    assert agent.read(left).body["status"] == "expired"


def test_a_schedule_that_stood_still_for_hours_misses_nobody(agent: Agent, clock: FrozenClock, expire: Any) -> None:
    agent.create(("MUG-01", 1))
    clock.advance(hours=3, minutes=50)

    assert expire() == {"expired": 1}


@pytest.mark.parametrize("minute", [0, 5, 30, 55])
def test_what_a_longer_stand_missed_is_found_within_an_hour(
    minute: int, agent: Agent, clock: FrozenClock, expire: Any
) -> None:
    session_id = agent.create(("MUG-01", 1)).body["id"]
    clock.advance(days=7, minutes=minute)
    found = 0
    for _ in range(13):
        found += expire().get("expired", 0)
        clock.advance(minutes=5)
    assert (found, agent.read(session_id).body["status"]) == (1, "expired")
