"""Stripe behind the provider port: the contract of all adapters, and what Stripe alone can do to a charge."""

import dataclasses
import re

import pytest

from orderflow.payments.errors import (
    PaymentDeclinedError,
    PaymentProviderMisconfiguredError,
    PaymentProviderUnavailableError,
    PaymentTimeoutError,
)
from orderflow.payments.provider import Charge, ChargeState, ProviderCharge
from orderflow.payments.stripe_http import API_VERSION, StripeHttp
from orderflow.payments.stripe_provider import StripeProvider
from tests.support.provider_contract import CHARGE, KEY, RememberingProviderContract
from tests.support.stripe_fake import API_KEY, BUSY, FakeStripe

VISA = "pm_card_visa"
CREATE, CONFIRM, CAPTURE, CANCEL = (
    rf"POST /v1/payment_intents{end}$" for end in ("", r"/pi_\w+/confirm", r"/pi_\w+/capture", r"/pi_\w+/cancel")
)
REFUND = "POST /v1/refunds$"


class TestStripeProvider(RememberingProviderContract):
    approving_token = pytest.fixture(lambda self: VISA)
    declining_token = pytest.fixture(lambda self: "pm_card_visa_chargeDeclined")


def hold(provider: StripeProvider, attempt: int = 1, token: str = VISA) -> str:
    return provider.authorize(CHARGE, token=token, attempt=attempt)


def take(provider: StripeProvider) -> str:
    reference = hold(provider)
    provider.capture(CHARGE, reference=reference)
    return reference


def test_a_payment_takes_three_requests_on_one_connection_each_with_key_version_and_bearer(
    stripe: FakeStripe, provider: StripeProvider
) -> None:
    take(provider)
    assert [each.path for each in stripe.sent] == [
        "/v1/payment_intents", "/v1/payment_intents/pi_1/confirm", "/v1/payment_intents/pi_1/capture",
    ]  # fmt: skip
    assert len({each.connection for each in stripe.sent}) == 1
    assert {each.headers["Stripe-Version"] for each in stripe.sent} == {API_VERSION}
    assert {each.headers["Authorization"] for each in stripe.sent} == {f"Bearer {API_KEY}"}
    keys = [each.headers["Idempotency-Key"] for each in stripe.sent]
    assert keys[:2] == [f"{KEY}:create", f"{KEY}:confirm:1"]
    assert re.fullmatch(rf"{KEY}:capture:[0-9A-Z]{{26}}", keys[2])


def test_an_intent_is_made_unconfirmed_for_the_amount_and_says_whose_it_is(
    stripe: FakeStripe, provider: StripeProvider
) -> None:
    hold(provider)
    made, confirmed = stripe.sent
    assert made.form == {
        "amount": "1999",
        "currency": "eur",
        "capture_method": "manual",
        "payment_method_types[]": "card",
        "metadata[payment_id]": KEY,
        "expand[]": "latest_charge",
    }
    assert confirmed.form == {"payment_method": VISA, "error_on_requires_action": "true"}
    assert (stripe.account.held(KEY), stripe.account.taken(KEY)) == (1999, 0)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("pm_card_visa_chargeDeclined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedStolenCard", "generic_decline"),
        ("pm_card_authenticationRequired", "authentication_required"),
    ],
)
def test_a_decline_says_what_a_customer_may_know_and_the_card_is_asked_once(
    stripe: FakeStripe, provider: StripeProvider, token: str, code: str
) -> None:
    for attempt in (1, 2, 3):
        with pytest.raises(PaymentDeclinedError) as declined:
            hold(provider, attempt, token)
        assert declined.value.decline_code == code
    assert provider.look_up(CHARGE, token=token, reference=None).decline_code == code
    assert stripe.account.confirmed == ["pi_1"]


@pytest.mark.parametrize("kind", ["hangs_after", "drops_after", "fails_after"])
def test_a_hold_whose_answer_was_lost_is_found_and_never_made_twice(
    stripe: FakeStripe, provider: StripeProvider, kind: str
) -> None:
    # Given: Stripe held the amount, and nobody heard of it.
    stripe.fail(kind, CONFIRM, times=2 if kind == "drops_after" else 1)
    with pytest.raises((PaymentTimeoutError, PaymentProviderUnavailableError)):
        hold(provider)
    # When and then: asking finds it, and so does the next attempt.
    assert provider.look_up(CHARGE, token=VISA, reference=None) == ProviderCharge(ChargeState.AUTHORIZED, "pi_1")
    assert hold(provider, attempt=2) == "pi_1"
    assert stripe.account.confirmed == ["pi_1"]
    assert stripe.account.held(KEY) == 1999


@pytest.mark.parametrize("kind", ["hangs_before", "drops_before", "fails_before"])
def test_a_hold_that_came_to_nothing_is_found_so_and_made_by_the_next_attempt(
    stripe: FakeStripe, provider: StripeProvider, kind: str
) -> None:
    stripe.fail(kind, CONFIRM, times=2 if kind == "drops_before" else 1)
    with pytest.raises((PaymentTimeoutError, PaymentProviderUnavailableError)):
        hold(provider)
    assert provider.look_up(CHARGE, token=VISA, reference=None) == ProviderCharge(ChargeState.NONE)
    assert hold(provider, attempt=2) == "pi_1"
    assert stripe.account.held(KEY) == 1999


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("hangs_after", PaymentTimeoutError),
        ("drops_before", PaymentTimeoutError),
        ("drops_after", PaymentTimeoutError),
        ("fails_after", PaymentProviderUnavailableError),
        ("bad_gateway", PaymentProviderUnavailableError),
        *((busy, PaymentProviderUnavailableError) for busy in BUSY),
    ],
)
@pytest.mark.parametrize("on", [CONFIRM, CAPTURE, CANCEL, REFUND])
def test_only_a_request_that_was_sent_and_not_answered_has_an_unknown_outcome(
    stripe: FakeStripe, provider: StripeProvider, on: str, kind: str, raised: type[Exception]
) -> None:
    def whole_way() -> None:
        if on == CANCEL:
            provider.void(CHARGE, reference=hold(provider))
        else:
            provider.refund(take(provider), amount=1, currency="EUR", idempotency_key="r")

    stripe.fail(kind, on, times=2 if kind.startswith("drops") else 1)
    with pytest.raises(raised):
        whole_way()


def test_making_the_intent_charges_nobody_so_its_loss_is_no_unknown_outcome(
    stripe: FakeStripe, provider: StripeProvider
) -> None:
    stripe.fail("hangs_after", CREATE)
    with pytest.raises(PaymentProviderUnavailableError):
        hold(provider)
    assert hold(provider, attempt=2) == "pi_1"


def test_a_connection_that_stripe_closed_meanwhile_is_replaced_and_the_request_sent_again(
    stripe: FakeStripe, provider: StripeProvider
) -> None:
    stripe.fail("drops_before", CONFIRM)
    assert hold(provider) == "pi_1"
    stripe.fail("drops_after", CAPTURE)
    provider.capture(CHARGE, reference="pi_1")
    assert len({each.connection for each in stripe.sent}) == 3
    assert stripe.account.confirmed == ["pi_1"]
    assert stripe.account.taken(KEY) == 1999


def test_without_a_server_nothing_was_sent_and_repeating_is_safe() -> None:
    nowhere = StripeProvider(StripeHttp("http://127.0.0.1:9", lambda: API_KEY))
    with pytest.raises(PaymentProviderUnavailableError):
        hold(nowhere)


@pytest.mark.parametrize("on", [CAPTURE, CANCEL])
def test_a_saved_failure_is_not_repeated_for_a_day(stripe: FakeStripe, provider: StripeProvider, on: str) -> None:
    reference = hold(provider)
    stripe.fail("fails_before", on)
    act = provider.capture if on == CAPTURE else provider.void
    with pytest.raises(PaymentProviderUnavailableError):
        act(CHARGE, reference=reference)
    act(CHARGE, reference=reference)
    assert stripe.account.held(KEY) == 0


def test_days_later_a_charge_is_found_by_what_it_says_of_itself_and_no_second_one_is_made(
    stripe: FakeStripe, provider: StripeProvider
) -> None:
    reference = hold(provider)
    stripe.forget_keys()
    assert provider.look_up(CHARGE, token=VISA, reference=None).reference == reference
    assert hold(provider, attempt=2) == reference
    assert stripe.account.held(KEY) == 1999
    assert stripe.account.confirmed == [reference]


def test_within_a_day_the_key_finds_a_charge_that_the_search_does_not_know_yet(
    stripe: FakeStripe, provider: StripeProvider
) -> None:
    stripe.account.search_trails = True
    reference = hold(provider)
    assert provider.look_up(CHARGE, token=VISA, reference=None).reference == reference
    provider.void(CHARGE, reference=None)
    assert stripe.account.held(KEY) == 0


def test_a_void_before_the_first_attempt_arrives_is_the_last_word(stripe: FakeStripe, provider: StripeProvider) -> None:
    provider.void(CHARGE, reference=None)
    for attempt in (1, 2):
        with pytest.raises(PaymentDeclinedError, match="authorization_released"):
            hold(provider, attempt)
    assert stripe.account.confirmed == []


def test_a_void_days_later_reaches_every_intent_of_the_charge(stripe: FakeStripe, provider: StripeProvider) -> None:
    hold(provider)
    stripe.forget_keys()
    stripe.account.search_trails = True
    hold(provider)  # what an attempt would do that cannot see the first
    assert stripe.account.held(KEY) == 2 * 1999
    stripe.account.search_trails = False
    provider.void(CHARGE, reference=None)
    assert stripe.account.held(KEY) == 0


def test_a_void_of_what_was_taken_gives_back_exactly_what_is_left(stripe: FakeStripe, provider: StripeProvider) -> None:
    reference = take(provider)
    provider.refund(reference, amount=500, currency="EUR", idempotency_key="r1")
    for known in (reference, None):
        provider.void(CHARGE, reference=known)
    assert stripe.account.taken(KEY) == 0
    assert [each["amount"] for each in stripe.account.refunds.values()] == [500, 1499]
    assert provider.look_up(CHARGE, token=VISA, reference=reference).state is ChargeState.VOIDED


def test_a_void_whose_refund_was_not_answered_is_unknown_and_then_no_second_refund(
    stripe: FakeStripe, provider: StripeProvider
) -> None:
    reference = take(provider)
    stripe.fail("hangs_after", REFUND)
    with pytest.raises(PaymentTimeoutError):
        provider.void(CHARGE, reference=reference)
    provider.void(CHARGE, reference=reference)
    assert len(stripe.account.refunds) == 1


def test_a_capture_and_a_void_at_once_end_with_nothing_taken(stripe: FakeStripe, provider: StripeProvider) -> None:
    # Given: the void saw the hold, and the capture came first.
    reference = hold(provider)
    intent = provider.http.get(f"/v1/payment_intents/{reference}")
    provider.capture(CHARGE, reference=reference)
    # When
    provider._void(CHARGE, intent)
    # Then
    assert (stripe.account.held(KEY), stripe.account.taken(KEY)) == (0, 0)


def test_two_voids_at_once_are_one_refund_by_their_key(stripe: FakeStripe, provider: StripeProvider) -> None:
    # Given: both saw that nothing had been given back.
    reference = take(provider)
    intent = provider.http.get(f"/v1/payment_intents/{reference}", **{"expand[]": "latest_charge"})
    # When
    for _ in range(2):
        provider._void(CHARGE, intent)
    # Then
    keys = [each.headers["Idempotency-Key"] for each in stripe.sent if each.path == "/v1/refunds"]
    assert keys == [f"{KEY}:void:1999"] * 2
    assert len(stripe.account.refunds) == 1


def test_partial_refunds_have_a_key_each_and_never_exceed_what_was_taken(
    stripe: FakeStripe, provider: StripeProvider
) -> None:
    reference = take(provider)
    first, again, second = (
        provider.refund(reference, amount=amount, currency="EUR", idempotency_key=key)
        for amount, key in ((1500, "r1"), (1500, "r1"), (499, "r2"))
    )
    assert first == again != second
    assert stripe.account.taken(KEY) == 0
    other = dataclasses.replace(CHARGE, idempotency_key="pay_other")
    reference = provider.authorize(other, token=VISA, attempt=1)
    provider.capture(other, reference=reference)
    provider.refund(reference, amount=1500, currency="EUR", idempotency_key="r3")
    with pytest.raises(PaymentProviderMisconfiguredError, match="400 invalid_request_error"):
        provider.refund(reference, amount=500, currency="EUR", idempotency_key="r4")
    assert stripe.account.taken("pay_other") == 499


def test_a_refund_asked_again_after_stripe_forgot_the_key_is_still_the_same(
    stripe: FakeStripe, provider: StripeProvider
) -> None:
    reference = take(provider)
    first = provider.refund(reference, amount=500, currency="EUR", idempotency_key="r1")
    stripe.forget_keys()
    assert provider.refund(reference, amount=500, currency="EUR", idempotency_key="r1") == first
    assert stripe.account.taken(KEY) == 1499


def test_a_refund_that_failed_at_the_bank_does_not_count_as_given(stripe: FakeStripe, provider: StripeProvider) -> None:
    reference = take(provider)
    first = provider.refund(reference, amount=500, currency="EUR", idempotency_key="r1")
    stripe.account.refunds[first]["status"] = "failed"
    stripe.forget_keys()
    assert provider.refund(reference, amount=500, currency="EUR", idempotency_key="r1") != first


def test_what_somebody_gave_back_at_the_dashboard_needs_no_refund(stripe: FakeStripe, provider: StripeProvider) -> None:
    reference = take(provider)
    stripe.account.do("POST", "/v1/refunds", {"payment_intent": reference, "amount": "1999"})
    assert provider.refund(reference, amount=1999, currency="EUR", idempotency_key="r1") == "re_1"
    provider.void(CHARGE, reference=reference)
    assert stripe.account.taken(KEY) == 0


def test_a_hold_that_lapsed_can_no_longer_be_taken(stripe: FakeStripe, provider: StripeProvider) -> None:
    reference = hold(provider)
    stripe.account.expire(KEY)
    with pytest.raises(PaymentDeclinedError, match="authorization_released"):
        provider.capture(CHARGE, reference=reference)
    assert provider.look_up(CHARGE, token=VISA, reference=reference) == ProviderCharge(ChargeState.VOIDED, reference)


def test_while_stripe_does_not_know_nobody_does(stripe: FakeStripe, provider: StripeProvider) -> None:
    reference = hold(provider)
    stripe.account.intents[reference]["status"] = "processing"
    with pytest.raises(PaymentProviderUnavailableError):
        provider.look_up(CHARGE, token=VISA, reference=reference)
    for ask in (lambda: hold(provider, 2), lambda: provider.void(CHARGE, reference=reference)):
        with pytest.raises(PaymentTimeoutError):
            ask()


def test_an_intent_that_waits_for_a_customer_is_a_decline_and_can_be_voided(
    stripe: FakeStripe, provider: StripeProvider
) -> None:
    reference = hold(provider)
    stripe.account.intents[reference] |= {"status": "requires_action", "amount_capturable": 0}
    with pytest.raises(PaymentDeclinedError, match="authentication_required"):
        hold(provider, attempt=2)
    provider.void(CHARGE, reference=reference)
    assert stripe.account.intents[reference]["status"] == "canceled"


def test_another_amount_under_the_same_key_is_refused_and_charges_nobody(
    stripe: FakeStripe, provider: StripeProvider
) -> None:
    hold(provider)
    with pytest.raises(PaymentProviderMisconfiguredError, match="400 idempotency_error"):
        provider.authorize(Charge(KEY, 2000, "EUR"), token=VISA, attempt=2)
    assert stripe.account.held(KEY) == 1999


@pytest.mark.parametrize("currency", ["ISK", "MGA", "UGX"])
def test_a_currency_that_stripe_counts_differently_is_refused_before_anything_is_sent(
    stripe: FakeStripe, provider: StripeProvider, currency: str
) -> None:
    with pytest.raises(PaymentProviderMisconfiguredError, match=currency):
        provider.authorize(Charge(KEY, 1999, currency), token=VISA, attempt=1)
    assert stripe.sent == []


@pytest.mark.parametrize(("kind", "status"), [("missing_permission", 403), (None, 401)])
def test_a_key_that_is_refused_is_named_as_a_fault_of_ours_and_never_shown(
    stripe: FakeStripe, kind: str | None, status: int
) -> None:
    refused: list[str] = []
    wrong = "rk_test_wrong" if kind is None else API_KEY
    provider = StripeProvider(StripeHttp(stripe.base, lambda: wrong, lambda: refused.append("refused")))
    if kind:
        stripe.fail(kind, "POST")
    with pytest.raises(PaymentProviderMisconfiguredError, match=f"{status} .*, request req_1") as told:
        hold(provider)
    assert "rk_test" not in repr(told.value) + told.value.message + repr(provider)
    assert refused == (["refused"] if status == 401 else [])
    assert len(stripe.sent) == 1


def test_a_key_that_was_rolled_is_read_anew_and_the_request_sent_again(stripe: FakeStripe) -> None:
    keys = ["rk_test_old"]
    stripe.api_keys = {"rk_test_new"}
    provider = StripeProvider(StripeHttp(stripe.base, lambda: keys[-1], lambda: keys.append("rk_test_new")))
    assert hold(provider) == "pi_1"
    assert keys == ["rk_test_old", "rk_test_new"]


def test_a_token_that_stripe_does_not_know_is_a_decline_that_does_not_show_it(
    stripe: FakeStripe, provider: StripeProvider
) -> None:
    for attempt in (1, 2):
        with pytest.raises(PaymentDeclinedError, match="unknown_token") as declined:
            hold(provider, attempt, token="pm_of_somebody_else")
        assert "pm_of" not in declined.value.message
    assert stripe.account.held(KEY) == 0


def test_the_charge_behind_an_intent_is_ours_or_none(stripe: FakeStripe, provider: StripeProvider) -> None:
    reference = hold(provider)
    assert provider.charge_of(reference) == CHARGE
    stripe.account.intents[reference]["metadata"] = {}
    assert provider.charge_of(reference) is None
