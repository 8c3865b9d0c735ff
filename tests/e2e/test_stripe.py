"""An environment that pays with Stripe: the same zips, with the settings that Terraform would give them."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator

import pytest
import requests

from tests.e2e.conftest import Stack
from tests.e2e.shop import Shop
from tests.support.stripe_account import shape
from tests.support.stripe_fake import API_KEY, FakeStripe, fake_stripe

FUNCTIONS = ("authorize_payment", "capture_payment", "void_payment", "refund_payment", "receive_stripe_event")
WEBHOOK_SECRET = "whsec_e2e"


@pytest.fixture(scope="module")
def stripe(stack: Stack) -> Iterator[FakeStripe]:
    """Give Stripe on loopback, and a stack that pays with it until the module is done."""
    functions = stack.client("lambda")
    names = [stack.output("function_names")[operation] for operation in FUNCTIONS]
    before = {name: functions.get_function_configuration(FunctionName=name)["Environment"] for name in names}
    secret = json.dumps({"apiKey": API_KEY, "webhookSecret": WEBHOOK_SECRET})
    arn = stack.client("secretsmanager").create_secret(Name="e2e-stripe", SecretString=secret)["ARN"]
    with fake_stripe() as fake:
        settings = {"PAYMENT_PROVIDER": "stripe", "STRIPE_SECRET_ARN": arn, "STRIPE_API_BASE": fake.base}
        try:
            for name, environment in before.items():
                variables = environment["Variables"] | settings
                functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
            yield fake
        finally:
            for name, environment in before.items():
                functions.update_function_configuration(FunctionName=name, Environment=environment)
            stack.client("secretsmanager").delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
        assert fake.broken == []


def deliver(shop: Shop, type_: str, subject: dict[str, object], secret: str = WEBHOOK_SECRET) -> requests.Response:
    """Send an event as Stripe does."""
    event = shape("event", id=f"evt_{type_}", type=type_, data={"object": subject})
    body, t = json.dumps(event, indent=2).encode(), int(time.time())
    signature = hmac.new(secret.encode(), f"{t}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={t},v1={signature}", "Content-Type": "application/json; charset=utf-8"}
    return requests.post(f"{shop.url}/webhooks/stripe", data=body, headers=headers, timeout=30)


def test_without_stripe_the_route_says_so(stack: Stack, shop: Shop) -> None:
    answer = deliver(shop, "payment_intent.succeeded", shape("payment_intent"))
    assert (answer.status_code, answer.json()["code"]) == (404, "STRIPE_NOT_IN_USE")


def test_an_order_is_held_taken_and_given_back_at_stripe(stripe: FakeStripe, customer: Shop) -> None:
    # Given
    order_id = customer.order(("ITEM001", 1), token="pm_card_visa").json()["orderId"]
    order = customer.finished(order_id, 150)
    assert order["status"] == "CONFIRMED", order
    assert stripe.account.taken(f"pay_{order_id}") == order["total"]
    # When
    assert customer.post(f"/orders/{order_id}/cancel", {}).status_code == 202
    deadline = time.monotonic() + 150
    while stripe.account.taken(f"pay_{order_id}"):
        assert time.monotonic() < deadline, "the money was not given back in time"
        time.sleep(0.5)
    # Then
    assert len(stripe.account.confirmed) == 1
    assert len(stripe.account.refunds) == 1


def test_a_card_that_stripe_declines_ends_the_order_and_holds_nothing(stripe: FakeStripe, customer: Shop) -> None:
    order_id = customer.order(("ITEM001", 1), token="pm_card_visa_chargeDeclined").json()["orderId"]
    order = customer.finished(order_id, 150)
    assert (order["status"], order["statusReason"]["code"]) == ("PAYMENT_FAILED", "PAYMENT_DECLINED"), order
    assert stripe.account.held(f"pay_{order_id}") == 0


def test_a_hold_left_over_on_a_declined_payment_is_released_when_stripe_tells_of_it(
    stripe: FakeStripe, customer: Shop, shop: Shop
) -> None:
    # Given: declined here, and Stripe holds the amount after all.
    order_id = customer.order(("ITEM001", 1), token="pm_card_visa_chargeDeclined").json()["orderId"]
    customer.finished(order_id, 150)
    (intent,) = [
        each for each in stripe.account.intents.values() if each["metadata"]["payment_id"] == f"pay_{order_id}"
    ]
    stripe.account.do("POST", f"/v1/payment_intents/{intent['id']}/confirm", {"payment_method": "pm_card_visa"})
    assert stripe.account.held(f"pay_{order_id}") > 0
    # When: somebody forges the event, then Stripe sends it.
    forged = deliver(shop, "payment_intent.amount_capturable_updated", intent, secret="whsec_guessed")
    held = stripe.account.held(f"pay_{order_id}")
    told = deliver(shop, "payment_intent.amount_capturable_updated", intent)
    # Then
    assert (forged.status_code, forged.json()["code"], held > 0) == (400, "SIGNATURE_REFUSED", True)
    assert (told.status_code, told.json()) == (200, {"received": True})
    assert stripe.account.held(f"pay_{order_id}") == 0
