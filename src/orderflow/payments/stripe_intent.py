"""What a PaymentIntent says of a charge (docs.stripe.com/payments/paymentintents/lifecycle)."""

import re
from collections.abc import Mapping
from typing import Any

from orderflow.payments.provider import Charge, ChargeState, ProviderCharge

PAYMENT_ID = "payment_id"  # the intent's metadata: whose charge it is
REFUND_KEY = "refund_key"  # a refund's metadata: which of ours it is

# docs.stripe.com/declines/codes: never tell the customer more than of a generic decline.
_CONFIDENTIAL = frozenset({"fraudulent", "lost_card", "merchant_blacklist", "stolen_card"})
_CODE = re.compile(r"[a-z0-9_]{1,64}")
# Of several intents of one charge, the one that decides: first where money is, last where none can be.
_RANK = (
    ChargeState.CAPTURED, ChargeState.AUTHORIZED, ChargeState.DECLINED, ChargeState.VOIDED, ChargeState.NONE,
)  # fmt: skip


def is_underway(intent: Mapping[str, Any]) -> bool:
    """Tell whether Stripe itself does not know yet."""
    return str(intent["status"]) == "processing"


def provider_charge(intent: Mapping[str, Any]) -> ProviderCharge:
    """Return what became of the charge; the intent must hold `latest_charge` expanded."""
    reference = str(intent["id"])
    match intent["status"]:
        case "succeeded":
            returned = not remaining(intent)
            return ProviderCharge(ChargeState.VOIDED if returned else ChargeState.CAPTURED, reference)
        case "requires_capture":
            return ProviderCharge(ChargeState.AUTHORIZED, reference)
        case "canceled":
            return ProviderCharge(ChargeState.VOIDED, reference)
        case "requires_action":
            # We have no customer at hand who could authenticate: the same as a decline.
            return ProviderCharge(ChargeState.DECLINED, reference, "authentication_required")
        case _ if error := intent.get("last_payment_error"):
            code = decline_code(error.get("decline_code"), error.get("code"))
            return ProviderCharge(ChargeState.DECLINED, reference, code)
    return ProviderCharge(ChargeState.NONE)


def deciding(intents: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the intent that says what became of the charge."""
    return min(intents, key=lambda intent: (not is_underway(intent), _RANK.index(provider_charge(intent).state)))


def remaining(intent: Mapping[str, Any]) -> int:
    """Return what was taken and not given back, in minor units; 0 for an intent that took nothing."""
    charge = intent.get("latest_charge")
    returned = charge["amount_refunded"] if isinstance(charge, Mapping) else 0
    return int(intent["amount_received"]) - int(returned)


def decline_code(*candidates: object) -> str:
    """Return the first that is a code, as customers may see it."""
    code = next((each for each in candidates if isinstance(each, str) and _CODE.fullmatch(each)), "card_declined")
    return "generic_decline" if code in _CONFIDENTIAL else code


def charge_of(intent: Mapping[str, Any]) -> Charge | None:
    """Return the charge that an intent was made for, None when it is not one of ours."""
    payment_id = intent["metadata"].get(PAYMENT_ID)
    return Charge(payment_id, int(intent["amount"]), str(intent["currency"]).upper()) if payment_id else None
