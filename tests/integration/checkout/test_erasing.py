"""Whom an agent bought for is forgotten: no table tells of them, however the command broke off, and all adds up."""

import json
from dataclasses import replace
from typing import Any

import pytest

from orderflow.checkout.audit_store import DynamoSessionAudit
from orderflow.checkout.erasing import NoSuchSessionError, SessionNotEndedError, SessionNotQuietError
from orderflow.checkout.events import Change, EventType, after
from orderflow.checkout.session import Session
from orderflow.checkout.session_store import DynamoSessionStore
from orderflow.checkout.sessions import SessionChangedError
from orderflow.checkout.verifying import verified
from orderflow.checkout.webhooks.delivery import DeliveryState
from orderflow.checkout.webhooks.replaying import replay
from orderflow.runtime.dynamo import ConditionFailedError, from_item
from tests.support.checkout import Agent
from tests.support.crashes import ProcessDied, Trap, raising
from tests.support.frozen import FrozenClock
from tests.support.purchase import BUYER, DAY, Purchase
from tests.support.till import Shop

TELLING = {"checkout-sessions", "orders", "webhook-deliveries"}


@pytest.fixture
def purchase(agent: Agent, till: Shop, clock: FrozenClock) -> Purchase:
    """Give a purchase."""
    return Purchase(till, agent, clock)


@pytest.fixture
def arrived(purchase: Purchase) -> str:
    """Give the purchase delivered, its agent told of it; return the order's id. It is the day after."""
    order_id = purchase.paid()
    purchase.shipped(order_id)
    purchase.delivered(order_id)
    purchase.told()
    assert purchase.tables_that_tell() == {*TELLING, "idempotency"}
    purchase.clock.now += DAY
    assert purchase.tables_that_tell() == TELLING
    return order_id


def whole(purchase: Purchase) -> bool:
    """Tell whether a replay of the session's events comes to the states that are kept."""
    audit = DynamoSessionAudit(purchase.shop.dynamodb, purchase.shop.tables["checkout-sessions"])
    return verified(purchase.session_id, audit).fault is None


def facts(items: list[dict[str, Any]]) -> list[Any]:
    """Return what must stay of each event of a session: what it is, its lines and its amounts."""
    rows = [from_item(item) for item in items]
    return [
        (row["version"], row["eventId"], row["event"], row["at"], row["by"], row["requestId"], row.get("expiryHour"),
         row["state"]["status"], row["state"]["offer"]["lines"], row["state"]["offer"]["charges"],
         json.loads(row["state"]["offer"]["shown"])["totals"], row["change"].get("placed"))
        for row in rows
    ]  # fmt: skip


def test_no_table_tells_of_the_buyer_any_more_and_the_books_stay(purchase: Purchase, arrived: str) -> None:
    before, orders = purchase.items(), {each["orderId"]: each for each in purchase.shop.all("orders")}
    told = json.loads(purchase.body(facts(before)[-1][0], arrived))
    # When
    left = purchase.eraser().erase(purchase.session_id, purchase.author())
    # Then
    assert left.is_nothing, left
    assert purchase.tables_that_tell() == set()
    # And each event is what it was but for the words; one more says what was done, and by whom
    *same, last = purchase.items()
    assert facts(same) == facts(before)
    row = from_item(last)
    assert (row["event"], row["by"], row["requestId"]) == (
        "checkout.session.erased", purchase.author().by, "operation-1",
    )  # fmt: skip
    assert whole(purchase)
    # And orders, also the one that came to nothing, are what the books need
    for order in purchase.shop.all("orders"):
        was = orders[order["orderId"]]
        assert (order["total"], order["items"], order["userId"]) == (was["total"], was["items"], was["userId"])
        assert order["shippingAddress"] == {
            "street": "erased", "city": "erased", "zipCode": "erased", "country": "DE",
        }  # fmt: skip
    # And the webhook that is kept has the order, without the notes and the parcel's number
    kept = json.loads(purchase.body(facts(before)[-1][0], arrived))
    del told["data"]["confirmation"]["order_notes"], told["data"]["fulfillments"][0]["tracking_number"]
    assert kept == told


def test_the_agent_still_reads_its_session_and_where_the_tax_was_due(purchase: Purchase, arrived: str) -> None:
    before = purchase.agent.read(purchase.session_id).body
    purchase.eraser().erase(purchase.session_id, purchase.author())
    read = purchase.agent.read(purchase.session_id).body
    assert (read["status"], read["totals"], read["order"]["id"]) == ("completed", before["totals"], arrived)
    assert {name: read["fulfillment_details"]["address"][name] for name in ("country", "state", "name")} == {
        "country": "DE", "state": "BE", "name": "erased",
    }  # fmt: skip
    assert "buyer" not in read


def test_it_is_finished_by_a_repeat_wherever_it_broke_off(purchase: Purchase, arrived: str) -> None:
    # Given a run that is killed before its first call, after it, before its second, and so on: each after the other
    deaths = 0
    for at in range(200):
        trap = Trap(raising(ProcessDied), at=at // 2, after=bool(at % 2))
        try:
            purchase.eraser(Dying(purchase.shop.dynamodb, trap)).erase(purchase.session_id, purchase.author())
        except ProcessDied:
            deaths += 1
            continue
        break
    # Then it ended, by then nothing tells, and one event says so
    assert deaths > 20
    assert purchase.tables_that_tell() == set()
    assert purchase.eraser().look(purchase.session_id).is_nothing
    assert [from_item(each)["event"] for each in purchase.items()].count("checkout.session.erased") == 1
    assert whole(purchase)


class Dying:
    """A client of DynamoDB whose process dies at a call."""

    def __init__(self, target: Any, trap: Trap) -> None:
        self._target, self._trap = target, trap

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._target, name)
        return lambda *args, **kwargs: self._trap.call(real, *args, **kwargs)


def test_whatever_was_killed_what_is_left_is_found_by_the_look(purchase: Purchase, arrived: str) -> None:
    for at in range(0, 200, 3):
        trap = Trap(raising(ProcessDied), at=at)
        try:
            purchase.eraser(Dying(purchase.shop.dynamodb, trap)).erase(purchase.session_id, purchase.author())
        except ProcessDied:
            assert purchase.eraser().look(purchase.session_id).is_nothing == (purchase.tables_that_tell() == set())
            continue
        return
    pytest.fail("it never ended")


def test_who_read_the_session_before_cannot_write_the_buyer_back(purchase: Purchase, arrived: str) -> None:
    # Given somebody who read the session, to write its next version
    table = purchase.shop.tables
    store = DynamoSessionStore(purchase.shop.dynamodb, table["checkout-sessions"], idempotency=table["idempotency"])
    event, state = list(store.history(purchase.session_id))[-1]
    late = _next(event, state)
    # When the buyer is forgotten in between
    purchase.eraser().erase(purchase.session_id, purchase.author())
    # Then
    with pytest.raises(SessionChangedError):
        store.append(*late)
    assert purchase.tables_that_tell() == set()


def test_what_happens_at_the_same_moment_is_not_lost_and_the_buyer_is_forgotten_later(
    purchase: Purchase, arrived: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an event that is written just before the one that closes the session
    table = purchase.shop.tables
    store = DynamoSessionStore(purchase.shop.dynamodb, table["checkout-sessions"], idempotency=table["idempotency"])
    theirs = _next(*list(store.history(purchase.session_id))[-1])
    append = DynamoSessionStore.append

    def overtaken(self: Any, *written: Any) -> None:
        monkeypatch.setattr(DynamoSessionStore, "append", append)
        append(store, *theirs)
        append(self, *written)

    monkeypatch.setattr(DynamoSessionStore, "append", overtaken)
    # When / Then
    with pytest.raises(SessionNotQuietError):
        purchase.eraser().erase(purchase.session_id, purchase.author())
    assert whole(purchase)
    purchase.clock.now += DAY
    assert purchase.eraser().erase(purchase.session_id, purchase.author()).is_nothing
    assert purchase.tables_that_tell() == set()


def _next(event: Any, state: Session) -> tuple[Any, Session]:
    later = replace(
        event, version=event.version + 1, event_id="event-late", type=EventType.UPDATED,
        change=Change(asked={"buyer": BUYER}, order=state.order),
    )  # fmt: skip
    return later, after(state, later)


def test_what_happens_to_the_order_later_brings_nothing_back(purchase: Purchase, arrived: str) -> None:
    purchase.eraser().erase(purchase.session_id, purchase.author())
    versions = len(purchase.items())
    # When a notice of the order comes once more / Then there is nothing to say
    purchase.shop.tells(arrived, f"client-{purchase.agent.client.key_id}")
    assert len(purchase.items()) == versions
    # When a forgotten order is shipped once more under a number / Then the session follows it without that
    order = purchase.shop.one("orders", orderId=arrived)
    shipments = [{**each, "trackingNumber": "ZAPHOD-2"} for each in order["movements"]]
    purchase.changed(arrived, movements=shipments, status="RETURNED")
    assert len(purchase.items()) == versions
    assert purchase.tables_that_tell() == {"orders"}
    assert purchase.eraser().erase(purchase.session_id, purchase.author()).is_nothing


def test_webhooks_are_told_neither_of_an_erasure_nor_twice_of_what_was_before(purchase: Purchase, arrived: str) -> None:
    rows = len(purchase.shop.all("webhook-deliveries"))
    purchase.eraser().erase(purchase.session_id, purchase.author())
    purchase.told()
    assert len(purchase.shop.all("webhook-deliveries")) == rows
    # When the order moves on / Then that is told, behind the last event that was taken
    purchase.changed(arrived, status="RETURNED", refunded=100)
    purchase.told()
    assert len(purchase.shop.all("webhook-deliveries")) == rows + 3
    assert purchase.tables_that_tell() == set()


def test_a_replay_sends_what_is_left_of_a_body(purchase: Purchase, arrived: str) -> None:
    purchase.eraser().erase(purchase.session_id, purchase.author())
    kept = purchase.bodies
    again = replay(list(kept.of_order(arrived)), kept, purchase.clock())
    assert len(again) == 3
    for each in again:
        body = kept.body(kept.lane(each.endpoint_id, arrived), each.sequence).decode().lower()
        assert "zaphod" not in body
        assert json.loads(body)["data"]["id"] == arrived.lower()


def test_a_body_on_its_way_stays_until_it_arrived(purchase: Purchase) -> None:
    order_id = purchase.paid()
    purchase.delivered(order_id)
    purchase.told(arrived=False)
    purchase.clock.now += DAY
    first = purchase.eraser().erase(purchase.session_id, purchase.author())
    waiting = [each for each in purchase.bodies.of_order(order_id) if each.state is DeliveryState.PENDING]
    assert first.webhooks_needed == tuple(each.event_id for each in waiting)
    assert (first.versions, first.orders, first.webhooks) == ((), (), ())
    assert purchase.tables_that_tell() == {"webhook-deliveries"}
    # When they have arrived
    purchase.told()
    assert purchase.eraser().erase(purchase.session_id, purchase.author()).is_nothing
    assert purchase.tables_that_tell() == set()


def test_a_message_of_an_event_that_comes_after_all_is_kept_for_nobody(purchase: Purchase) -> None:
    # Given order events that nobody took: they are dead letters
    order_id = purchase.paid()
    purchase.delivered(order_id)
    purchase.clock.now += DAY
    unseen = purchase.items()
    purchase.eraser().erase(purchase.session_id, purchase.author())
    # When somebody sends them back, as they were
    purchase.items = lambda: unseen  # type: ignore[method-assign]  # a double in its place
    purchase.told()
    # Then
    assert purchase.tables_that_tell() == set()


def test_while_an_order_is_on_its_way_nothing_is_forgotten(purchase: Purchase) -> None:
    order_id = purchase.paid()
    purchase.shipped(order_id)
    purchase.clock.now += DAY
    before = purchase.items()
    left = purchase.eraser().erase(purchase.session_id, purchase.author())
    assert left.orders_needed == (order_id,)
    assert purchase.items() == before


def test_a_session_that_its_agent_goes_on_with_and_one_of_today_are_refused(purchase: Purchase) -> None:
    purchase.begun()
    with pytest.raises(SessionNotEndedError):
        purchase.eraser().erase(purchase.session_id, purchase.author())
    purchase.agent.cancel(
        purchase.session_id, intent_trace={"reason_code": "other", "trace_summary": "Zaphod thought it over"}
    )
    with pytest.raises(SessionNotQuietError):
        purchase.eraser().require_erasable(purchase.session_id)
    assert purchase.tables_that_tell() == {"checkout-sessions", "idempotency"}
    # When a day has passed / Then a session without an order is forgotten, too
    purchase.clock.now += DAY
    assert purchase.eraser().erase(purchase.session_id, purchase.author()).is_nothing
    assert purchase.tables_that_tell() == set()
    assert whole(purchase)


def test_a_session_that_nobody_ended_is_forgotten_a_day_after_it_expired(purchase: Purchase) -> None:
    purchase.begun()
    purchase.clock.now += DAY
    assert purchase.eraser().erase(purchase.session_id, purchase.author()).is_nothing
    assert purchase.tables_that_tell() == set()
    assert (purchase.agent.read(purchase.session_id).body["status"], whole(purchase)) == ("expired", True)


def test_only_the_very_event_that_is_there_is_written_again(purchase: Purchase) -> None:
    purchase.begun()
    sessions, before = purchase.eraser().sessions, purchase.items()
    event, state = next(iter(sessions.history(purchase.session_id)))
    for other in (replace(event, event_id="event-other"), replace(event, version=99)):
        with pytest.raises(ConditionFailedError):
            sessions.rewrite(other, state)
    assert purchase.items() == before


def test_what_is_not_there_is_said(purchase: Purchase) -> None:
    with pytest.raises(NoSuchSessionError):
        purchase.eraser().look("cs_nobody")
