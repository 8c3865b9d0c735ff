"""Webhooks over simulated hours: to receivers that are down, slow, gone or moved, by functions that die."""

import hmac
import json
from collections import defaultdict
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.checkout.dialects.version import CURRENT
from orderflow.checkout.webhooks.backoff import PERIOD
from orderflow.checkout.webhooks.delivery import Answer, DeliveryState
from orderflow.checkout.webhooks.endpoint import EndpointStatus
from orderflow.checkout.webhooks.event import EventType, OrderEvent, body_of
from orderflow.checkout.webhooks.gate import AT_ONCE
from orderflow.runtime.clock import iso
from tests.support.frozen import START
from tests.support.webhook_deliveries import InMemoryDeliveries
from tests.support.webhook_simulation import Simulation
from tests.support.webhooks import CLIENT_ID, ENDPOINT_ID, SECRETS, URL, InMemoryEndpoints, endpoint, sealed

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
OTHER_ID, OTHER_URL = "01JFR0ZEN00000000000000002", "https://other.example.com/"
DOWN, WELL = Answer(3000, error="connection refused"), Answer(20, 200)


def event(order: str, sequence: int, after: int | None = None) -> OrderEvent:
    kind = EventType.ORDER_CREATE if after is None else EventType.ORDER_UPDATE
    data = {"type": "order", "id": order, "status": f"step-{sequence}", "note": "Grüße ☃"}
    return OrderEvent(
        f"evt-{order}-{sequence}", sequence, after, kind, CLIENT_ID, f"cs-{order}", order, iso(START), data
    )


def events(order: str, count: int) -> list[OrderEvent]:
    return [event(order, number, number - 1 if number > 4 else None) for number in range(4, 4 + count)]


def world(*more: Any, **facts: Any) -> Simulation:
    endpoints = {each.endpoint_id: each for each in (endpoint(), *more)}
    return Simulation(InMemoryEndpoints(endpoints), InMemoryDeliveries(), **facts)


def received(simulation: Simulation, url: str = URL) -> dict[str, list[str]]:
    """Return what arrived well, by order: its events' ids, each once, in the order of their first arrival."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in simulation.arrived:
        order = json.loads(each.body)["data"]["id"]
        if each.url == url and each.status == 200 and each.headers["Webhook-Id"] not in found[order]:
            found[order].append(each.headers["Webhook-Id"])
    return dict(found)


def assert_same_bytes(simulation: Simulation) -> None:
    bodies = defaultdict(set)
    for each in simulation.arrived:
        bodies[each.headers["Webhook-Id"]].add(each.body)
    assert all(len(bodies[event_id]) == 1 for event_id in bodies)


def test_an_event_arrives_signed_with_the_body_that_was_kept() -> None:
    simulation = world()
    simulation.publish(event("ord-1", 4))
    simulation.run(START + SECOND)
    (got,) = simulation.arrived
    signed = f"{int(START.timestamp())}.".encode() + got.body
    digest = hmac.new(SECRETS[0].encode(), signed, sha256).hexdigest()
    assert got.headers == {
        "Content-Type": "application/json",
        "Merchant-Signature": f"t={int(START.timestamp())},v1={digest}",
        "Request-Id": "evt-ord-1-4",
        "Webhook-Id": "evt-ord-1-4",
        "Timestamp": iso(START),
        "User-Agent": "Orderflow-Webhooks/1",
    }
    assert got.body == body_of(EventType.ORDER_CREATE, event("ord-1", 4).data, CURRENT).encode()
    assert "Grüße ☃".encode() in got.body


def test_a_receiver_that_is_down_for_an_hour_gets_everything_in_sequence_afterwards() -> None:
    # Given a receiver that is down for an hour, and five events of each of 20 orders in that hour
    simulation = world(behave=lambda _url, at: (DOWN if at < START + HOUR else WELL, SECOND * 3))
    expected = {}
    for number in range(20):
        told = events(f"ord-{number}", 5)
        expected[told[0].order_id] = [each.event_id for each in told]
        for step, each in enumerate(told):
            simulation.publish(each, MINUTE * (number + 7 * step))
    # When time passes
    simulation.run(START + HOUR)
    assert received(simulation) == {}
    simulation.run(START + HOUR * 8)
    # Then everything is there, in the sequence of each order, and the bytes were the same each time
    assert received(simulation) == expected
    assert_same_bytes(simulation)
    assert all(each.state is DeliveryState.DELIVERED for each in simulation.deliveries.deliveries.values())


def test_a_slow_receiver_delays_no_other() -> None:
    # Given ten functions, and a receiver that takes nine seconds for each of 200 orders, all at once
    slow = Answer(9000, 200)

    def behave(url: str, _at: datetime) -> tuple[Answer, timedelta]:
        return (slow, SECOND * 9) if url == OTHER_URL else (WELL, SECOND * 0)

    simulation = world(endpoint(OTHER_ID, url=OTHER_URL, client_id="lenient"), behave=behave, functions=10)
    for number in range(200):
        slow_one = event(f"slow-{number}", 4)
        simulation.publish(OrderEvent(**{**vars(slow_one), "client_id": "lenient"}))
    # When 50 orders of another client follow, one a second
    for number in range(50):
        simulation.publish(event(f"ord-{number}", 4), SECOND * (number + 1))
    simulation.run(START + MINUTE * 2)
    # Then each of those arrives within the second, and the slow one never has more under way than it may
    late = [
        (each.at - START).total_seconds() - int(json.loads(each.body)["data"]["id"].split("-")[1]) - 1
        for each in simulation.arrived
        if each.url == URL
    ]
    assert (len(late), max(late) < 1) == (50, True)
    starts = [each.at for each in simulation.arrived if each.url == OTHER_URL]
    assert max(sum(1 for other in starts if at <= other < at + SECOND * 9) for at in starts) <= AT_ONCE
    simulation.run(START + HOUR)
    assert len(received(simulation, OTHER_URL)) == 200


def test_a_circuit_that_is_open_spares_the_receiver() -> None:
    simulation = world(behave=lambda _url, _at: (DOWN, SECOND * 3))
    for number in range(100):
        simulation.publish(event(f"ord-{number}", 4))
    simulation.run(START + HOUR)
    # 100 orders with ten attempts each within the hour, were it not for the gate.
    assert 5 <= len(simulation.arrived) < 60


def test_410_disables_the_endpoint_and_stops_what_was_on_its_way() -> None:
    simulation = world(behave=lambda _url, _at: (Answer(5, 410), timedelta(0)))
    for each in (*events("ord-1", 3), *events("ord-2", 2)):
        simulation.publish(each)
    simulation.run(START + HOUR * 80)
    kept = simulation.endpoints.endpoints[ENDPOINT_ID]
    assert (kept.is_enabled, kept.status_reason) == (False, "The receiver answered 410 Gone.")
    assert len(simulation.arrived) <= 2
    assert {each.state for each in simulation.deliveries.deliveries.values()} == {DeliveryState.STOPPED}
    assert simulation.deliveries.due(START + HOUR * 100, 10) == []


def test_events_of_an_endpoint_that_was_removed_or_disabled_are_kept_and_not_sent() -> None:
    disabled = endpoint(OTHER_ID, url=OTHER_URL, status=EndpointStatus.DISABLED)
    simulation = world(disabled)
    simulation.publish(event("ord-1", 4))
    simulation.at(START, lambda: simulation.endpoints.endpoints.pop(ENDPOINT_ID))
    simulation.run(START + HOUR)
    assert simulation.arrived == []
    states = {key[0]: each.state for key, each in simulation.deliveries.deliveries.items()}
    assert states == {ENDPOINT_ID: DeliveryState.STOPPED, OTHER_ID: DeliveryState.STOPPED}
    assert len(simulation.deliveries.bodies) == 2


def test_a_receiver_that_never_answers_is_tried_for_72_hours_and_the_next_event_after_that() -> None:
    simulation = world(behave=lambda _url, at: (DOWN if at <= START + PERIOD + HOUR else WELL, SECOND))
    for each in events("ord-1", 2):
        simulation.publish(each)
    simulation.run(START + PERIOD + HOUR * 8)
    states = [simulation.deliveries.deliveries[ENDPOINT_ID, "ord-1", number].state for number in (4, 5)]
    assert states == [DeliveryState.GIVEN_UP, DeliveryState.DELIVERED]
    first = simulation.deliveries.deliveries[ENDPOINT_ID, "ord-1", 4]
    last = datetime.fromisoformat(first.attempts[-1].at) - START
    assert PERIOD <= last <= PERIOD + MINUTE * 15
    assert 20 <= len(first.attempts) <= 120


def test_a_rotated_secret_signs_beside_the_new_one_while_both_are_valid() -> None:
    rotated = endpoint().rotated(sealed(SECRETS[1]), START, HOUR)
    simulation = world()
    simulation.endpoints.endpoints[ENDPOINT_ID] = rotated
    simulation.publish(event("ord-1", 4))
    simulation.publish(event("ord-2", 4), HOUR)
    simulation.run(START + HOUR * 2)
    both, one = (each.headers["Merchant-Signature"].split(",") for each in simulation.arrived)
    expected = [
        hmac.new(
            secret.encode(), f"{int(START.timestamp())}.".encode() + simulation.arrived[0].body, sha256
        ).hexdigest()
        for secret in (SECRETS[1], SECRETS[0])
    ]
    assert both[1:] == [f"v1={digest}" for digest in expected]
    assert len(one) == 2


def test_an_event_that_comes_before_the_one_before_it_waits_and_one_that_comes_twice_is_sent_once() -> None:
    simulation = world()
    first, second, third = events("ord-1", 3)
    simulation.publish(third)
    simulation.publish(second, SECOND)
    simulation.publish(first, MINUTE)
    for each in (first, second, third):
        simulation.publish(each, MINUTE * 10)
    simulation.run(START + HOUR)
    assert [each.headers["Webhook-Id"] for each in simulation.arrived] == [
        each.event_id for each in (first, second, third)
    ]


def test_a_queue_that_loses_every_message_only_costs_a_minute_each() -> None:
    simulation = world(queue_loses=lambda: True)
    for each in events("ord-1", 3):
        simulation.publish(each)
    simulation.run(START + MINUTE * 6)
    assert received(simulation) == {"ord-1": [each.event_id for each in events("ord-1", 3)]}


@pytest.mark.parametrize("point", ["before", "after"])
def test_a_function_that_dies_is_made_up_for_and_its_attempt_counted(point: str) -> None:
    deaths = iter([True])
    simulation = world(dies=lambda at: at == point and next(deaths, False))
    simulation.publish(event("ord-1", 4))
    simulation.run(START + MINUTE * 5)
    delivery = simulation.deliveries.deliveries[ENDPOINT_ID, "ord-1", 4]
    assert (delivery.state, [each.status for each in delivery.attempts]) == (DeliveryState.DELIVERED, [None, 200])
    assert len(simulation.arrived) == (1 if point == "before" else 2)
    assert_same_bytes(simulation)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 0.4), st.floats(0, 0.6), st.floats(0, 0.5))
def test_whatever_fails_every_event_arrives_in_sequence_and_byte_for_byte(
    seed: int, dying: float, failing: float, losing: float
) -> None:
    # Given functions that die, receivers that fail and queues that lose, in any mixture
    chance = Random(seed)
    simulation = world(
        seed=seed,
        functions=3,
        behave=lambda _url, _at: (DOWN if chance.random() < failing else WELL, SECOND * chance.randint(0, 9)),
        dies=lambda _point: chance.random() < dying,
        queue_loses=lambda: chance.random() < losing,
    )
    expected = {}
    for number in range(4):
        told = events(f"ord-{number}", 4)
        expected[told[0].order_id] = [each.event_id for each in told]
        for each in told:
            simulation.publish(each, SECOND * chance.randint(0, 600))
    # When two days pass
    simulation.run(START + HOUR * 48)
    # Then
    assert received(simulation) == expected
    assert_same_bytes(simulation)
