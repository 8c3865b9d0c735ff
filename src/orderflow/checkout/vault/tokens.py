"""Whether a delegated token pays for a session, and with what the payment provider is asked then."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orderflow.checkout.vault.errors import (
    AuthenticationRequiredError,
    TokenAmountError,
    TokenCurrencyError,
    TokenExpiredError,
    TokenOfOtherMerchantError,
    TokenOfOtherSessionError,
    TokenUnknownError,
    TokenUsedError,
)
from orderflow.checkout.vault.token import VaultToken

# Outcomes of 3-D Secure after which a charge is the issuer's risk (schema 2026-04-17, AuthenticationResult).
_AUTHENTICATED = frozenset({"authenticated", "attempt_acknowledged", "informational"})


def is_authenticated(body: Mapping[str, Any]) -> bool:
    """Tell whether a complete request comes with an authentication that holds."""
    return body.get("authentication_result", {}).get("outcome") in _AUTHENTICATED


def check(
    token: VaultToken | None,
    *,
    amount: int,
    currency: str,
    session_id: str,
    client_id: str,
    merchant_id: str,
    order_id: str,
    authenticated: bool,
    now: datetime,
) -> str:
    """Return the payment provider's token to charge `amount` (minor units) for the order with.

    The order's own repeats pass although the token was used for it. Raises a TokenRefusedError: TokenUnknownError,
    TokenOfOtherSessionError, TokenOfOtherMerchantError, TokenUsedError, TokenExpiredError, TokenCurrencyError,
    TokenAmountError, AuthenticationRequiredError.
    """
    if token is None or token.client_id != client_id:
        raise TokenUnknownError
    allowed = token.allowance
    if allowed.session_id != session_id:
        raise TokenOfOtherSessionError
    if allowed.merchant_id != merchant_id:
        raise TokenOfOtherMerchantError(merchant_id)
    if token.used_for not in (None, order_id):
        raise TokenUsedError
    if now >= allowed.expires_at:
        raise TokenExpiredError(allowed.expires_at)
    if allowed.currency != currency.lower():
        raise TokenCurrencyError(allowed.currency, currency.lower())
    if amount > allowed.max_amount:
        raise TokenAmountError(allowed.max_amount, amount)
    if token.challenge and not authenticated:
        raise AuthenticationRequiredError
    return token.payment_token
