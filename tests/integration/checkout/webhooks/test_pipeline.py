"""From an event of a session to the agent: the four functions on their tables, for hours of simulated time."""

import hmac
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from handlers.checkout import publish_checkout_events, send_webhooks
from orderflow.checkout.dialects.version import CURRENT, OLDER
from orderflow.checkout.webhooks.delivery import Answer
from orderflow.checkout.webhooks.endpoint_store import DynamoEndpointBook
from orderflow.checkout.webhooks.managing import Change
from orderflow.runtime.dynamo import from_item
from tests.support.acp import published, sample, webhook_faults
from tests.support.crashes import ProcessDied
from tests.support.frozen import START
from tests.support.gateway import CONTEXT
from tests.support.log_capture import captured_log
from tests.support.tables import create_tables
from tests.support.webhook_pipeline import UPDATES, Message, Pipeline
from tests.support.webhooks import ENDPOINT_ID, SECRETS, URL

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DOWN, WELL = Answer(3000, error="connection refused"), Answer(5, 200)


def order(number: str, status: str) -> dict[str, Any]:
    return {
        "type": "order",
        "id": f"ord-{number}",
        "checkout_session_id": f"cs-{number}",
        "permalink_url": f"https://shop.example.com/orders/ord-{number}",
        "status": status,
        "totals": [{"type": "total", "display_text": "Gesamt ☃", "amount": 1999}],
    }


def life(pipeline: Pipeline, number: str) -> list[str]:
    """Write a session that is completed, its order confirmed and shipped; return the ids of the order's events."""
    session = f"cs-{number}"
    pipeline.session_event(session, 1, None)
    pipeline.session_event(session, 2, None)
    pipeline.session_event(session, 3, order(number, "created"))
    pipeline.session_event(session, 4, order(number, "created"), notices=["nothing about the order"])
    pipeline.session_event(session, 5, order(number, "confirmed"))
    pipeline.session_event(session, 6, order(number, "shipped"))
    return [f"evt-{session}-{version}" for version in (3, 5, 6)]


def arrived(pipeline: Pipeline, url: str = URL) -> list[str]:
    """Return the ids of what arrived well, each once, in the order of first arrival."""
    return list(dict.fromkeys(got.headers["Webhook-Id"] for got in pipeline.got if (got.url, got.status) == (url, 200)))


def assert_same_bytes(pipeline: Pipeline) -> None:
    bodies = defaultdict(set)
    for got in pipeline.got:
        bodies[got.headers["Webhook-Id"]].add(got.body)
    assert all(len(each) == 1 for each in bodies.values())


def deliveries(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    rows = pipeline.dynamodb.scan(TableName=pipeline.tables["webhook-deliveries"])["Items"]
    return {row["eventId"]: row for row in map(from_item, rows) if row["row"].startswith("state#")}


def test_an_order_is_told_as_created_once_and_then_as_updated_when_it_changed(
    pipeline: Pipeline, add_endpoint: Callable[..., None]
) -> None:
    add_endpoint()
    ids = life(pipeline, "1")
    pipeline.run(START + MINUTE)
    assert arrived(pipeline) == ids
    told = [json.loads(got.body) for got in pipeline.got]
    assert [each["type"] for each in told] == ["order_create", "order_update", "order_update"]
    assert [each["data"] for each in told] == [order("1", status) for status in ("created", "confirmed", "shipped")]
    for got in pipeline.got:
        at, signature = got.headers["Merchant-Signature"].split(",")
        signed = f"{at.removeprefix('t=')}.".encode() + got.body
        assert signature == f"v1={hmac.new(SECRETS[0].encode(), signed, sha256).hexdigest()}"


def test_an_event_that_is_written_again_without_its_buyer_is_published_by_nobody(
    pipeline: Pipeline, add_endpoint: Callable[..., None]
) -> None:
    add_endpoint()
    life(pipeline, "1")
    pipeline.run(START + MINUTE)
    # When the stream tells that an event was written again
    sessions = pipeline.tables["checkout-sessions"]
    record = {"eventName": "MODIFY", "dynamodb": {"NewImage": pipeline.dynamodb.scan(TableName=sessions)["Items"][-1]}}
    publish_checkout_events.handler({"Records": [record]}, CONTEXT)
    # Then
    assert pipeline.queues[UPDATES] == []
    publish_checkout_events.handler({"Records": [{**record, "eventName": "INSERT"}]}, CONTEXT)
    assert len(pipeline.queues[UPDATES]) == 1


@published
@pytest.mark.parametrize("status", ["created", "manual_review", "confirmed", "processing", "shipped", "completed"])
def test_what_arrives_is_the_order_as_each_endpoints_version_has_it_and_the_same_bytes_at_every_attempt(
    status: str, pipeline: Pipeline, add_endpoint: Callable[..., None]
) -> None:
    # Given an agent of each version, whose receivers fail once
    older = "https://older.example.com/"
    add_endpoint()
    add_endpoint("01JFR0ZEN00000000000000002", url=older, api_version=OLDER)
    failing = iter([DOWN, DOWN])
    pipeline.answer = lambda _url, _at: next(failing, WELL)
    # When an order is as full as the newer version knows one
    whole = {**sample("Order"), "checkout_session_id": "cs-1", "status": status}
    pipeline.session_event("cs-1", 1, whole)
    pipeline.run(START + HOUR)
    # Then each reads it by its own published schema
    told = {url: [json.loads(got.body) for got in pipeline.got if got.url == url] for url in (URL, older)}
    assert [len(bodies) for bodies in told.values()] == [2, 2]
    assert told[URL][0] == told[URL][1] == {"type": "order_create", "data": whole}
    assert told[older][0] == told[older][1]
    assert set(told[older][0]["data"]) == {"type", "checkout_session_id", "permalink_url", "status", "refunds"}
    for version, url in ((CURRENT, URL), (OLDER, older)):
        assert webhook_faults(told[url][0], version) == []
    assert webhook_faults(told[URL][0], OLDER) != []


def test_an_event_that_was_taken_keeps_its_bytes_when_its_endpoint_changes_its_version(
    pipeline: Pipeline, add_endpoint: Callable[..., None], book: DynamoEndpointBook
) -> None:
    add_endpoint()
    pipeline.answer = lambda _url, at: DOWN if at < START + MINUTE else WELL
    pipeline.session_event("cs-1", 1, order("1", "created"))
    pipeline.run(START + MINUTE)
    kept = book.find(ENDPOINT_ID)
    assert kept
    changed = kept.changed(URL, kept.status, None, START + MINUTE, OLDER)
    assert book.rewrite(kept, changed, Change.UPDATED, START + MINUTE)
    pipeline.session_event("cs-1", 2, order("1", "shipped"))
    pipeline.run(START + HOUR)
    assert_same_bytes(pipeline)
    told = [json.loads(got.body)["data"] for got in pipeline.got if got.status == 200]
    assert ["totals" in each for each in told] == [True, False]


def test_a_receiver_that_is_down_for_an_hour_gets_everything_afterwards_and_another_is_not_kept_waiting(
    pipeline: Pipeline, add_endpoint: Callable[..., None]
) -> None:
    other = "https://other.example.com/"
    add_endpoint()
    add_endpoint("01JFR0ZEN00000000000000002", url=other)
    pipeline.answer = lambda url, at: DOWN if url == URL and at < START + HOUR else WELL
    expected = [life(pipeline, number) for number in "12"]
    pipeline.run(START + MINUTE)
    assert sorted(arrived(pipeline, other)) == sorted(each for ids in expected for each in ids)
    pipeline.run(START + HOUR * 4)
    seen = arrived(pipeline)
    assert [[each for each in seen if each in ids] for ids in expected] == expected
    assert_same_bytes(pipeline)


def test_410_disables_the_endpoint_with_an_entry_in_the_trail_and_is_reported(
    pipeline: Pipeline, add_endpoint: Callable[..., None], book: DynamoEndpointBook
) -> None:
    add_endpoint()
    pipeline.answer = lambda _url, _at: Answer(5, 410)
    ids = life(pipeline, "1")
    pipeline.run(START + HOUR)
    assert len(pipeline.got) == 1
    kept = book.find(ENDPOINT_ID)
    assert kept
    assert not kept.is_enabled
    assert {row["state"] for row in deliveries(pipeline).values()} == {"STOPPED"}
    assert set(deliveries(pipeline)) == set(ids)
    trail = [from_item(row) for row in pipeline.dynamodb.scan(TableName=pipeline.tables["audit-trail"])["Items"]]
    assert [(row["action"], row["by"]) for row in trail if row["action"] == "webhook.disabled"] == [
        ("webhook.disabled", "function:send_webhooks")
    ]


def test_an_event_of_a_client_without_endpoints_is_taken_and_told_to_nobody(pipeline: Pipeline) -> None:
    life(pipeline, "1")
    pipeline.run(START + MINUTE)
    assert (pipeline.got, pipeline.queues[UPDATES]) == ([], [])


def test_a_later_event_waits_for_the_earlier_one_and_one_that_comes_twice_is_told_once(
    pipeline: Pipeline, add_endpoint: Callable[..., None]
) -> None:
    add_endpoint()
    ids = life(pipeline, "1")
    twice = [Message(f"again-{each.message_id}", each.body, each.at) for each in pipeline.queues[UPDATES]]
    pipeline.queues[UPDATES][:] = [*reversed(pipeline.queues[UPDATES]), *twice]
    pipeline.run(START + HOUR)
    assert [got.headers["Webhook-Id"] for got in pipeline.got] == ids


def test_what_is_no_event_stays_in_the_queue(pipeline: Pipeline) -> None:
    pipeline.queues[UPDATES].append(Message("m-1", '{"type": "order_create"}', START))
    pipeline.run(START + MINUTE)
    assert [message.message_id for message in pipeline.queues[UPDATES]] == ["m-1"]


def test_each_attempt_is_logged_and_kept_without_body_url_or_secret(
    pipeline: Pipeline, add_endpoint: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_endpoint()
    written = captured_log(monkeypatch)
    answers = iter([DOWN, Answer(7, 503), WELL])
    pipeline.answer = lambda _url, _at: next(answers)
    pipeline.session_event("cs-1", 1, order("1", "created"))
    pipeline.run(START + HOUR)
    (row,) = deliveries(pipeline).values()
    assert [(each.get("status"), each.get("error")) for each in row["attempts"]] == [
        (None, "connection refused"), (503, None), (200, None),
    ]  # fmt: skip
    logged = written.getvalue()
    assert logged.count("WEBHOOK_ATTEMPTED") == 3
    assert not any(secret in logged for secret in (SECRETS[0], "agent.example.com", "permalink_url"))


class Killer:
    """Kills the function at its `at`-th call, just before or just after it."""

    def __init__(self, at: int, *, after: bool) -> None:
        self.at, self.after, self.calls, self.name = at, after, 0, ""

    def __call__(self, name: str, call: Callable[[], Any]) -> Any:
        here, self.calls = self.calls == self.at, self.calls + 1
        if here:
            self.name = name
        if here and not self.after:
            raise ProcessDied(name)
        answer = call()
        if here and self.after:
            raise ProcessDied(name)
        return answer


@pytest.mark.parametrize("after", [False, True])
def test_wherever_a_function_is_killed_every_event_arrives_in_sequence_and_byte_for_byte(
    after: bool, pipeline: Pipeline, add_endpoint: Callable[..., None]
) -> None:
    """The crash matrix of the pipeline: before and after each call of AWS and of the receiver, in every function."""
    add_endpoint()
    killed: list[str] = []
    for at in range(200):
        # Given an order of its own on an empty table, a fresh function, and a receiver that fails once
        pipeline.dynamodb.delete_table(TableName=pipeline.tables["webhook-deliveries"])
        create_tables(pipeline.dynamodb, "orderflow-test", "webhook-deliveries")
        send_webhooks._sealer.cache_clear()
        number, killer, begun = f"{at}", Killer(at, after=after), len(pipeline.got)
        failing = iter([Answer(5, 500)])
        pipeline.answer = lambda _url, _at, failing=failing: next(failing, WELL)
        pipeline.around = killer
        # When the function is killed there, and time passes
        for version, status in ((1, "created"), (2, "confirmed")):
            pipeline.session_event(f"cs-{number}", version, order(number, status))
        pipeline.run(pipeline.clock() + MINUTE * 2)
        pipeline.around = lambda _name, call: call()
        if not killer.name:
            break
        killed.append(killer.name)
        pipeline.run(pipeline.clock() + MINUTE * 10)
        # Then
        ids = [f"evt-cs-{number}-{version}" for version in (1, 2)]
        assert arrived(pipeline)[-2:] == ids, killer.name
        assert [deliveries(pipeline)[each]["state"] for each in ids] == ["DELIVERED"] * 2
        assert len(pipeline.got) - begun <= 4
    else:
        raise AssertionError("the pipeline makes 200 calls for two events")
    assert_same_bytes(pipeline)
    assert {"publish", "post", "put_item", "transact_write_items", "send_message_batch", "decrypt"} <= set(killed)
