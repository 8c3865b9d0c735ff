"""Shopping agents pay at the running system: a session becomes an order of the shop, once, and follows it."""

import time
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.e2e.shop import Shop
from tests.support.acp import CURRENT, faults
from tests.support.acp import published as needs_the_schemas
from tests.support.checkout import ADDRESS, by_type, paid_by
from tests.support.vault import APPROVED, CHALLENGED, DECLINED, request

SESSIONS = "/checkout_sessions"
WITHIN_SECONDS = 60


class Agent:
    """A shopping agent with a key of its own."""

    def __init__(self, shop: Shop, admin: Shop) -> None:
        scopes = ["checkout:read", "checkout:write"]
        issued = admin.post("/client-keys", {"name": f"e2e {uuid4().hex}", "scopes": scopes, "ratePerMinute": 6000})
        assert issued.status_code == 201, issued.text
        self.url, self.key, self.key_id = shop.url, issued.json()["key"], issued.json()["keyId"]

    def ask(self, method: str, path: str, body: Any = None, key: str | None = None) -> requests.Response:
        told = {
            "Authorization": f"Bearer {self.key}",
            "API-Version": CURRENT,
            "Idempotency-Key": key or uuid4().hex,
        }
        return requests.request(method, f"{self.url}{path}", json=body, headers=told, timeout=60)

    def ready(self) -> dict[str, Any]:
        """Return a session of two pieces that can be paid."""
        (currency,) = self.ask("GET", "/.well-known/acp.json").json()["capabilities"]["supported_currencies"]
        items = [{"id": "test_1", "quantity": 2}]
        pieces = {"fulfillment_details": {"address": ADDRESS}, "buyer": {"email": "jane@example.com"}}
        created = self.ask("POST", SESSIONS, {"currency": currency, "capabilities": {}, "line_items": items, **pieces})
        assert created.status_code == 201, created.text
        option = created.json()["fulfillment_options"][0]["id"]
        chosen = [{"type": "shipping", "option_id": option, "item_ids": ["line_1"]}]
        updated = self.ask("POST", f"{SESSIONS}/{created.json()['id']}", {"selected_fulfillment_options": chosen})
        assert updated.json()["status"] == "ready_for_payment", updated.text
        return dict(updated.json())

    def delegated(self, session: dict[str, Any], number: str = APPROVED) -> str:
        """Return a token for the session's total."""
        (handler,) = session["capabilities"]["payment"]["handlers"]
        allowance = {
            "max_amount": by_type(session["totals"])["total"],
            "currency": session["currency"],
            "checkout_session_id": session["id"],
            "merchant_id": handler["config"]["merchant_id"],
            "expires_at": "2099-01-01T00:00:00Z",
        }
        answer = self.ask("POST", "/agentic_commerce/delegate_payment", request(number, allowance))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def complete(self, session: dict[str, Any], token_id: str, key: str | None = None, **pieces: Any) -> Any:
        body = {"payment_data": paid_by(token_id), **pieces}
        return self.ask("POST", f"{SESSIONS}/{session['id']}/complete", body, key=key)

    def seen(self, session: dict[str, Any], status: str) -> dict[str, Any]:
        """Return the session once it has a status, with its order's status once that is asked for."""
        deadline = time.monotonic() + WITHIN_SECONDS
        while True:
            found = self.ask("GET", f"{SESSIONS}/{session['id']}").json()
            if status in (found["status"], found.get("order", {}).get("status")):
                return dict(found)
            assert time.monotonic() < deadline, f"{found['status']} and not {status} after {WITHIN_SECONDS} s"
            time.sleep(0.2)


@pytest.fixture
def agent(shop: Shop, admin: Shop) -> Agent:
    return Agent(shop, admin)


def test_an_agent_buys_and_its_session_follows_the_order_until_it_is_delivered(agent: Agent, admin: Shop) -> None:
    # When a session is paid
    session = agent.ready()
    agent.complete(session, agent.delegated(session))
    done = agent.seen(session, "completed")
    # Then the shop has an order of exactly that total
    order_id = done["order"]["id"]
    order = admin.finished(order_id)
    assert (order["status"], order["checkoutSessionId"]) == ("CONFIRMED", session["id"])
    assert order["total"] == by_type(session["totals"])["total"]
    # And what happens to it shows in the session
    admin.insist(f"/orders/{order_id}/shipments", {"carrier": "DHL", "trackingNumber": "T-1"}, uuid4().hex)
    shipped = agent.seen(session, "shipped")["order"]
    assert shipped["fulfillments"][0]["tracking_number"] == "T-1"
    shipment = shipped["fulfillments"][0]["id"]
    admin.insist(f"/orders/{order_id}/deliveries", {"shipmentId": shipment}, uuid4().hex)
    deadline = time.monotonic() + WITHIN_SECONDS
    while agent.ask("GET", f"{SESSIONS}/{session['id']}").json()["order"]["status"] != "completed":
        assert time.monotonic() < deadline, f"the session does not show the delivery after {WITHIN_SECONDS} s"
        time.sleep(0.2)


def test_a_declined_card_leaves_the_session_to_be_paid_with_another(agent: Agent) -> None:
    session = agent.ready()
    agent.complete(session, agent.delegated(session, DECLINED))
    declined = agent.seen(session, "ready_for_payment")
    assert [message["code"] for message in declined["messages"]] == ["payment_declined"]
    assert "order" not in declined
    agent.complete(session, agent.delegated(session))
    assert "order" in agent.seen(session, "completed")


def test_a_card_with_three_d_secure_is_charged_after_it_only(agent: Agent) -> None:
    session = agent.ready()
    token_id = agent.delegated(session, CHALLENGED)
    asked = agent.complete(session, token_id).json()
    assert asked["status"] == "authentication_required"
    assert asked["authentication_metadata"]["directory_server"] == "visa"
    details = {
        "three_ds_cryptogram": "AbCdEfGhIjKlMnOpQrStUvWxY0=",
        "electronic_commerce_indicator": "05",
        "transaction_id": "dsTransId_1",
        "version": "2.2.0",
    }
    passed = {"outcome": "authenticated", "outcome_details": details}
    agent.complete(session, token_id, authentication_result=passed)
    assert "order" in agent.seen(session, "completed")


def test_a_repeat_gets_the_very_bytes_of_the_first_answer(agent: Agent) -> None:
    session = agent.ready()
    token_id, key = agent.delegated(session), uuid4().hex
    agent.complete(session, token_id, key=key)
    agent.seen(session, "completed")
    first, second = (agent.complete(session, token_id, key=key) for _ in range(2))
    assert (second.content, second.headers["Idempotent-Replayed"]) == (first.content, "true")


@needs_the_schemas
def test_a_completed_session_is_one_by_the_published_schema(agent: Agent) -> None:
    session = agent.ready()
    agent.complete(session, agent.delegated(session))
    assert faults(agent.seen(session, "completed"), "CheckoutSessionWithOrder", CURRENT) == []
