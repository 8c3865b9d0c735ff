"""A shopping agent at the running system."""

import time
from typing import Any
from uuid import uuid4

import requests

from tests.e2e.shop import Shop
from tests.support.acp import CURRENT
from tests.support.checkout import ADDRESS, by_type, paid_by
from tests.support.vault import APPROVED, request

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
