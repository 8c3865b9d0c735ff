"""A delegated token pays what it was allowed for, once, and each refusal says which allowance it breaks."""

from datetime import timedelta
from typing import Any

import pytest

from orderflow.checkout.dialects import down
from orderflow.checkout.vault.errors import (
    AuthenticationRequiredError,
    TokenAmountError,
    TokenCurrencyError,
    TokenExpiredError,
    TokenOfOtherMerchantError,
    TokenOfOtherSessionError,
    TokenRefusedError,
    TokenUnknownError,
    TokenUsedError,
)
from orderflow.checkout.vault.token import VaultToken
from orderflow.checkout.vault.tokens import check, is_authenticated
from tests.support.acp import CURRENT, OLDER, faults, published
from tests.support.vault import UNTIL, token


def charged(held: VaultToken | None, **changes: Any) -> str:
    asked: dict[str, Any] = {
        "amount": 2000,
        "currency": "USD",
        "session_id": "cs_1",
        "client_id": "agent-1",
        "merchant_id": "orderflow-test",
        "order_id": "order-1",
        "authenticated": False,
        "now": UNTIL - timedelta(seconds=1),
    }
    return check(held, **(asked | changes))


def test_a_token_pays_up_to_its_amount_until_its_last_second() -> None:
    assert charged(token(payment_token="sandbox_decline")) == "sandbox_decline"
    assert charged(token(), amount=0) == "sandbox_approve"


REFUSALS: dict[str, tuple[VaultToken | None, dict[str, Any], type[TokenRefusedError], str]] = {
    "there is no such token": (None, {}, TokenUnknownError, "invalid"),
    "another client's": (token(client_id="agent-2"), {}, TokenUnknownError, "invalid"),
    "another session's": (token(session_id="cs_2"), {}, TokenOfOtherSessionError, "invalid"),
    "another merchant's": (token(merchant_id="acme"), {}, TokenOfOtherMerchantError, "invalid"),
    "used for another order": (token(used_for="order-0"), {}, TokenUsedError, "conflict"),
    "its time is over": (token(), {"now": UNTIL}, TokenExpiredError, "expired"),
    "another currency": (token(currency="eur"), {}, TokenCurrencyError, "invalid"),
    "a minor unit too much": (token(), {"amount": 2001}, TokenAmountError, "maximum_exceeded"),
    "not authenticated": (token(challenge=True), {}, AuthenticationRequiredError, "requires_3ds"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_each_refusal_has_its_name_and_its_message(case: str) -> None:
    held, changes, refusal, code = REFUSALS[case]
    with pytest.raises(TokenRefusedError) as caught:
        charged(held, **changes)
    assert type(caught.value) is refusal
    message = caught.value.as_message()
    assert (message["type"], message["code"]) == ("error", code)
    assert message["param"] == "$.payment_data.instrument.credential.token"
    assert message["content"] == caught.value.message


@published
@pytest.mark.parametrize("case", REFUSALS)
def test_each_message_fits_both_versions(case: str) -> None:
    held, changes, _, _ = REFUSALS[case]
    with pytest.raises(TokenRefusedError) as caught:
        charged(held, **changes)
    message = caught.value.as_message()
    session = {"id": "a", "status": "ready_for_payment", "currency": "usd", "capabilities": {}}
    whole = {
        **session,
        **{key: [] for key in ("line_items", "totals", "fulfillment_options", "links")},
        "messages": [message],
    }
    assert faults(whole, "CheckoutSession", CURRENT) == []
    assert faults(down.session(whole), "CheckoutSession", OLDER) == []


def test_a_stranger_learns_nothing_about_a_token_but_that_it_is_unknown() -> None:
    with pytest.raises(TokenUnknownError):
        charged(token(client_id="agent-2", used_for="order-0", session_id="cs_9"), now=UNTIL)


def test_the_order_that_a_token_was_used_for_may_ask_again() -> None:
    assert charged(token(used_for="order-1")) == "sandbox_approve"


def test_a_challenged_card_pays_once_the_buyer_is_authenticated() -> None:
    assert charged(token(challenge=True), authenticated=True) == "sandbox_approve"


@pytest.mark.parametrize(
    ("outcome", "holds"),
    [
        ("authenticated", True),
        ("attempt_acknowledged", True),
        ("informational", True),
        ("denied", False),
        ("abandoned", False),
        ("not_supported", False),
    ],
)
def test_an_authentication_holds_by_its_outcome(outcome: str, holds: bool) -> None:
    assert is_authenticated({"authentication_result": {"outcome": outcome}}) is holds
    assert is_authenticated({}) is False
