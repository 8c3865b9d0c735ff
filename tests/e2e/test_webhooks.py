"""Agents are told of their orders: from an event in the table of sessions to a receiver that verifies it."""

import hmac
import json
import time
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import to_item
from tests.e2e.orderflow_command import Orderflow
from tests.e2e.shop import Shop
from tests.support.receiver import Receiver, receiver

# An event that comes before the one it follows is handed out again after 180 s, and may wait a minute to be released.
WITHIN_SECONDS = 300


def order(number: str, status: str) -> dict[str, Any]:
    return {
        "type": "order",
        "id": f"ord-{number}",
        "checkout_session_id": f"cs-{number}",
        "permalink_url": f"https://shop.example.com/orders/ord-{number}",
        "status": status,
    }


def happened(stack: Any, client_id: str, number: str, *statuses: str | None) -> list[str]:
    """Write a session's events as the session store does; return the ids of those with an order."""
    ids = []
    for version, status in enumerate(statuses, start=1):
        state = {"clientId": client_id, **({"order": json.dumps(order(number, status))} if status else {})}
        record = {
            "sessionId": f"cs-{number}", "version": version, "eventId": f"evt-{number}-{version}",
            "event": "checkout.session.updated", "at": iso(datetime.now(UTC)), "by": client_id, "requestId": "e2e",
            "change": {}, "state": state,
        }  # fmt: skip
        stack.client("dynamodb").put_item(TableName=stack.output("checkout_sessions_table_name"), Item=to_item(record))
        ids += [record["eventId"]] if status else []
    return ids


def arrived(agent: Receiver, count: int) -> list[str]:
    deadline = time.monotonic() + WITHIN_SECONDS
    while len(agent.got) < count:
        assert time.monotonic() < deadline, f"{len(agent.got)} of {count} webhooks after {WITHIN_SECONDS} s"
        time.sleep(0.2)
    return [got.headers["Webhook-Id"] for got in agent.got]


@pytest.fixture
def client_id(admin: Shop) -> str:
    answer = admin.post("/client-keys", {"name": f"agent {uuid4().hex}", "scopes": []})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["keyId"])


def test_an_agent_gets_every_event_signed_in_sequence_also_after_failing_and_again_by_replay(
    admin: Shop, stack: Any, client_id: str, orderflow: Orderflow
) -> None:
    with receiver() as agent:
        # Given an endpoint whose receiver fails once
        made = admin.post("/webhook_endpoints", {"clientId": client_id, "url": agent.url})
        assert made.status_code == 201, made.text
        failing = iter([503])
        agent.answer = lambda _got: next(failing, 200)
        number = uuid4().hex[:8]
        # When an order is made, confirmed and shipped
        ids = happened(stack, client_id, number, None, "created", "created", "confirmed", "shipped")
        seen = arrived(agent, 4)
        # Then its three events arrive in sequence, the first twice and byte for byte
        assert seen == [ids[0], ids[0], ids[2], ids[3]]
        assert agent.got[0].body == agent.got[1].body
        kinds = [json.loads(got.body)["type"] for got in agent.got[1:]]
        assert kinds == ["order_create", "order_update", "order_update"]
        assert json.loads(agent.got[-1].body)["data"] == order(number, "shipped")
        for got in agent.got:
            at, signature = got.headers["Merchant-Signature"].split(",")
            signed = f"{at.removeprefix('t=')}.".encode() + got.body
            digest = hmac.new(made.json()["secret"].encode(), signed, sha256).hexdigest()
            assert signature == f"v1={digest}"
        # And an operator sends them again
        replayed = orderflow.run("webhooks", "replay", "--order", f"ord-{number}", "--reason", "e2e", "--yes", "--json")
        assert replayed.returncode == 0, replayed.stderr
        assert arrived(agent, 7)[4:] == [ids[0], ids[2], ids[3]]
        assert [got.body for got in agent.got[4:]] == [got.body for got in agent.got[1:4]]


def test_410_disables_the_endpoint(admin: Shop, stack: Any, client_id: str) -> None:
    with receiver() as agent:
        made = admin.post("/webhook_endpoints", {"clientId": client_id, "url": agent.url}).json()
        agent.answer = lambda _got: 410
        happened(stack, client_id, uuid4().hex[:8], "created", "confirmed")
        arrived(agent, 1)
        deadline = time.monotonic() + WITHIN_SECONDS
        while (kept := admin.get(f"/webhook_endpoints/{made['endpointId']}").json())["status"] == "ENABLED":
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert (kept["status"], kept["statusReason"]) == ("DISABLED", "The receiver answered 410 Gone.")
        assert len(agent.got) == 1


def test_what_happens_after_a_restart_is_told_as_well(admin: Shop, stack: Any, client_id: str) -> None:
    with receiver() as agent:
        assert admin.post("/webhook_endpoints", {"clientId": client_id, "url": agent.url}).status_code == 201
        before = happened(stack, client_id, uuid4().hex[:8], "created")
        arrived(agent, 1)
        stack.restart({})
        after = happened(stack, client_id, uuid4().hex[:8], "created")
        assert arrived(agent, 2) == before + after
