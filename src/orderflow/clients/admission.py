"""What a function asks before it serves a machine: is the key still valid, is it within its rate, may it do this.

API Gateway repeats the authorizer's answer for minutes without asking again, so nothing that must hold at once can be
decided there. One write counts the request, and answers with the facts that all three questions need.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderflow.clients.client_key import Scope, Validity
from orderflow.clients.errors import KeyRateExceededError, MissingScopeError
from orderflow.runtime.caller import Client, ClientRefusedError


@dataclass(frozen=True)
class Usage:
    """How many requests a key has made in the present minute, this one included, and whether it is valid."""

    requests: int
    validity: Validity


class UsageBook(Protocol):
    """Where the requests of each key are counted."""

    def count(self, key_id: str, at: datetime) -> Usage | None:
        """Count one request in the UTC minute of `at`, note when it was, and return the usage; None for no such key."""
        ...


def admitted(client: Client, scope: Scope | None, *, usage: UsageBook, clock: Callable[[], datetime]) -> Client:
    """Return the client if it may make this request now; with `scope` None any valid key may.

    Raises ClientRefusedError (revoked, expired or replaced since the gateway last asked), KeyRateExceededError,
    MissingScopeError.
    """
    at = clock()
    used = usage.count(client.key_id, at)
    reason = "unknown" if used is None else used.validity.refusal(client.secret_serial, at)
    if used is None or reason is not None:
        raise ClientRefusedError(reason or "unknown", client.key_id)
    if used.requests > client.rate_per_minute:
        raise KeyRateExceededError(client.rate_per_minute, 60 - at.second)
    return client if scope is None else permitted(client, scope)


def permitted(client: Client, scope: Scope) -> Client:
    """Return a client that was admitted if it may do what `scope` names; raises MissingScopeError."""
    if scope not in client.scopes:
        raise MissingScopeError(scope)
    return client
