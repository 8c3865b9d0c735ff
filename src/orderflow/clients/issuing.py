"""Keys and their secrets issued by administrators. A secret is answered once and kept by nobody here."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from orderflow.clients.api_key import digest, key_text
from orderflow.clients.changing import Change, KeyBook, changed
from orderflow.clients.client_key import ClientKey, Secret
from orderflow.clients.errors import ExpiryPassedError
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso

DEFAULT_RATE = 600  # requests a minute


def create_client_key(
    caller: Caller,
    name: str,
    scopes: Sequence[str],
    *,
    rate_per_minute: int | None = None,
    expires_at: datetime | None = None,
    keys: KeyBook,
    clock: Callable[[], datetime],
    ids: Callable[[], str],
    new_secret: Callable[[], str],
) -> tuple[ClientKey, str]:
    """Issue a key and return it with its text, which cannot be read again.

    Raises ForbiddenError, ExpiryPassedError, KeyNameTakenError.
    """
    caller.require_admin()
    now, secret = clock(), new_secret()
    if expires_at is not None and expires_at <= now:
        raise ExpiryPassedError
    key = ClientKey(
        ids(),
        name.strip(),
        tuple(sorted(set(scopes))),
        rate_per_minute or DEFAULT_RATE,
        owner=caller.user_id,
        created_at=iso(now),
        secrets=(Secret(1, digest(secret)),),
        expires_at=iso(expires_at) if expires_at else None,
    )
    keys.add(key, now)
    return key, key_text(key.key_id, secret)


def rotate_client_key(
    caller: Caller,
    key_id: str,
    overlap: timedelta,
    *,
    keys: KeyBook,
    clock: Callable[[], datetime],
    new_secret: Callable[[], str],
) -> tuple[ClientKey, str]:
    """Issue another secret of a key and return both; the secrets before it stay valid for `overlap`.

    Repeating gives yet another secret and shortens nobody's time, so a lost answer does no harm.
    Raises ForbiddenError, ClientKeyNotFoundError, KeyNotActiveError, TooManySecretsError, KeyChangedError.
    """
    caller.require_admin()
    secret, now = new_secret(), clock()

    def rotated(key: ClientKey) -> ClientKey:
        return key.rotated(digest(secret), now, overlap)

    _, key = changed(key_id, rotated, Change.ROTATED, keys=keys, at=now)
    return key, key_text(key_id, secret)
