"""What becomes of an order shows in its session: in the protocol's words, with the totals that were charged."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from orderflow.catalog.stock import StockLine
from orderflow.checkout.events import Change, EventType
from orderflow.checkout.order_view import order_json
from orderflow.checkout.session import SessionStatus
from orderflow.checkout.webhooks.publishing import SessionEvent, order_event
from orderflow.orders.fulfilment import moved, settled
from orderflow.orders.movement import Movement, MovementKind
from orderflow.orders.order import Order
from orderflow.orders.status import OrderStatus
from tests.support.acp import CURRENT, faults, published
from tests.support.checkout import by_type
from tests.support.completing import SHOP, World, ended
from tests.support.sessions import SESSION

AT = "2026-01-03T10:00:00.000Z"


@pytest.fixture
def world() -> World:
    made = World()
    made.begin()
    made.complete()
    return made


def order_of(world: World) -> Order:
    (order,) = world.orders.values()
    return order


def move(world: World, kind: MovementKind, units: int = 0, **facts: Any) -> None:
    """Let something happen to the order's goods or money, settled at once."""
    order = order_of(world)
    lines = (StockLine("MUG-01", units),) if units else ()
    movement = Movement(f"{kind.value.lower()}-{order.version}", kind, order.status, AT, "c-1", lines=lines, **facts)
    decided = moved(order, movement)
    world.orders[order.order_id] = settled(decided, decided.movements[-1], None, AT)


def shown(world: World) -> dict[str, Any]:
    """Return the order as its session shows it after following it."""
    session, _ = world.follower().follow(SESSION, order_of(world).order_id, lambda _: None)
    assert session is not None
    assert session.order is not None
    return dict(session.order)


def test_shipments_in_parts_are_counted_over_the_lines_of_one_product(world: World) -> None:
    # Given an order of two mugs on one line and one on another, of which one is shipped, then the other two
    move(world, MovementKind.SHIPMENT, 1, carrier="DHL", tracking_number="T-1")
    partly = shown(world)
    assert partly["status"] == "shipped"
    assert [line["status"] for line in partly["line_items"]] == ["partial", "processing"]
    assert partly["line_items"][0]["quantity"] == {"ordered": 2, "current": 2, "fulfilled": 1}
    move(world, MovementKind.SHIPMENT, 2)
    # Then every unit is in exactly one shipment
    whole = shown(world)
    assert [each["line_items"] for each in whole["fulfillments"]] == [
        [{"id": "line_1", "quantity": 1}],
        [{"id": "line_1", "quantity": 1}, {"id": "line_2", "quantity": 1}],
    ]
    assert [line["status"] for line in whole["line_items"]] == ["fulfilled", "fulfilled"]
    assert (whole["fulfillments"][0]["carrier"], whole["fulfillments"][0]["tracking_number"]) == ("DHL", "T-1")


def test_a_delivered_order_is_completed_and_tells_when_it_arrived(world: World) -> None:
    move(world, MovementKind.SHIPMENT, 3)
    shipment = order_of(world).movements[0].movement_id
    move(world, MovementKind.DELIVERY, shipment_id=shipment)
    order = shown(world)
    assert (order["status"], order["fulfillments"][0]["status"]) == ("completed", "delivered")
    assert [event["type"] for event in order["fulfillments"][0]["events"]] == ["shipped", "delivered"]


def test_what_came_back_is_removed_and_what_was_refunded_leaves_the_total_as_it_was_charged(world: World) -> None:
    move(world, MovementKind.SHIPMENT, 3)
    move(world, MovementKind.DELIVERY, shipment_id=order_of(world).movements[0].movement_id)
    move(world, MovementKind.RETURN, 2, restock=True)
    move(world, MovementKind.REFUND, amount=2500)
    order = shown(world)
    assert [line["status"] for line in order["line_items"]] == ["removed", "fulfilled"]
    assert order["line_items"][0]["quantity"] == {"ordered": 2, "current": 0, "fulfilled": 0}
    assert [(each["type"], each["status"]) for each in order["adjustments"]] == [
        ("refund", "completed"),
        ("return", "completed"),
    ]
    assert (order["adjustments"][0]["amount"], order["adjustments"][0]["currency"]) == (2500, "eur")
    assert (by_type(order["totals"])["total"], by_type(order["totals"])["amount_refunded"]) == (4250, 2500)


def test_a_cancelled_order_is_an_adjustment_and_keeps_its_session_completed(world: World) -> None:
    order = order_of(world)
    world.orders[order.order_id] = replace(ended(order, OrderStatus.CANCELLED, "CUSTOMER"), refunded=order.total)
    told = shown(world)
    assert (told["status"], told["adjustments"][0]["type"]) == ("canceled", "cancellation")
    assert told["adjustments"][0]["amount"] == 4250
    assert {line["status"] for line in told["line_items"]} == {"removed"}
    assert world.session.status is SessionStatus.COMPLETED


def test_an_event_is_written_only_where_something_changed_and_never_of_another_order(world: World) -> None:
    version = world.session.version
    shown(world)
    world.follower().follow(SESSION, "01JFR0ZEN0000000000000000Z", lambda _: None)
    assert world.session.version == version
    move(world, MovementKind.SHIPMENT, 1)
    shown(world)
    event = list(world.sessions.history(SESSION))[-1][0]
    assert (event.version, event.type, event.by) == (version + 1, EventType.UPDATED, "follow_orders")


def test_of_two_followers_the_slower_writes_what_it_sees_after_the_faster_one(world: World) -> None:
    # Given a follower that is overtaken while the order moves on
    move(world, MovementKind.SHIPMENT, 1)
    change = Change(order=order_json(order_of(world), world.session, SHOP))
    theirs = world.follower().ledger.next(world.session, EventType.UPDATED, change)
    world.sessions.faster.append(theirs)
    move(world, MovementKind.SHIPMENT, 2)
    # Then it reads both again, and the newest stands last
    assert len(shown(world)["fulfillments"]) == 2
    assert world.session.version == theirs[0].version + 1


@pytest.mark.parametrize("status", list(OrderStatus))
def test_every_status_of_ours_has_a_word_of_the_protocol(world: World, status: OrderStatus) -> None:
    words = {"created", "confirmed", "manual_review", "processing", "shipped", "completed", "canceled"}
    assert order_json(ended(order_of(world), status), world.session, SHOP)["status"] in words


@published
def test_the_order_is_one_by_the_published_schema(world: World) -> None:
    move(world, MovementKind.SHIPMENT, 3, carrier="DHL")
    move(world, MovementKind.DELIVERY, shipment_id=order_of(world).movements[0].movement_id)
    move(world, MovementKind.RETURN, 1)
    move(world, MovementKind.REFUND, amount=100)
    assert faults(shown(world), "Order", CURRENT) == []


def test_an_orders_event_leads_to_its_session_and_a_persons_order_to_none(world: World) -> None:
    move(world, MovementKind.SHIPMENT, 3)
    order = order_of(world)
    follower = world.follower()
    assert (follower.follow_order(order.order_id), follower.follow_order(order.order_id)) == (True, False)
    assert world.session.order is not None
    assert world.session.order["status"] == "shipped"
    world.orders[order.order_id] = replace(order, checkout_session_id=None)
    assert not follower.follow_order(order.order_id)
    assert not follower.follow_order("01JFR0ZEN0000000000000000Z")


def test_a_completed_session_makes_an_order_create_and_each_change_of_its_order_an_order_update(world: World) -> None:
    # Given a session whose order was confirmed, shipped and, as it was, followed once more
    move(world, MovementKind.SHIPMENT, 3)
    shown(world)
    shown(world)
    told = [
        SessionEvent(SESSION, state.version, event.event_id, event.at, state.client_id, state.order)
        for event, state in world.sessions.history(SESSION)
    ]

    class History:
        def before(self, session_id: str, version: int) -> Iterator[SessionEvent]:
            return (each for each in reversed(told) if each.version < version)

    # Then agents are told of exactly that, each event after the one before it
    sent = [found for each in told if (found := order_event(each, History()))]
    assert [(each.type.value, each.sequence, each.after) for each in sent] == [
        ("order_create", 3, None),
        ("order_update", 4, 3),
    ]
    assert [each.data["status"] for each in sent] == ["confirmed", "shipped"]
