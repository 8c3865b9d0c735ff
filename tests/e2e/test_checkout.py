"""Shopping agents at the running system: sessions over HTTP, by the protocol's own words."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.e2e.shop import Shop
from tests.support.acp import faults, published
from tests.support.checkout import ADDRESS, by_type
from tools.emulator import CREDENTIALS, REGION
from tools.paths import ROOT

SESSIONS = "/checkout_sessions"


@pytest.fixture
def agent(shop: Shop, admin: Shop) -> Callable[..., requests.Response]:
    """Give a function that asks the checkout with a key of its own."""
    scopes = ["checkout:read", "checkout:write"]
    issued = admin.post("/client-keys", {"name": f"e2e {uuid4().hex}", "scopes": scopes})
    assert issued.status_code == 201, issued.text

    def ask(method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        told = {
            "Authorization": f"Bearer {issued.json()['key']}",
            "API-Version": "2026-04-17",
            "Idempotency-Key": uuid4().hex,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return requests.request(method, f"{shop.url}{path}", json=body, headers=told, timeout=30)

    return ask


def currency(shop: Shop) -> str:
    """Return the shop's currency as discovery tells it."""
    (found,) = shop.get("/.well-known/acp.json").json()["capabilities"]["supported_currencies"]
    return str(found)


def test_an_agent_puts_a_session_together_and_gives_it_up(shop: Shop, agent: Callable[..., requests.Response]) -> None:
    # Given a session for two pieces of what the shop sells
    items = [{"id": "test_1", "quantity": 2}]
    body = {"currency": currency(shop), "capabilities": {}, "line_items": items}
    created = agent("POST", SESSIONS, body, Request_Id="req-1")
    assert created.status_code == 201, created.text
    assert created.headers["Request-Id"] == "req-1"
    path = f"{SESSIONS}/{created.json()['id']}"
    # When the agent says where it goes and chooses how
    addressed = agent("POST", path, {"fulfillment_details": {"address": ADDRESS}}).json()
    option = addressed["fulfillment_options"][0]["id"]
    chosen = [{"type": "shipping", "option_id": option, "item_ids": ["line_1"]}]
    ready = agent("POST", path, {"selected_fulfillment_options": chosen})
    # Then it could be paid, and adds up
    assert (ready.status_code, ready.json()["status"]) == (200, "ready_for_payment"), ready.text
    totals = by_type(ready.json()["totals"])
    assert totals["total"] == totals["subtotal"] - totals["discount"] + totals["fulfillment"] + totals["tax"]
    assert agent("GET", path).json() == ready.json()
    # And it is canceled once
    assert agent("POST", f"{path}/cancel").json()["status"] == "canceled"
    again = agent("POST", f"{path}/cancel")
    assert (again.status_code, again.json()["code"]) == (405, "not_cancelable")


def test_a_repeat_of_a_request_is_answered_word_for_word(shop: Shop, agent: Callable[..., requests.Response]) -> None:
    body = {"currency": currency(shop), "capabilities": {}, "line_items": [{"id": "test_1"}]}
    key = uuid4().hex
    first, second = (agent("POST", SESSIONS, body, Idempotency_Key=key) for _ in range(2))
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["Idempotent-Replayed"] == "true"
    other = agent("POST", SESSIONS, {**body, "locale": "de"}, Idempotency_Key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_conflict")


@published
def test_sessions_and_discovery_are_valid_by_the_published_schema(
    shop: Shop, agent: Callable[..., requests.Response]
) -> None:
    body = {"currency": currency(shop), "capabilities": {}, "line_items": [{"id": "test_1"}]}
    assert faults(agent("POST", SESSIONS, body).json(), "CheckoutSession", "2026-04-17") == []
    discovery = shop.get("/.well-known/acp.json")
    assert faults(discovery.json(), "DiscoveryResponse", "2026-04-17") == []
    assert discovery.headers["Cache-Control"] == "public, max-age=3600"
    assert discovery.json()["api_base_url"] == shop.url


def test_the_older_gateways_curl_works_where_the_checkout_is_lenient(shop: Shop) -> None:
    body = {"currency": "usd", "items": [{"id": "test_1", "quantity": 1}]}
    answer = requests.post(f"{shop.url}{SESSIONS}", json=body, timeout=30)
    assert (answer.status_code, answer.json()["line_items"][0]["item"]["id"]) == (201, "test_1"), answer.text
    assert answer.json()["currency"] == currency(shop)


def test_a_wrong_key_is_refused_also_where_none_is_needed(shop: Shop) -> None:
    answer = requests.get(f"{shop.url}{SESSIONS}/cs_1", headers={"Authorization": "Bearer ofk_wrong"}, timeout=30)
    assert (answer.status_code, answer.json()["type"]) == (401, "invalid_request")


def test_the_older_gateways_script_visits_the_shop_and_sees_the_event_in_the_queue(
    shop: Shop, stack: Any, listen: Callable[..., Any], tmp_path: Path
) -> None:
    queue = listen("checkout_events_topic_arn").queue_url
    # Given a profile that may read the queue, and the command line of AWS, which is there for the workflows' engine
    profile = tmp_path / "credentials"
    profile.write_text("[agent]\n" + "".join(f"{name.lower()} = {value}\n" for name, value in CREDENTIALS.items()))
    aws = f"{ROOT / '.venv-workflow' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    by_profile = {"PATH": aws, "AWS_SHARED_CREDENTIALS_FILE": str(profile), "AWS_CONFIG_FILE": os.devnull}
    for arguments, keys, last in (
        ((queue,), CREDENTIALS, "has order_create"),
        ((stack.output("order_updates_queue_url"),), CREDENTIALS, "took what came"),
        ((queue, "agent"), by_profile, "has order_create"),
    ):
        done = subprocess.run(
            [ROOT / "test" / "e2e-test.sh", shop.url, *arguments],
            env={**os.environ, **keys, "AWS_REGION": REGION},
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert last in done.stdout.splitlines()[-1]
