"""Who a machine is, judged by the key that it shows."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from orderflow.clients.api_key import digest, parts
from orderflow.clients.client_key import ClientKey
from orderflow.runtime.caller import Client, ClientRefusedError


class Keys(Protocol):
    """Where keys are found."""

    def find(self, key_id: str) -> ClientKey | None:
        """Return the key as it is now."""
        ...


def authorize_client(key: str, *, keys: Keys, clock: Callable[[], datetime]) -> Client:
    """Return the client behind a valid key, looked up once; raises ClientRefusedError."""
    found = parts(key)
    if found is None:
        raise ClientRefusedError("malformed")
    key_id, secret = found
    kept = keys.find(key_id)
    if kept is None:
        raise ClientRefusedError("unknown", key_id)
    if kept.revoked_at is not None:
        raise ClientRefusedError("revoked", key_id)
    shown = kept.matching(digest(secret))
    if shown is None:
        raise ClientRefusedError("wrong", key_id)
    if reason := kept.validity.refusal(shown.serial, clock()):
        raise ClientRefusedError(reason, key_id)
    return Client(key_id, shown.serial, frozenset(kept.scopes), kept.owner, kept.rate_per_minute)
