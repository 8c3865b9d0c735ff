"""A delegated payment token: what it may be used for, and what the payment provider is asked with for it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Allowance:
    """What the buyer allowed: one charge of at most `max_amount` minor units of `currency` (ISO 4217, lower case)."""

    max_amount: int
    currency: str
    session_id: str
    merchant_id: str
    expires_at: datetime


@dataclass(frozen=True)
class VaultToken:
    """A token on record; of its card there is nothing but what the payment provider's sandbox calls it.

    `challenge`: the buyer must be authenticated (3-D Secure) before it is charged. `used_for` is the id of the one
    order that it pays. `stumbles`: the vault does not answer when it is asked for it the first time.
    """

    token_id: str
    client_id: str
    allowance: Allowance
    payment_token: str
    challenge: bool
    created_at: datetime
    used_for: str | None = None
    stumbles: bool = False
