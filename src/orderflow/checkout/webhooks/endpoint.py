"""Where a client's order events are sent: a URL, and the secrets that sign what goes there. Times are ISO 8601."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from orderflow.checkout.dialects.version import CURRENT
from orderflow.checkout.webhooks.errors import TooManyEndpointSecretsError
from orderflow.runtime.clock import iso

MAX_SECRETS = 2  # the newest, and the one that the receiver is about to drop
GONE = "The receiver answered 410 Gone."


class EndpointStatus(StrEnum):
    """Whether events are sent; those of a disabled endpoint are kept as STOPPED and can be replayed."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


@dataclass(frozen=True)
class SealedSecret:
    """One secret, encrypted; `until` is set once another has replaced it."""

    serial: int
    sealed: str = field(repr=False)
    until: str | None = None


@dataclass(frozen=True)
class Endpoint:
    """An endpoint of the client `client_id`, its newest secret last; what is sent speaks `api_version`."""

    endpoint_id: str
    client_id: str
    url: str = field(repr=False)  # some receivers keep a token in it
    secrets: tuple[SealedSecret, ...]
    created_at: str
    updated_at: str
    description: str | None = None
    api_version: str = CURRENT
    status: EndpointStatus = EndpointStatus.ENABLED
    status_reason: str | None = None
    version: int = 1

    @property
    def is_enabled(self) -> bool:
        return self.status is EndpointStatus.ENABLED

    def signing(self, at: datetime) -> tuple[SealedSecret, ...]:
        """Return the secrets that sign at this moment, newest first."""
        return tuple(reversed([secret for secret in self.secrets if not _is_over(secret, at)]))

    def overlap_ends_at(self, at: datetime) -> str | None:
        """Return until when a replaced secret still signs, None when none does."""
        return max((s.until for s in self.secrets if s.until and not _is_over(s, at)), default=None)

    def changed(
        self, url: str, status: EndpointStatus, description: str | None, at: datetime, api_version: str | None = None
    ) -> "Endpoint":
        """Return the endpoint as an administrator wants it; without `api_version` it speaks what it spoke."""
        spoken = api_version or self.api_version
        return self._next(at, url=url, status=status, status_reason=None, description=description, api_version=spoken)

    def gone(self, at: datetime) -> "Endpoint":
        """Return the endpoint after its receiver said that it is no more."""
        return self._next(at, status=EndpointStatus.DISABLED, status_reason=GONE)

    def rotated(self, sealed: str, at: datetime, overlap: timedelta) -> "Endpoint":
        """Return the endpoint with another secret; the one before it signs as well for `overlap`.

        Raises TooManyEndpointSecretsError when two would still be valid.
        """
        ending = iso(at + overlap)
        kept = [replace(s, until=min(s.until or ending, ending)) for s in self.secrets if not _is_over(s, at)]
        kept = [secret for secret in kept if not _is_over(secret, at)]
        if len(kept) >= MAX_SECRETS:
            raise TooManyEndpointSecretsError(self.endpoint_id, min(secret.until or ending for secret in kept))
        newest = SealedSecret(self.secrets[-1].serial + 1, sealed)
        return self._next(at, secrets=(*kept, newest))

    def _next(self, at: datetime, **facts: object) -> "Endpoint":
        return replace(self, updated_at=iso(at), version=self.version + 1, **facts)  # type: ignore[arg-type]  # replace() checks the names when it runs


def new_secret() -> str:
    """Return 256 random bits behind a prefix that scanners of leaked secrets know."""
    return f"ofwh_{secrets.token_hex(32)}"


def _is_over(secret: SealedSecret, at: datetime) -> bool:
    return secret.until is not None and secret.until <= iso(at)
