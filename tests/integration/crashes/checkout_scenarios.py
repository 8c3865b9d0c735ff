"""What agents do in a shop, for the crash matrix: together these reach every write of the checkout."""

import os
from datetime import timedelta
from typing import Any
from unittest import mock

from orderflow.checkout.dialects.version import OLDER
from orderflow.checkout.ownership import owner_of
from orderflow.checkout.pricing.discount_book import DynamoDiscountBook
from orderflow.checkout.webhooks.delivery import Answer
from orderflow.checkout.webhooks.endpoint import SealedSecret
from orderflow.checkout.webhooks.endpoint_store import DynamoEndpointBook
from orderflow.checkout.webhooks.sealing import KmsSealer
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import from_item
from orderflow.runtime.trail import Author
from tests.integration.crashes.scenarios import PRODUCT, QUANTITY, Act, Scenario, asks_as_admin, ends
from tests.support.checkout import ADDRESS, HEADERS, by_type, keep, key, paid_by
from tests.support.gateway import event
from tests.support.quotes import discount
from tests.support.simulation.account import Shop, plain
from tests.support.simulation.agents import WELL, KeyService
from tests.support.simulation.judge import Expected
from tests.support.vault import APPROVED, DECLINED, request
from tests.support.webhooks import SECRETS, URL, endpoint

KEY_ID = "01JFR0ZEN0000000000000000A"
STUMBLING = "4000000000000119"
OLDER_URL, OTHER_URL = "https://older.example.com/", "https://other.example.com/"
CODE = "SPRING"
DOWN, GONE = Answer(3000, error="connection refused"), Answer(5, 410)


class Agent:
    """A client of the shop, who repeats with the same Idempotency-Key what is not answered."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.client = keep(plain("dynamodb"), shop.tables, key(KEY_ID))

    def sends(self, function: str, name: str, body: Any, session_id: str | None = None) -> Any:
        """Send a request that has a name of its own; return the answer's body."""
        route = "POST /checkout_sessions" + ("/{checkoutSessionId}" if session_id else "")
        sent = event(
            route=f"{route}/{name}",
            path={"checkoutSessionId": session_id} if session_id else None,
            client=self.client,
            body=body,
            headers={**HEADERS, **({"Idempotency-Key": f"a-key-to-{name}"} if name else {})},
        )
        answer = self.shop.ask(function, sent, tries=4)
        assert answer is not None, f"nobody ever answered {name}"
        assert answer["statusCode"] < 300, answer
        return answer["body"]

    def opens(self, *codes: str) -> dict[str, Any]:
        """Begin a session and choose how it is sent: it can be paid then."""
        session = self.sends("create_checkout_session", "open", opening(*codes))
        option = session["fulfillment_options"][0]["id"]
        chosen = [{"type": "shipping", "option_id": option, "item_ids": ["line_1"]}]
        update = {"selected_fulfillment_options": chosen}
        return dict(self.sends("update_checkout_session", "choose", update, session["id"]))

    def pays(
        self, session: dict[str, Any], card: str = APPROVED, name: str = "pay", *, named: bool = True
    ) -> dict[str, Any]:
        """Delegate a payment, with a key where it is named, and complete the session with the token."""
        allowance = {
            "max_amount": by_type(session["totals"])["total"],
            "currency": "eur",
            "checkout_session_id": session["id"],
            "expires_at": iso(self.shop.now + timedelta(hours=6)),
        }
        token = self.sends("delegate_payment", f"delegate-{name}" if named else "", request(card, allowance))
        body = {"payment_data": paid_by(token["id"])}
        return dict(self.sends("complete_checkout_session", name, body, session["id"]))


def opening(*codes: str) -> dict[str, Any]:
    """Return a create request for the one product."""
    return {
        "currency": "eur",
        "capabilities": {},
        "line_items": [{"id": PRODUCT, "quantity": QUANTITY}],
        "fulfillment_details": {"address": ADDRESS},
        "buyer": {"email": "jane@example.com"},
        **({"discounts": {"codes": list(codes)}} if codes else {}),
    }


def listens(shop: Shop, url: str = URL, number: int = 1, **facts: Any) -> None:
    """Add an endpoint of the agent before anything happens."""
    endpoint_id = f"01JFR0ZEN{number:017d}"
    sealed = KmsSealer(KeyService(), "a key").seal(SECRETS[0], endpoint_id)
    author = Author(shop.tables["audit-trail"], "admin-1", "request-0")
    added = endpoint(endpoint_id, client_id=KEY_ID, url=url, secrets=(SealedSecret(1, sealed),), **facts)
    DynamoEndpointBook(plain("dynamodb"), shop.tables["webhook-endpoints"], author).add(added, shop.now)


def placed_by(shop: Shop) -> list[str]:
    """Return the orders that there are: who waits no longer looks them up."""
    return [from_item(row)["orderId"] for row in shop.rows("orders")]


def order_of(answer: dict[str, Any]) -> list[str]:
    return [answer["order"]["id"]] if answer["status"] == "completed" else []


def buys(*, card: str = APPROVED, waits: bool = True, always: Answer = WELL) -> Act:
    """Let an agent buy that hears of it; `waits`: the order is made while it waits for the answer."""

    def act(shop: Shop) -> list[str]:
        listens(shop)
        shop.agents.always = always
        shop.sells_while_asked = waits
        agent = Agent(shop)
        return order_of(agent.pays(agent.opens(), card))

    return act


def is_shipped(shop: Shop) -> list[str]:
    """Buy, and have it sent: two endpoints hear of both, in their own versions, and one fails at first."""
    listens(shop)
    listens(shop, OLDER_URL, 2, api_version=OLDER)
    shop.agents.answers = [DOWN]
    agent = Agent(shop)
    agent.pays(agent.opens())
    shop.settle()
    (order_id,) = placed_by(shop)
    asks_as_admin(shop, "ship_order", order_id, "ship")
    return [order_id]


def is_declined_then_pays(shop: Shop) -> list[str]:
    """Pay with a card that is declined, and then with another: a code that took something off is used once."""
    DynamoDiscountBook(plain("dynamodb"), shop.tables["discounts"]).add(discount(CODE))
    listens(shop)
    shop.sells_while_asked = False
    agent = Agent(shop)
    session = agent.opens(CODE)
    agent.pays(session, DECLINED)
    shop.settle()
    shop.sells_while_asked = True
    return order_of(agent.pays(session, name="pay-again"))


def is_cancelled(shop: Shop) -> list[str]:
    agent = Agent(shop)
    agent.sends("cancel_checkout_session", "cancel", None, agent.opens()["id"])
    return []


def is_left(shop: Shop) -> list[str]:
    """Begin a session and forget it for longer than it lives."""
    Agent(shop).opens()
    shop.advance(hours=25)
    return []


def delegates_without_a_key(shop: Shop) -> list[str]:
    """Buy where no key is asked for: a token of which nobody was told is never used."""
    agent = Agent(shop)
    with mock.patch.dict(os.environ, {"CHECKOUT_MODE": "lenient"}):
        return order_of(agent.pays(agent.opens(), named=False))


def administers(shop: Shop, function: str, endpoint_id: str | None = None, **body: Any) -> Any:
    """Send an administrator's request about an endpoint, again when nobody answers."""
    path = {"endpointId": endpoint_id} if endpoint_id else None
    return shop.ask(function, event(user="admin-1", groups="[admin staff]", path=path, body=body or None))


def is_heard_at_a_new_endpoint(shop: Shop) -> list[str]:
    """Make an endpoint, move it and rotate its secret, then buy. Whoever had no answer finds it in the list."""
    agent = Agent(shop)
    administers(shop, "create_webhook_endpoint", clientId=KEY_ID, url=OTHER_URL)
    (endpoint_id,) = (row["endpointId"] for row in map(from_item, shop.rows("webhook-endpoints")) if "url" in row)
    administers(shop, "update_webhook_endpoint", endpoint_id, url=URL, status="ENABLED")
    administers(shop, "rotate_webhook_secret", endpoint_id, overlapSeconds=3600)
    return order_of(agent.pays(agent.opens()))


def loses_its_endpoint(shop: Shop) -> list[str]:
    """Buy, remove the endpoint, and have it sent: nobody is left to be told."""
    listens(shop)
    agent = Agent(shop)
    agent.pays(agent.opens())
    shop.settle()
    administers(shop, "delete_webhook_endpoint", f"01JFR0ZEN{1:017d}")
    (order_id,) = placed_by(shop)
    asks_as_admin(shop, "ship_order", order_id, "ship")
    return [order_id]


def asked_to_wait(shop: Shop) -> list[str]:
    """Let a receiver want its webhook an hour later: that is longer than a queue keeps a message back."""
    shop.agents.answers = [Answer(5, 503, retry_after=timedelta(hours=1))]
    return buys()(shop)


def is_behind_nonsense(shop: Shop) -> list[str]:
    """Buy while a record that nobody can read stands before the session's in the stream."""
    shop.agents.unreadable = [{"eventID": "record-1", "dynamodb": {"NewImage": {"sessionId": {"S": "cs_1"}}}}]
    return buys()(shop)


def sold(*statuses: str, **facts: Any) -> Expected:
    return ends(*statuses, **{"customer": owner_of(KEY_ID), "sessions": ("completed",), **facts})


CHECKOUT_SCENARIOS = (
    Scenario("bought by an agent", buys(), sold("CONFIRMED")),
    Scenario("bought by an agent that does not wait", buys(waits=False), sold("CONFIRMED")),
    Scenario("bought by an agent, and shipped", is_shipped, sold("SHIPPED")),
    Scenario(
        "an agent is declined, then pays",
        is_declined_then_pays,
        sold("PAYMENT_FAILED", "CONFIRMED", orders=frozenset({2})),
    ),
    Scenario("the vault does not answer at first", buys(card=STUMBLING), sold("CONFIRMED")),
    Scenario("an agent delegates without a key", delegates_without_a_key, sold("CONFIRMED")),
    Scenario("an agent cancels its session", is_cancelled, sold(orders=frozenset({0}), sessions=("canceled",))),
    Scenario("an agent leaves its session", is_left, sold(orders=frozenset({0}), sessions=("expired",))),
    Scenario("a receiver is gone", buys(always=GONE), sold("CONFIRMED", deliveries=frozenset({"STOPPED"}))),
    Scenario("a receiver asks to wait", asked_to_wait, sold("CONFIRMED")),
    Scenario("bought by an agent behind what nobody can read", is_behind_nonsense, sold("CONFIRMED")),
    Scenario("bought by an agent with a new endpoint", is_heard_at_a_new_endpoint, sold("CONFIRMED")),
    Scenario("bought by an agent that loses its endpoint", loses_its_endpoint, sold("SHIPPED")),
)
