"""Stripe as payment provider: PaymentIntents with manual capture, over plain HTTPS (docs/decisions/0013-stripe.md).

A charge is one intent, made unconfirmed under the charge's own key: making it can charge nobody, so it may be repeated
to find it. Only a confirmation holds money, and an intent can be held once and taken once whatever is sent to it
(docs.stripe.com/payments/paymentintents/lifecycle). So every call first asks how the intent stands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from orderflow.payments.errors import (
    PaymentDeclinedError,
    PaymentProviderMisconfiguredError,
    PaymentProviderUnavailableError,
    PaymentTimeoutError,
)
from orderflow.payments.provider import Charge, ChargeState, ProviderCharge
from orderflow.payments.stripe_http import StripeHttp, StripeRefusal
from orderflow.payments.stripe_intent import (
    PAYMENT_ID,
    REFUND_KEY,
    charge_of,
    deciding,
    decline_code,
    is_underway,
    provider_charge,
    remaining,
)
from orderflow.payments.stripe_keys import StripeKeys
from orderflow.runtime import settings
from orderflow.runtime.ids import new_ulid

# docs.stripe.com/currencies: where Stripe's minor unit is not the one of ISO 4217, our amount would be another one.
_OTHER_UNITS = frozenset({"ISK", "MGA", "UGX"})


@dataclass(frozen=True)
class StripeProvider:
    """The payment provider port over Stripe's API."""

    http: StripeHttp
    new_key: Callable[[], str] = new_ulid

    def authorize(self, charge: Charge, *, token: str, attempt: int) -> str:
        """Hold the amount; raises PaymentProviderMisconfiguredError besides what the port says."""
        # Before the first attempt nothing can be there; a later one may follow an attempt whose key was pruned.
        intent = self._make(charge) if attempt == 1 else self._standing(charge)
        if reference := self._held(intent):
            return reference
        try:
            confirmed = self.http.post(
                f"/v1/payment_intents/{intent['id']}/confirm",
                # Nobody is there to authenticate: then the attempt shall fail instead of waiting for a customer.
                {"payment_method": token, "error_on_requires_action": "true"},
                # One key an attempt: Stripe also saves a 500, and would repeat it for a day. The intent itself is what
                # makes a second confirmation harmless.
                key=f"{charge.idempotency_key}:confirm:{attempt}",
            )
        except StripeRefusal as refusal:
            if refusal.type == "card_error":
                raise PaymentDeclinedError(decline_code(refusal.decline_code, refusal.code)) from refusal
            if refusal.param == "payment_method":
                # The token is the client's word: one that Stripe does not know is no fault of ours.
                raise PaymentDeclinedError("unknown_token") from refusal
            if refusal.code != "payment_intent_unexpected_state":
                raise refusal.as_misconfiguration from refusal
            confirmed = self._get(intent["id"])
        if reference := self._held(confirmed):
            return reference
        raise PaymentProviderUnavailableError

    def capture(self, charge: Charge, *, reference: str) -> None:
        """Take what is held; raises PaymentProviderMisconfiguredError besides what the port says."""
        try:
            intent = self.http.post(f"/v1/payment_intents/{reference}/capture", {}, key=self._once(charge, "capture"))
        except StripeRefusal as refusal:
            if refusal.type == "card_error" or refusal.code == "charge_expired_for_capture":
                raise PaymentDeclinedError(decline_code(refusal.decline_code, refusal.code)) from refusal
            if refusal.code != "payment_intent_unexpected_state":
                raise refusal.as_misconfiguration from refusal
            intent = self._get(reference)
        match intent["status"]:
            case "succeeded":
                return
            case "processing":
                raise PaymentTimeoutError
            case "canceled":
                raise PaymentDeclinedError("authorization_released")
        raise PaymentProviderUnavailableError

    def look_up(self, charge: Charge, *, token: str, reference: str | None) -> ProviderCharge:  # noqa: ARG002 - the port's
        """Ask; raises PaymentProviderUnavailableError while Stripe itself does not know."""
        intent = self._get(reference) if reference else self._standing(charge)
        if is_underway(intent):
            raise PaymentProviderUnavailableError
        return provider_charge(intent)

    def void(self, charge: Charge, *, reference: str | None) -> None:
        """Cancel what is not taken, give back what is; an intent canceled before it was confirmed stays so for good."""
        for intent in [self._get(reference)] if reference else self._intents(charge):
            self._void(charge, intent)

    def refund(self, reference: str, *, amount: int, currency: str, idempotency_key: str) -> str:  # noqa: ARG002 - the port's
        """Give back part or all, also when asked again after Stripe has forgotten the key."""
        # Stripe may prune keys after 24 hours (docs.stripe.com/api/idempotent_requests); a refund's metadata stays.
        given = self.http.get("/v1/refunds", payment_intent=reference, limit=100)["data"]
        standing = [each for each in given if each["status"] not in ("failed", "canceled")]
        for each in standing:
            if each["metadata"].get(REFUND_KEY) == idempotency_key:
                return str(each["id"])
        try:
            return str(self._refund(reference, amount, idempotency_key)["id"])
        except StripeRefusal as refusal:
            # Somebody gave it all back at the dashboard: the customer has the money, which is what was asked for.
            if refusal.code == "charge_already_refunded" and standing:
                return str(standing[0]["id"])
            raise refusal.as_misconfiguration from refusal

    def charge_of(self, reference: str) -> Charge | None:
        """Return the charge behind an intent's id, None for an intent that is not ours."""
        return charge_of(self._get(reference))

    def _make(self, charge: Charge) -> dict[str, Any]:
        if charge.currency in _OTHER_UNITS:
            raise PaymentProviderMisconfiguredError(f"Stripe counts {charge.currency} in other units than ISO 4217")
        form = {
            "amount": charge.amount,
            "currency": charge.currency.lower(),
            "capture_method": "manual",
            "payment_method_types[]": "card",
            f"metadata[{PAYMENT_ID}]": charge.idempotency_key,
            "expand[]": "latest_charge",
        }
        try:
            return self.http.post(
                "/v1/payment_intents", form, key=f"{charge.idempotency_key}:create", moves_money=False
            )
        except StripeRefusal as refusal:
            raise refusal.as_misconfiguration from refusal

    def _get(self, reference: str) -> dict[str, Any]:
        try:
            return self.http.get(f"/v1/payment_intents/{reference}", **{"expand[]": "latest_charge"})
        except StripeRefusal as refusal:
            raise refusal.as_misconfiguration from refusal

    def _intents(self, charge: Charge) -> list[dict[str, Any]]:
        """Return every intent of the charge as it stands, and make sure that there is one.

        The key finds the first one for at least a day. After that the search does, which trails reality by up to an
        hour (docs.stripe.com/api/payment_intents/search): the two overlap.
        """
        made = self._make(charge)["id"]
        try:
            found = self.http.get(
                "/v1/payment_intents/search", query=f'metadata["{PAYMENT_ID}"]:"{charge.idempotency_key}"', limit=100
            )
        except StripeRefusal as refusal:
            raise refusal.as_misconfiguration from refusal
        others = [each["id"] for each in found["data"] if each["id"] != made]
        return [self._get(reference) for reference in (made, *others)]

    def _standing(self, charge: Charge) -> dict[str, Any]:
        return deciding(self._intents(charge))

    def _held(self, intent: dict[str, Any]) -> str | None:
        """Return the reference of what is held or taken, None where nothing was tried yet."""
        if is_underway(intent):
            raise PaymentTimeoutError
        found = provider_charge(intent)
        match found.state:
            case ChargeState.DECLINED:
                raise PaymentDeclinedError(found.decline_code or "card_declined")
            case ChargeState.VOIDED:
                raise PaymentDeclinedError("authorization_released")
        return found.reference

    def _void(self, charge: Charge, intent: dict[str, Any]) -> None:
        if is_underway(intent):
            raise PaymentTimeoutError
        if intent["status"] not in ("canceled", "succeeded"):
            intent = self._cancel(charge, intent["id"])
        if intent["status"] == "canceled":
            return
        if intent["status"] != "succeeded":
            raise PaymentProviderUnavailableError
        if left := remaining(intent):
            try:
                self._refund(intent["id"], left, f"{charge.idempotency_key}:void:{left}")
            except StripeRefusal as refusal:
                if refusal.code != "charge_already_refunded":
                    raise refusal.as_misconfiguration from refusal

    def _cancel(self, charge: Charge, reference: str) -> dict[str, Any]:
        try:
            return self.http.post(f"/v1/payment_intents/{reference}/cancel", {}, key=self._once(charge, "cancel"))
        except StripeRefusal as refusal:
            if refusal.code != "payment_intent_unexpected_state":
                raise refusal.as_misconfiguration from refusal
            # Canceled by somebody else, or taken meanwhile.
            return self._get(reference)

    def _refund(self, reference: str, amount: int, key: str) -> dict[str, Any]:
        form = {"payment_intent": reference, "amount": amount, f"metadata[{REFUND_KEY}]": key}
        return self.http.post("/v1/refunds", form, key=key)

    def _once(self, charge: Charge, action: str) -> str:
        # Fresh for each call: the intent guards against a second time, and a saved 500 must not be repeated for a day.
        return f"{charge.idempotency_key}:{action}:{self.new_key()}"


@cache
def stripe_keys() -> StripeKeys:
    """Return the account's secrets (setting STRIPE_SECRET_ARN), one cache per container."""
    return StripeKeys(settings.text("STRIPE_SECRET_ARN"))


@cache
def stripe_provider() -> StripeProvider:
    """Return the provider with its pool of connections, one per container (setting STRIPE_API_BASE)."""
    keys = stripe_keys()
    return StripeProvider(StripeHttp(settings.text("STRIPE_API_BASE"), keys.api_key, keys.forget))
