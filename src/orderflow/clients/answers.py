"""Client keys in the words of the contract: everything but their secrets."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from orderflow.clients.client_key import ClientKey
from orderflow.clients.reading import Shown


def as_json(key: ClientKey, at: datetime, last_used_at: str | None = None) -> dict[str, Any]:
    """Return the key as the contract's schema `ClientKey`."""
    facts = {
        "keyId": key.key_id,
        "name": key.name,
        "scopes": list(key.scopes),
        "ratePerMinute": key.rate_per_minute,
        "owner": key.owner,
        "status": key.status(at).value,
        "createdAt": key.created_at,
        "expiresAt": key.expires_at,
        "rotatedAt": key.rotated_at,
        "overlapEndsAt": key.overlap_ends_at(at),
        "revokedAt": key.revoked_at,
        "lastUsedAt": last_used_at,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def page_as_json(page: Iterable[Shown], token: str | None, at: datetime) -> dict[str, Any]:
    """Return one page as the contract's schema `ClientKeyPage`."""
    items = [as_json(shown.key, at, shown.last_used_at) for shown in page]
    return {"items": items, **({"nextToken": token} if token else {})}
