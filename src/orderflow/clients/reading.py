"""Keys looked at: by administrators, and by the machine whose key it is. Nobody is shown a secret."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from orderflow.clients.authorizing import Keys
from orderflow.clients.client_key import ClientKey
from orderflow.clients.errors import ClientKeyNotFoundError
from orderflow.runtime.caller import Caller, Client
from orderflow.runtime.paging import decode_cursor, encode_cursor

_KEY_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")  # a ULID
_LONGEST_ECHO = 26


class KeyReader(Keys, Protocol):
    """Keys and their use, as they are read."""

    def page(self, limit: int, before: str | None) -> tuple[list[ClientKey], str | None]:
        """Return at most `limit` keys, newest first, older than the key `before`, and the id to go on before."""
        ...

    def last_used(self, key_ids: Sequence[str]) -> dict[str, str]:
        """Return when each of these keys (at most 100) made its last request, for those that made one."""
        ...


@dataclass(frozen=True)
class Shown:
    """A key, and when it made its last request."""

    key: ClientKey
    last_used_at: str | None


def get_client_key(caller: Caller, key_id: str, keys: KeyReader) -> Shown:
    """Return any key for an administrator; raises ForbiddenError, ClientKeyNotFoundError."""
    caller.require_admin()
    return _shown(key_id, keys)


def get_own_key(client: Client, keys: KeyReader) -> Shown:
    """Return the key of a client that was admitted; raises ClientKeyNotFoundError."""
    return _shown(client.key_id, keys)


def list_client_keys(
    caller: Caller, *, limit: int, token: str | None, keys: KeyReader, cursor_key: Callable[[], bytes]
) -> tuple[list[Shown], str | None]:
    """Return one page of all keys, newest first, and the token of the next.

    Raises ForbiddenError, and InvalidRequestError for a token of another list.
    """
    caller.require_admin()
    scope = {"list": "client-keys", "caller": caller.user_id}
    before = decode_cursor(token, scope, cursor_key())["keyId"] if token is not None else None
    found, further = keys.page(limit, before)
    used = keys.last_used([key.key_id for key in found])
    page = [Shown(key, used.get(key.key_id)) for key in found]
    return page, encode_cursor({"keyId": further}, scope, cursor_key()) if further else None


def existing_key(key_id: str, keys: Keys) -> ClientKey:
    """Return a key; raises ClientKeyNotFoundError, also for an id that no key can have."""
    found = keys.find(key_id) if _KEY_ID.fullmatch(key_id) else None
    if found is None:
        raise ClientKeyNotFoundError(key_id[:_LONGEST_ECHO])
    return found


def _shown(key_id: str, keys: KeyReader) -> Shown:
    return Shown(existing_key(key_id, keys), keys.last_used([key_id]).get(key_id))
