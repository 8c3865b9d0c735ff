"""POST /webhooks/stripe, from API Gateway's event to Stripe, the payment's row and the log."""

import hashlib
import hmac
import io
import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from handlers.payments import receive_stripe_event
from orderflow.payments import stripe_provider as adapter
from orderflow.payments.payment import PaymentStatus
from orderflow.payments.provider_choice import payment_provider
from orderflow.payments.stripe_provider import StripeProvider
from orderflow.runtime import secret as secrets
from orderflow.runtime.dynamo import from_item, to_item
from tests.support.gateway import Answer, call
from tests.support.provider_contract import CHARGE, KEY
from tests.support.stripe_account import shape
from tests.support.stripe_fake import API_KEY, FakeStripe

WEBHOOK_SECRET = "whsec_fake_and_never_to_be_logged"


class Stage:
    """One payment's row, the Stripe account, and deliveries as Stripe makes them."""

    def __init__(self, stripe: FakeStripe, provider: StripeProvider, dynamodb: Any, table: str) -> None:
        self.stripe, self.provider = stripe, provider
        self._dynamodb, self._table = dynamodb, table

    def payment(self, status: PaymentStatus) -> None:
        row = {"paymentId": KEY, "orderId": KEY.removeprefix("pay_"), "status": status.value, "attempts": 1,
               "amount": 1999, "currency": "EUR", "history": []}  # fmt: skip
        self._dynamodb.put_item(TableName=self._table, Item=to_item(row))

    @property
    def row(self) -> dict[str, Any] | None:
        answer = self._dynamodb.get_item(TableName=self._table, Key=to_item({"paymentId": KEY}), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    @property
    def events(self) -> list[tuple[str, str]]:
        return [(each["eventId"], each["reaction"]) for each in (self.row or {}).get("providerEvents", [])]

    def deliver(
        self, type_: str, subject: dict[str, Any], event_id: str = "evt_1", secret: str = WEBHOOK_SECRET, age: int = 0
    ) -> Answer:
        """Send an event, signed `age` seconds ago."""
        # Spaces and an umlaut: whoever parses and writes again sends other bytes.
        event = shape("event", id=event_id, type=type_, data={"object": subject | {"description": "Zoë"}})
        body, t = json.dumps(event, indent=1, ensure_ascii=False), int(time.time()) - age
        signature = hmac.new(secret.encode(), f"{t}.{body}".encode(), hashlib.sha256).hexdigest()
        headers = {"Stripe-Signature": f"t={t},v1={signature},v0=x", "Content-Type": "application/json; charset=utf-8"}
        return call(receive_stripe_event.handler, body=body, headers=headers)

    def intent(self) -> dict[str, Any]:
        return self.stripe.account.do("GET", "/v1/payment_intents/pi_1", {})[1]


@pytest.fixture
def secret_arn(moto: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Give a way to change what the account's secret holds; it is in order at first."""
    manager = boto3.client("secretsmanager")
    whole = json.dumps({"apiKey": API_KEY, "webhookSecret": WEBHOOK_SECRET})
    arn = manager.create_secret(Name="orderflow-test-stripe", SecretString=whole)["ARN"]
    monkeypatch.setenv("STRIPE_SECRET_ARN", arn)
    monkeypatch.setattr(secrets, "_read", {})

    def change(text: str) -> None:
        manager.put_secret_value(SecretId=arn, SecretString=text)

    return change


@pytest.fixture
def stage(
    stripe: FakeStripe,
    provider: StripeProvider,
    dynamodb: Any,
    tables: dict[str, str],
    secret_arn: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Stage:
    monkeypatch.setenv("PAYMENT_PROVIDER", "stripe")
    monkeypatch.setenv("STRIPE_API_BASE", stripe.base)
    adapter.stripe_keys.cache_clear()
    adapter.stripe_provider.cache_clear()
    return Stage(stripe, provider, dynamodb, tables["payments"])


def test_the_setting_chooses_stripe_with_one_pool_a_container(stage: Stage) -> None:
    chosen = payment_provider("stripe")
    assert chosen is payment_provider("stripe")
    reference = chosen.authorize(CHARGE, token="pm_card_visa", attempt=1)
    chosen.capture(CHARGE, reference=reference)
    assert stage.stripe.account.taken(KEY) == 1999


@pytest.mark.parametrize("captured", [False, True])
def test_a_charge_left_over_on_a_voided_payment_is_returned_once_however_often_it_is_told(
    stage: Stage, captured: bool, logged: io.StringIO
) -> None:
    # Given: Stripe holds or took what our record says nobody owes.
    reference = stage.provider.authorize(CHARGE, token="pm_card_visa", attempt=1)
    if captured:
        stage.provider.capture(CHARGE, reference=reference)
    stage.payment(PaymentStatus.VOIDED)
    type_ = "payment_intent.succeeded" if captured else "payment_intent.amount_capturable_updated"
    # When
    answers = [stage.deliver(type_, stage.intent()) for _ in range(3)]
    # Then
    assert [(answer.status, answer.body) for answer in answers] == [(200, {"received": True})] * 3
    assert (stage.stripe.account.held(KEY), stage.stripe.account.taken(KEY)) == (0, 0)
    assert len(stage.stripe.account.refunds) == captured
    assert stage.events == [("evt_1", "LEFTOVER_RETURNED")]
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    acted = [line for line in lines if line.get("event") == "PROVIDER_EVENT_ACTED_ON"]
    assert [line["repeated"] for line in acted] == [False, True, True]
    assert {line["payment_id"] for line in acted} == {KEY}


def test_the_row_tells_what_came_when_and_what_was_done_and_keeps_its_status(stage: Stage) -> None:
    stage.provider.authorize(CHARGE, token="pm_card_visa", attempt=1)
    stage.payment(PaymentStatus.CAPTURED)
    stage.deliver("payment_intent.amount_capturable_updated", stage.intent())
    stage.deliver("payment_intent.canceled", stage.intent(), event_id="evt_2")
    row = stage.row
    assert row is not None
    assert row["status"] == "CAPTURED"
    assert row["providerEventIds"] == {"evt_1", "evt_2"}
    assert row["providerEvents"][0].pop("at").endswith("Z")
    assert row["providerEvents"][0] == {
        "eventId": "evt_1",
        "type": "payment_intent.amount_capturable_updated",
        "reaction": "RECORDED",
        "reference": "pi_1",
        "occurredAt": "2026-01-02T03:04:05.000Z",
    }
    assert [each["eventId"] for each in row["providerEvents"]] == ["evt_1", "evt_2"]
    assert stage.stripe.account.held(KEY) == 1999


@pytest.mark.parametrize(
    ("type_", "subject"),
    [
        ("charge.dispute.created", shape("dispute", payment_intent="pi_1")),
        ("refund.created", shape("refund", payment_intent="pi_1")),
        ("refund.failed", shape("refund", payment_intent="pi_1", metadata={"refund_key": "r"}, status="failed")),
    ],
)
def test_a_move_made_elsewhere_is_recorded_and_counted_for_the_alarm(
    stage: Stage, capsys: pytest.CaptureFixture[str], type_: str, subject: dict[str, Any]
) -> None:
    stage.provider.authorize(CHARGE, token="pm_card_visa", attempt=1)
    stage.payment(PaymentStatus.CAPTURED)
    assert stage.deliver(type_, subject).status == 200
    assert stage.events == [("evt_1", "NEEDS_A_PERSON")]
    assert '"PaymentsMovedAtProvider":[1.0]' in capsys.readouterr().out


def test_our_own_refund_is_only_noted(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    reference = stage.provider.authorize(CHARGE, token="pm_card_visa", attempt=1)
    stage.provider.capture(CHARGE, reference=reference)
    refund = stage.provider.refund(reference, amount=1999, currency="EUR", idempotency_key="refund_1")
    stage.payment(PaymentStatus.CAPTURED)
    assert stage.deliver("refund.created", stage.stripe.account.refunds[refund]).status == 200
    assert stage.events == [("evt_1", "RECORDED")]
    assert "PaymentsMovedAtProvider" not in capsys.readouterr().out


def test_charges_of_others_and_types_without_meaning_are_accepted_and_touch_nothing(stage: Stage) -> None:
    stage.provider.authorize(CHARGE, token="pm_card_visa", attempt=1)
    assert stage.deliver("payment_intent.succeeded", stage.intent()).status == 200
    assert stage.row is None
    stage.payment(PaymentStatus.VOIDED)
    asked = len(stage.stripe.sent)
    assert stage.deliver("customer.created", {"id": "cus_1", "object": "customer"}).status == 200
    assert stage.events == []
    assert len(stage.stripe.sent) == asked
    assert stage.stripe.account.held(KEY) == 1999


@pytest.mark.parametrize("on", ["GET ", "POST .*/cancel"])
def test_what_could_not_be_done_is_asked_for_again_by_a_503(stage: Stage, on: str) -> None:
    stage.provider.authorize(CHARGE, token="pm_card_visa", attempt=1)
    stage.payment(PaymentStatus.VOIDED)
    stage.stripe.fail("fails_before", on)
    answer = stage.deliver("payment_intent.amount_capturable_updated", stage.intent())
    assert (answer.status, answer.code) == (503, "PAYMENT_PROVIDER_UNAVAILABLE")
    assert stage.events == []
    assert stage.deliver("payment_intent.amount_capturable_updated", stage.intent()).status == 200
    assert stage.stripe.account.held(KEY) == 0


@pytest.mark.parametrize("forged", [{"secret": "whsec_other"}, {"age": 301}, {"age": -310}])
def test_what_stripe_did_not_sign_just_now_does_nothing_and_is_told_nothing(
    stage: Stage, capsys: pytest.CaptureFixture[str], forged: dict[str, Any]
) -> None:
    stage.provider.authorize(CHARGE, token="pm_card_visa", attempt=1)
    stage.payment(PaymentStatus.VOIDED)
    answer = stage.deliver("payment_intent.amount_capturable_updated", stage.intent(), **forged)
    assert (answer.status, answer.code) == (400, "SIGNATURE_REFUSED")
    assert set(answer.body) == {"code", "message", "requestId"}
    assert stage.stripe.account.held(KEY) == 1999
    assert stage.events == []
    assert '"ProviderSignaturesRefused":[1.0]' in capsys.readouterr().out


def test_without_a_signature_nothing_is_believed(stage: Stage) -> None:
    assert call(receive_stripe_event.handler, body="{}").code == "SIGNATURE_REFUSED"


def test_a_secret_that_is_not_in_order_is_named_and_answered_without_its_content(
    stage: Stage, secret_arn: Callable[[str], None], logged: io.StringIO
) -> None:
    for broken in ("rk_plain_text", "[]", '{"apiKey": "rk_x"}', json.dumps({"webhookSecret": "whsec_x\n"})):
        secret_arn(broken)
        answer = stage.deliver("customer.created", {})
        assert (answer.status, answer.code) == (500, "PAYMENT_PROVIDER_MISCONFIGURED")
        assert "webhookSecret" in answer.body["message"]
        for kept in ("rk_", "whsec_", "arn:"):
            assert kept not in answer.body["message"] + logged.getvalue()


def test_where_another_provider_is_paid_with_the_route_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYMENT_PROVIDER", "sandbox")
    monkeypatch.delenv("STRIPE_SECRET_ARN")
    answer = stage.deliver("customer.created", {})
    assert (answer.status, answer.code) == (404, "STRIPE_NOT_IN_USE")


def test_no_secret_ever_reaches_the_log(stage: Stage, logged: io.StringIO) -> None:
    stage.provider.authorize(CHARGE, token="pm_card_visa", attempt=1)
    stage.payment(PaymentStatus.VOIDED)
    stage.stripe.fail("fails_before", "POST .*/cancel")
    for _ in range(2):
        stage.deliver("payment_intent.amount_capturable_updated", stage.intent())
    stage.stripe.api_keys = {"another"}
    stage.deliver("payment_intent.amount_capturable_updated", stage.intent())
    assert "PROVIDER_EVENT_ACTED_ON" in logged.getvalue()
    assert "PAYMENT_PROVIDER_MISCONFIGURED" in logged.getvalue()
    for kept in (API_KEY, WEBHOOK_SECRET, "Zoë", "v1="):
        assert kept not in logged.getvalue()
