"""An agent delegates a payment: the card is forgotten at once, its token and allowance are kept."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from orderflow.checkout.vault.cards import Card, card_of
from orderflow.checkout.vault.errors import InvalidAllowanceError
from orderflow.checkout.vault.token import Allowance, VaultToken
from orderflow.runtime.clock import iso
from orderflow.runtime.idempotency.keys import KeyWrite


class Vault(Protocol):
    """Where tokens are kept."""

    def add(self, token: VaultToken, kept: KeyWrite | None = None) -> None:
        """Store a new token and the answer for its repeats, both or none; raises KeyTakenError."""
        ...


def known_card(body: Mapping[str, Any], *, provider: str, now: datetime) -> Card:
    """Return what is kept of the body's card. Ask before anything else is done with a body: hashing it, above all.

    Raises NoTestCardError and InvalidExpiryError.
    """
    return card_of(body["payment_method"], provider=provider, now=now)


def delegate(
    body: Mapping[str, Any],
    card: Card,
    *,
    client_id: str,
    vault: Vault,
    now: datetime,
    token_ids: Callable[[], str],
    keep: Callable[[VaultToken], KeyWrite | None],
) -> VaultToken:
    """Store and return a token for the body's allowance, for the client alone.

    Raises InvalidAllowanceError and KeyTakenError.
    """
    allowance = body["allowance"]
    token = VaultToken(
        token_id=f"vt_{token_ids()}",
        client_id=client_id,
        allowance=Allowance(
            max_amount=allowance["max_amount"],
            currency=allowance["currency"],
            session_id=allowance["checkout_session_id"],
            merchant_id=allowance["merchant_id"],
            expires_at=_moment(allowance["expires_at"]),
        ),
        payment_token=card.payment_token,
        challenge=card.challenge,
        stumbles=card.stumbles,
        created_at=now,
    )
    vault.add(token, keep(token))
    return token


def token_json(token: VaultToken, metadata: Mapping[str, str]) -> dict[str, Any]:
    """Return the protocol's answer, of either version: the agent's own metadata and whose token it is."""
    return {
        "id": token.token_id,
        "created": iso(token.created_at),
        "metadata": {**metadata, "merchant_id": token.allowance.merchant_id},
    }


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.upper().replace("Z", "+00:00")).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidAllowanceError from error
