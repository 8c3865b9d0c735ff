"""Test cards, and how each turns out at a payment provider's sandbox. Numbers: docs.stripe.com/testing.

No other number is taken: who tries a real card here must hear of it before it is kept or hashed anywhere.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from orderflow.checkout.vault.errors import InvalidExpiryError, NoTestCardError


class Outcome(StrEnum):
    """How a charge of a card turns out.

    CHALLENGED is approved once the buyer is authenticated, STUMBLING once the vault was asked for it in vain.
    """

    APPROVED = "approved"
    DECLINED = "declined"
    SHORT_OF_FUNDS = "short_of_funds"
    EXPIRED = "expired"
    CHALLENGED = "challenged"
    STUMBLING = "stumbling"


TEST_CARDS = {
    "4242424242424242": Outcome.APPROVED,
    "5555555555554444": Outcome.APPROVED,
    "4000000000000002": Outcome.DECLINED,
    "4000000000009995": Outcome.SHORT_OF_FUNDS,
    "4000000000000069": Outcome.EXPIRED,
    "4000000000003220": Outcome.CHALLENGED,
    "4000000000000119": Outcome.STUMBLING,
}
# What each provider's own sandbox calls them: modules/payments/README.md, docs.stripe.com/testing.
PAYMENT_TOKENS = {
    "sandbox": {
        Outcome.APPROVED: "sandbox_approve",
        Outcome.DECLINED: "sandbox_decline",
        Outcome.SHORT_OF_FUNDS: "sandbox_insufficient_funds",
        Outcome.EXPIRED: "sandbox_decline_expired_card",
        Outcome.CHALLENGED: "sandbox_approve",
        Outcome.STUMBLING: "sandbox_approve",
    },
    "stripe": {
        Outcome.APPROVED: "pm_card_visa",
        Outcome.DECLINED: "pm_card_visa_chargeDeclined",
        Outcome.SHORT_OF_FUNDS: "pm_card_visa_chargeDeclinedInsufficientFunds",
        Outcome.EXPIRED: "pm_card_chargeDeclinedExpiredCard",
        Outcome.CHALLENGED: "pm_card_visa",
        Outcome.STUMBLING: "pm_card_visa",
    },
}


@dataclass(frozen=True)
class Card:
    """What is kept of a card."""

    payment_token: str
    challenge: bool
    stumbles: bool = False


def card_of(method: Mapping[str, Any], *, provider: str, now: datetime) -> Card:
    """Return what a test card is at `provider` (sandbox, stripe); one past its month is an expired one.

    Raises NoTestCardError and InvalidExpiryError.
    """
    outcome = TEST_CARDS.get(method["number"].replace(" ", ""))
    if outcome is None:
        raise NoTestCardError
    if _is_past(method, now):
        outcome = Outcome.EXPIRED
    return Card(
        PAYMENT_TOKENS[provider][outcome],
        challenge=outcome is Outcome.CHALLENGED,
        stumbles=outcome is Outcome.STUMBLING,
    )


def _is_past(method: Mapping[str, Any], now: datetime) -> bool:
    if "exp_month" not in method or "exp_year" not in method:
        return False
    month, year = (_number(method, field) for field in ("exp_month", "exp_year"))
    if not 1 <= month <= 12:
        raise InvalidExpiryError("exp_month")
    if year < 100:
        year += 2000
    if year < 2000:
        raise InvalidExpiryError("exp_year")
    last_day = calendar.monthrange(year, month)[1]
    return (year, month, last_day) < (now.year, now.month, now.day)


def _number(method: Mapping[str, Any], field: str) -> int:
    text = method[field]
    if not (text.isascii() and text.isdigit()):
        raise InvalidExpiryError(field)
    return int(text)
