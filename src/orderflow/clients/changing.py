"""Keys changed by administrators: read, judged, written if nobody was faster."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from orderflow.clients.authorizing import Keys
from orderflow.clients.client_key import ClientKey
from orderflow.clients.errors import KeyChangedError
from orderflow.clients.reading import existing_key
from orderflow.runtime.caller import Caller

_ATTEMPTS = 5


class Change(StrEnum):
    """What was done to a key, as the audit trail names it."""

    GRANTED = "permission.granted"
    ROTATED = "permission.rotated"
    REVOKED = "permission.revoked"


class KeyBook(Keys, Protocol):
    """Keys, each change of which is written together with its entry in the audit trail or not at all."""

    def add(self, key: ClientKey, at: datetime) -> None:
        """Keep a new key; raises KeyNameTakenError."""
        ...

    def replace(self, before: ClientKey, after: ClientKey, change: Change, at: datetime) -> bool:
        """Write a key's next version; False when it has changed since `before` was read."""
        ...


def revoke_client_key(caller: Caller, key_id: str, *, keys: KeyBook, clock: Callable[[], datetime]) -> bool:
    """End a key for good and at once; False when it was revoked before.

    Raises ForbiddenError, ClientKeyNotFoundError, KeyChangedError.
    """
    caller.require_admin()
    now = clock()

    def revoked(key: ClientKey) -> ClientKey:
        return key if key.revoked_at else key.revoked(now)

    before, after = changed(key_id, revoked, Change.REVOKED, keys=keys, at=now)
    return after is not before


def changed(
    key_id: str, next_version: Callable[[ClientKey], ClientKey], change: Change, *, keys: KeyBook, at: datetime
) -> tuple[ClientKey, ClientKey]:
    """Write what a key becomes and return it as it was and is; judged again when others were faster.

    A next version that is the same object means that there is nothing to write.
    Raises ClientKeyNotFoundError, KeyChangedError, and what `next_version` raises.
    """
    for _ in range(_ATTEMPTS):
        before = existing_key(key_id, keys)
        after = next_version(before)
        if after is before or keys.replace(before, after, change, at):
            return before, after
    raise KeyChangedError(key_id)
