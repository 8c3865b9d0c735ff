"""An agent at the checkout's functions: the shop behind them is DynamoDB, whatever stands in for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from handlers.checkout import (
    cancel_checkout_session,
    complete_checkout_session,
    create_checkout_session,
    get_checkout_session,
    update_checkout_session,
)
from orderflow.clients.client_key import ClientKey
from orderflow.clients.key_store import DynamoKeyBook
from orderflow.runtime.caller import Client
from orderflow.runtime.trail import Author
from tests.support.client_keys import client_key
from tests.support.frozen import START
from tests.support.gateway import Answer, call

VERSION = "2026-04-17"
SCOPES = ("checkout:read", "checkout:write")
ADDRESS = {
    "name": "Jane Doe",
    "line_one": "Unter den Linden 1",
    "city": "Berlin",
    "state": "BE",
    "country": "DE",
    "postal_code": "10117",
}
HEADERS = {"API-Version": VERSION, "Request-Id": "req-1"}


def key(key_id: str, *, scopes: tuple[str, ...] = SCOPES) -> ClientKey:
    """Return an agent's key, which may make more requests than any test does."""
    return client_key(key_id, scopes=scopes, rate_per_minute=6000, name=f"Agent {key_id}")


def keep(dynamodb: Any, tables: Mapping[str, str], agent: ClientKey) -> Client:
    """Keep a key in the table; return the client behind it."""
    book = DynamoKeyBook(dynamodb, tables["client-keys"], Author(tables["audit-trail"], "admin-1", "request-0"))
    book.add(agent, START)
    return Client(agent.key_id, agent.secrets[-1].serial, frozenset(agent.scopes), agent.owner, agent.rate_per_minute)


@dataclass
class Agent:
    """One client of the checkout; every request has its own Idempotency-Key unless one is given."""

    client: Client
    sent: int = 0
    headers: Mapping[str, str] = field(default_factory=lambda: dict(HEADERS))

    def create(self, *items: tuple[str, int], key: str | None = None, **pieces: Any) -> Answer:
        body = {
            "currency": "eur",
            "capabilities": {},
            "line_items": [{"id": product_id, "quantity": quantity} for product_id, quantity in items],
            **pieces,
        }
        return self.post(create_checkout_session.handler, "POST /checkout_sessions", body, key=key)

    def update(self, session_id: str, *, key: str | None = None, **pieces: Any) -> Answer:
        route = "POST /checkout_sessions/{checkoutSessionId}"
        return self.post(update_checkout_session.handler, route, pieces, session_id=session_id, key=key)

    def cancel(self, session_id: str, *, key: str | None = None, **pieces: Any) -> Answer:
        route = "POST /checkout_sessions/{checkoutSessionId}/cancel"
        return self.post(cancel_checkout_session.handler, route, pieces or None, session_id=session_id, key=key)

    def complete(self, session_id: str, token_id: str, *, key: str | None = None, **pieces: Any) -> Answer:
        route = "POST /checkout_sessions/{checkoutSessionId}/complete"
        body = {"payment_data": paid_by(token_id), **pieces}
        return self.post(complete_checkout_session.handler, route, body, session_id=session_id, key=key)

    def read(self, session_id: str) -> Answer:
        return call(
            get_checkout_session.handler,
            route="GET /checkout_sessions/{checkoutSessionId}",
            path={"checkoutSessionId": session_id},
            client=self.client,
            headers=dict(self.headers),
        )

    def post(self, handler: Any, route: str, body: Any, *, session_id: str | None = None, key: str | None) -> Answer:
        self.sent += 1
        return call(
            handler,
            route=route,
            path={"checkoutSessionId": session_id} if session_id else None,
            client=self.client,
            body=body,
            headers={**self.headers, "Idempotency-Key": key or f"{self.client.key_id}-{self.sent}"},
        )


def paid_by(token_id: str) -> dict[str, Any]:
    """Return payment data with a delegated token."""
    return {
        "handler_id": "card",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": token_id}},
    }


def by_type(totals: list[dict[str, Any]]) -> dict[str, int]:
    """Return a list of totals as amounts by type."""
    return {total["type"]: total["amount"] for total in totals}


def ready(agent: Agent, *codes: str) -> dict[str, Any]:
    """Return a session that can be paid."""
    pieces: dict[str, Any] = {"discounts": {"codes": list(codes)}} if codes else {}
    session = agent.create(
        ("MUG-01", 2), fulfillment_details={"address": ADDRESS}, buyer={"email": "jane@example.com"}, **pieces
    ).body
    option = session["fulfillment_options"][0]
    chosen = [{"type": "shipping", "option_id": option["id"], "item_ids": ["line_1"]}]
    answer = agent.update(session["id"], selected_fulfillment_options=chosen)
    assert answer.body["status"] == "ready_for_payment", answer.body
    return dict(answer.body)
