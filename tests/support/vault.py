"""Delegated payments for tests: a request as an agent sends it, and a vault in memory."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from orderflow.checkout.vault.token import Allowance, VaultToken
from orderflow.runtime.idempotency.keys import KeyWrite
from tests.support.frozen import START
from tests.support.idempotency import InMemoryRecords

APPROVED, DECLINED, CHALLENGED = "4242424242424242", "4000000000000002", "4000000000003220"
UNTIL = datetime(2026, 1, 2, 4, 0, tzinfo=UTC)


def request(number: str = APPROVED, allowance: dict[str, Any] | None = None, **method: Any) -> dict[str, Any]:
    """Return a delegate request for one charge of at most 20.00 USD for session cs_1."""
    return {
        "payment_method": {
            "type": "card",
            "card_number_type": "fpan",
            "number": number,
            "exp_month": "11",
            "exp_year": "2031",
            "cvc": "223",
            "display_card_funding_type": "credit",
            "display_last4": number[-4:],
            "metadata": {"issuing_bank": "temp"},
            **method,
        },
        "allowance": {
            "reason": "one_time",
            "max_amount": 2000,
            "currency": "usd",
            "checkout_session_id": "cs_1",
            "merchant_id": "orderflow-test",
            "expires_at": "2026-01-02T04:00:00Z",
            **(allowance or {}),
        },
        "risk_signals": [{"type": "card_testing", "score": 10, "action": "manual_review"}],
        "metadata": {"campaign": "q4"},
    }


def token(**changes: Any) -> VaultToken:
    """Return a token as that request leaves it."""
    allowed: dict[str, Any] = {
        "max_amount": 2000,
        "currency": "usd",
        "session_id": "cs_1",
        "merchant_id": "orderflow-test",
        "expires_at": UNTIL,
    }
    mine = {name: changes.pop(name) for name in tuple(changes) if name in allowed}
    facts: dict[str, Any] = {
        "token_id": "vt_1",
        "client_id": "agent-1",
        "payment_token": "sandbox_approve",
        "challenge": False,
        "created_at": START,
    }
    return VaultToken(allowance=Allowance(**(allowed | mine)), **(facts | changes))


@dataclass
class InMemoryVault:
    """Tokens in a dict, together with the answers that repeats are given."""

    records: InMemoryRecords = field(default_factory=InMemoryRecords)
    kept: dict[str, VaultToken] = field(default_factory=dict)

    def add(self, token: VaultToken, kept: KeyWrite | None = None) -> None:
        if kept:
            self.records.save(kept)
        self.kept[token.token_id] = token
