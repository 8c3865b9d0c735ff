"""What a PaymentIntent says of a charge, state by state."""

from typing import Any

import pytest

from orderflow.payments.provider import Charge, ChargeState, ProviderCharge
from orderflow.payments.stripe_intent import charge_of, deciding, decline_code, provider_charge, remaining
from tests.support.stripe_account import shape


def intent(status: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    return shape("payment_intent", id=f"pi_{number}", status=status, **changes)


def taken(given_back: int, number: int = 1) -> dict[str, Any]:
    charge = shape("charge", amount_refunded=given_back)
    return intent("succeeded", number, amount_received=1999, latest_charge=charge)


ERROR = {"type": "card_error", "code": "card_declined", "decline_code": "expired_card"}


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (intent("requires_payment_method"), ProviderCharge(ChargeState.NONE)),
        (intent("requires_confirmation"), ProviderCharge(ChargeState.NONE)),
        (
            intent("requires_payment_method", last_payment_error=ERROR),
            ProviderCharge(ChargeState.DECLINED, "pi_1", "expired_card"),
        ),
        (
            intent("requires_payment_method", last_payment_error={"type": "card_error", "code": "incorrect_cvc"}),
            ProviderCharge(ChargeState.DECLINED, "pi_1", "incorrect_cvc"),
        ),
        (intent("requires_action"), ProviderCharge(ChargeState.DECLINED, "pi_1", "authentication_required")),
        (intent("requires_capture"), ProviderCharge(ChargeState.AUTHORIZED, "pi_1")),
        (intent("canceled"), ProviderCharge(ChargeState.VOIDED, "pi_1")),
        (intent("canceled", last_payment_error=ERROR), ProviderCharge(ChargeState.VOIDED, "pi_1")),
        (taken(0), ProviderCharge(ChargeState.CAPTURED, "pi_1")),
        (taken(1998), ProviderCharge(ChargeState.CAPTURED, "pi_1")),
        (taken(1999), ProviderCharge(ChargeState.VOIDED, "pi_1")),
    ],
)
def test_each_status_is_one_state_of_a_charge(told: dict[str, Any], found: ProviderCharge) -> None:
    assert provider_charge(told) == found


def test_what_is_left_of_a_charge_is_what_was_taken_less_what_was_given_back() -> None:
    assert [remaining(taken(0)), remaining(taken(500)), remaining(intent("requires_capture"))] == [1999, 1499, 0]


def test_of_several_intents_the_one_with_the_money_decides_and_one_underway_before_all() -> None:
    order = [
        intent("processing", 1),
        taken(0, 2),
        intent("requires_capture", 3),
        intent("requires_payment_method", 4, last_payment_error=ERROR),
        intent("canceled", 5),
        intent("requires_payment_method", 6),
    ]
    for first in range(len(order)):
        assert deciding(order[first:][::-1])["id"] == order[first]["id"]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (("insufficient_funds", "card_declined"), "insufficient_funds"),
        ((None, "expired_card"), "expired_card"),
        (("Do Not Honor!", "card_declined"), "card_declined"),
        ((None, None), "card_declined"),
        (("x" * 65, None), "card_declined"),
        *((((code, "card_declined"), "generic_decline")) for code in ("fraudulent", "lost_card", "stolen_card")),
        (("merchant_blacklist", None), "generic_decline"),
    ],
)
def test_a_decline_code_is_a_word_and_tells_no_thief_that_the_card_is_known(told: Any, shown: str) -> None:
    assert decline_code(*told) == shown


def test_an_intent_is_ours_by_its_metadata_and_its_currency_is_iso_4217() -> None:
    assert charge_of(intent("canceled", metadata={"payment_id": "pay_1"})) == Charge("pay_1", 1999, "EUR")
    assert charge_of(intent("canceled", metadata={"somebody": "else"})) is None
