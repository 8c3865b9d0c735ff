"""A client key as we keep it: what it may do, for how long, and its secrets as hashes. Times are ISO 8601 in UTC."""

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from orderflow.clients.errors import KeyNotActiveError, TooManySecretsError
from orderflow.runtime.clock import iso

MAX_SECRETS = 3  # one in use, one for the machine to take up, and one whose answer was lost on the way


class Scope(StrEnum):
    """What a key may be allowed; the contract names the scope of each route for machines."""

    STOCK_READ = "stock:read"
    CHECKOUT_READ = "checkout:read"
    CHECKOUT_WRITE = "checkout:write"


class KeyStatus(StrEnum):
    """Where a key stands; ACTIVE is the only one that is let in."""

    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


@dataclass(frozen=True)
class Secret:
    """One secret of a key, by its hash; `until` is set once another has replaced it."""

    serial: int
    hash: str = field(repr=False)
    until: str | None = None


@dataclass(frozen=True)
class Validity:
    """Which secrets of a key are valid, by serial number, and until when; the key itself may end before them."""

    secrets: dict[int, str | None]
    expires_at: str | None = None
    revoked_at: str | None = None

    def refusal(self, serial: int, at: datetime) -> str | None:
        """Return why a secret is not valid at this moment, in one word; None when it is."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at is not None and self.expires_at <= iso(at):
            return "expired"
        if serial not in self.secrets or _is_over(self.secrets[serial], at):
            return "replaced"
        return None


@dataclass(frozen=True)
class ClientKey:
    """A key, its newest secret last. `owner` is the user id of the administrator who issued it."""

    key_id: str
    name: str
    scopes: tuple[str, ...]
    rate_per_minute: int
    owner: str
    created_at: str
    secrets: tuple[Secret, ...]
    version: int = 1
    expires_at: str | None = None
    rotated_at: str | None = None
    revoked_at: str | None = None

    @property
    def validity(self) -> Validity:
        secrets = {secret.serial: secret.until for secret in self.secrets}
        return Validity(secrets, self.expires_at, self.revoked_at)

    def status(self, at: datetime) -> KeyStatus:
        if self.revoked_at is not None:
            return KeyStatus.REVOKED
        expired = self.expires_at is not None and self.expires_at <= iso(at)
        return KeyStatus.EXPIRED if expired else KeyStatus.ACTIVE

    def overlap_ends_at(self, at: datetime) -> str | None:
        """Return until when a replaced secret is still valid, None when none is."""
        return max((s.until for s in self.secrets if s.until and not _is_over(s.until, at)), default=None)

    def matching(self, digest: str) -> Secret | None:
        """Return the secret with this hash, in a time that tells nothing about it."""
        found = [secret for secret in self.secrets if hmac.compare_digest(secret.hash, digest)]
        return found[0] if found else None

    def rotated(self, digest: str, at: datetime, overlap: timedelta) -> "ClientKey":
        """Return the key with one more secret; those before it end after `overlap`, or when they would have anyway.

        Raises KeyNotActiveError, and TooManySecretsError when three would still be valid.
        """
        if (status := self.status(at)) is not KeyStatus.ACTIVE:
            raise KeyNotActiveError(self.key_id, status)
        ending = iso(at + overlap)
        kept = [replace(s, until=min(s.until or ending, ending)) for s in self.secrets if not _is_over(s.until, at)]
        kept = [secret for secret in kept if not _is_over(secret.until, at)]
        if len(kept) >= MAX_SECRETS:
            raise TooManySecretsError(self.key_id, min(secret.until or ending for secret in kept))
        newest = Secret(self.secrets[-1].serial + 1, digest)
        return replace(self, secrets=(*kept, newest), rotated_at=iso(at), version=self.version + 1)

    def revoked(self, at: datetime) -> "ClientKey":
        """Return the key as it is once nobody may use it any more; its hashes are of no use then and are dropped."""
        return replace(self, secrets=(), revoked_at=iso(at), version=self.version + 1)


def _is_over(until: str | None, at: datetime) -> bool:
    return until is not None and until <= iso(at)
