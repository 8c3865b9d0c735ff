"""The built-in provider: it moves no money, keeps nothing, and its tokens decide what happens.

modules/payments/README.md lists the tokens.
"""

import math
import re

from orderflow.payments.errors import PaymentDeclinedError, PaymentProviderUnavailableError, PaymentTimeoutError
from orderflow.payments.provider import Charge, ChargeState, ProviderCharge

DECLINES = {
    "sandbox_decline": "card_declined",
    "sandbox_insufficient_funds": "insufficient_funds",
    "sandbox_authentication_required": "authentication_required",
    **{
        f"sandbox_decline_{code}": code
        for code in (
            "expired_card",
            "fraudulent",
            "incorrect_cvc",
            "lost_card",
            "processing_error",
            "stolen_card",
        )
    },
}
# How many attempts get no answer, and how many are turned away, before a token is approved.
_TIMEOUTS: dict[str, float] = {
    "sandbox_timeout": math.inf,
    "sandbox_timeout_then_success": 1,
    "sandbox_timeout_then_nothing": 1,
}
_TURNED_AWAY = {"sandbox_rate_limited": 2}
_FAILING = re.compile(r"sandbox_error_500_([1-9][0-9]?)")


class SandboxProvider:
    """Answers by token, the same each time: a function that dies forgets nothing."""

    def authorize(self, charge: Charge, *, token: str, attempt: int) -> str:
        if attempt <= _failures(token):
            raise PaymentProviderUnavailableError
        if attempt <= _TIMEOUTS.get(token, 0):
            raise PaymentTimeoutError
        if code := _decline_code(token):
            raise PaymentDeclinedError(code)
        return _reference(charge)

    def capture(self, charge: Charge, *, reference: str) -> None:
        """Do nothing: there is no money to take."""

    def look_up(self, charge: Charge, *, token: str, reference: str | None) -> ProviderCharge:
        if reference or token in ("sandbox_approve", "sandbox_timeout_then_success"):
            return ProviderCharge(ChargeState.AUTHORIZED, _reference(charge))
        if code := _decline_code(token):
            return ProviderCharge(ChargeState.DECLINED, decline_code=code)
        return ProviderCharge(ChargeState.NONE)

    def void(self, charge: Charge, *, reference: str | None) -> None:
        """Do nothing: where nothing was ever charged, nothing stays charged."""

    def refund(self, reference: str, *, amount: int, currency: str, idempotency_key: str) -> str:  # noqa: ARG002 - the port's
        return f"sandbox_{idempotency_key}"


def _reference(charge: Charge) -> str:
    return f"sandbox_{charge.idempotency_key}"


def _failures(token: str) -> int:
    """Return how many attempts a token makes fail for a reason that passes."""
    failing = _FAILING.fullmatch(token)
    return int(failing[1]) if failing else _TURNED_AWAY.get(token, 0)


def _decline_code(token: str) -> str | None:
    if token == "sandbox_approve" or token in _TIMEOUTS or _failures(token):  # noqa: S105 - a name, no secret
        return None
    return DECLINES.get(token, "unknown_token")
