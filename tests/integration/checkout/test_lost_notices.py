"""A session whose order ended unheard hears of it by itself: the schedule that ends sessions finds it."""

from typing import Any

import pytest

from orderflow.checkout.audit_store import DynamoSessionAudit
from orderflow.checkout.pricing.discount_book import DynamoDiscountBook
from orderflow.checkout.pricing.discount_records import TERMS
from orderflow.checkout.session_store import DynamoSessionStore
from orderflow.checkout.verifying import verified
from orderflow.runtime.clock import iso
from tests.support.checkout import Agent, ready
from tests.support.frozen import FrozenClock
from tests.support.quotes import discount
from tests.support.till import Shop


def waiting(agent: Agent, till: Shop, *codes: str, token_id: str = "vt_1") -> tuple[str, str]:  # noqa: S107 - an id
    """Return a session that waits for its order, and the order."""
    session = ready(agent, *codes)
    till.outcome = None
    till.grant(session, agent, token_id)
    assert agent.complete(session["id"], token_id).body["status"] == "complete_in_progress"
    return session["id"], till.queued[-1]


def test_a_session_whose_notice_was_lost_is_completed_by_the_schedule(
    agent: Agent, till: Shop, clock: FrozenClock, expire: Any, caplog: pytest.LogCaptureFixture
) -> None:
    # Given an order that was confirmed, of which nobody was told
    session_id, order_id = waiting(agent, till)
    till.ends(order_id, "CONFIRMED")
    # When the session's hour is over
    clock.advance(hours=1)
    # Then it has its order, its events are those of any session, and the log says that a notice was lost
    assert expire() == {"followed": 1}
    read = agent.read(session_id).body
    assert (read["status"], read["order"]["id"]) == ("completed", order_id)
    audit = DynamoSessionAudit(till.dynamodb, till.tables["checkout-sessions"])
    assert verified(session_id, audit).fault is None
    assert list(audit.history(session_id))[-1][0].by == "expire_checkout_sessions"
    assert [record.__dict__.get("event") for record in caplog.records].count("SESSION_WAS_BEHIND") == 1
    # And there is nothing left to find
    assert expire() == {}


def test_a_session_whose_order_came_to_nothing_unheard_gets_its_code_back_and_ends(
    agent: Agent, till: Shop, clock: FrozenClock, expire: Any
) -> None:
    DynamoDiscountBook(till.dynamodb, till.tables["discounts"]).add(discount("SPRING"))
    session_id, order_id = waiting(agent, till, "SPRING")
    till.ends(order_id, "PAYMENT_FAILED", "PAYMENT_DECLINED")
    clock.advance(hours=1)
    assert (expire(), expire(), expire()) == ({"followed": 1}, {"expired": 1}, {})
    assert till.one("discounts", code="SPRING", holder=TERMS).get("timesUsed", 0) == 0
    assert agent.read(session_id).body["status"] == "expired"


def test_an_order_on_its_way_and_a_notice_on_its_way_are_left_alone(
    agent: Agent, till: Shop, clock: FrozenClock, expire: Any
) -> None:
    _, order_id = waiting(agent, till)
    clock.advance(hours=1)
    assert expire() == {"as it was": 1}
    # Given that it was decided a moment ago
    till.ends(order_id, "CONFIRMED", at=iso(clock()))
    clock.advance(minutes=14)
    assert expire() == {"as it was": 1}
    # When no notice came for a quarter of an hour
    clock.advance(minutes=1)
    assert expire() == {"followed": 1}


def test_a_review_that_took_a_week_and_was_decided_unheard_is_found_within_an_hour(
    agent: Agent, till: Shop, clock: FrozenClock, expire: Any
) -> None:
    session_id, order_id = waiting(agent, till)
    clock.advance(days=7)
    till.ends(order_id, "CONFIRMED", at=iso(clock()))
    clock.advance(minutes=15)
    found = 0
    for _ in range(13):
        found += expire().get("followed", 0)
        clock.advance(minutes=5)
    assert (found, agent.read(session_id).body["status"]) == (1, "completed")


def test_a_session_that_cannot_be_looked_at_holds_no_other_back_and_the_run_fails(
    agent: Agent, till: Shop, clock: FrozenClock, expire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given two sessions that missed their orders, and the first cannot be read
    sessions = [waiting(agent, till, token_id=token_id) for token_id in ("vt_1", "vt_2")]
    for _, order_id in sessions:
        till.ends(order_id, "CONFIRMED")
    (broken, whole) = sorted(session_id for session_id, _ in sessions)
    find = DynamoSessionStore.find
    monkeypatch.setattr(DynamoSessionStore, "find", lambda s, each: {}[each] if each == broken else find(s, each))
    clock.advance(hours=1)
    # When
    with pytest.raises(Exception, match="1 sessions could not be looked at"):
        expire()
    # Then
    assert agent.read(whole).body["status"] == "completed"
