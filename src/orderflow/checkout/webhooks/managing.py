"""Webhook endpoints managed by administrators. A secret is answered once; we keep it encrypted, to sign with."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from orderflow.checkout.dialects.version import CURRENT
from orderflow.checkout.lenient_client import LENIENT
from orderflow.checkout.webhooks.endpoint import Endpoint, EndpointStatus, SealedSecret
from orderflow.checkout.webhooks.errors import (
    EndpointChangedError,
    EndpointClientUnknownError,
    EndpointNotFoundError,
)
from orderflow.checkout.webhooks.target import target_of
from orderflow.clients.authorizing import Keys
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import Clock, iso
from orderflow.runtime.ids import IdFactory
from orderflow.runtime.paging import decode_cursor, encode_cursor

_ENDPOINT_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")  # a ULID
_LONGEST_ECHO = 26
_ATTEMPTS = 5


class Change(StrEnum):
    """What was done to an endpoint, as the audit trail names it."""

    CREATED = "webhook.created"
    UPDATED = "webhook.updated"
    ROTATED = "webhook.rotated"
    DISABLED = "webhook.disabled"
    DELETED = "webhook.deleted"


class Endpoints(Protocol):
    """Where endpoints are found."""

    def find(self, endpoint_id: str) -> Endpoint | None:
        """Return the endpoint as it is now."""
        ...


class EndpointPages(Endpoints, Protocol):
    """Endpoints as lists show them."""

    def page(self, limit: int, before: str | None) -> tuple[list[Endpoint], str | None]:
        """Return at most `limit` endpoints, newest first, older than `before`, and the id to go on before."""
        ...


class EndpointBook(Endpoints, Protocol):
    """Endpoints, each change of which is written together with its entry in the audit trail or not at all."""

    def add(self, endpoint: Endpoint, at: datetime) -> None:
        """Keep a new endpoint; raises EndpointUrlTakenError."""
        ...

    def rewrite(self, before: Endpoint, after: Endpoint, change: Change, at: datetime) -> bool:
        """Write the next version; False when it has changed since `before` was read. Raises EndpointUrlTakenError."""
        ...

    def remove(self, endpoint: Endpoint, at: datetime) -> bool:
        """Take the endpoint out; False when it has changed since it was read."""
        ...


# Encrypts a secret for one endpoint, by its id.
Seal = Callable[[str, str], str]


def create_endpoint(
    caller: Caller,
    client_id: str,
    url: str,
    description: str | None,
    *,
    api_version: str = CURRENT,
    loopback_allowed: bool,
    endpoints: EndpointBook,
    clients: Keys,
    clock: Clock,
    ids: IdFactory,
    new_secret: Callable[[], str],
    seal: Seal,
) -> tuple[Endpoint, str]:
    """Make an endpoint for a client and return it with its secret, which cannot be read again.

    A client whose key is revoked or expired may have one: its orders go on. Raises ForbiddenError, EndpointUrlError,
    EndpointClientUnknownError, EndpointUrlTakenError.
    """
    caller.require_admin()
    target_of(url, loopback_allowed=loopback_allowed)
    if client_id != LENIENT.key_id and clients.find(client_id) is None:
        raise EndpointClientUnknownError(client_id)
    now, secret, endpoint_id = clock(), new_secret(), ids()
    sealed = SealedSecret(1, seal(secret, endpoint_id))
    endpoint = Endpoint(endpoint_id, client_id, url, (sealed,), iso(now), iso(now), description, api_version)
    endpoints.add(endpoint, now)
    return endpoint, secret


def list_endpoints(
    caller: Caller, *, limit: int, token: str | None, endpoints: EndpointPages, cursor_key: Callable[[], bytes]
) -> tuple[list[Endpoint], str | None]:
    """Return one page of all endpoints, newest first, and the token of the next.

    Raises ForbiddenError, and InvalidRequestError for a token of another list.
    """
    caller.require_admin()
    scope = {"list": "webhook-endpoints", "caller": caller.user_id}
    before = decode_cursor(token, scope, cursor_key())["endpointId"] if token is not None else None
    page, further = endpoints.page(limit, before)
    return page, encode_cursor({"endpointId": further}, scope, cursor_key()) if further else None


def get_endpoint(caller: Caller, endpoint_id: str, endpoints: Endpoints) -> Endpoint:
    """Return any endpoint for an administrator; raises ForbiddenError, EndpointNotFoundError."""
    caller.require_admin()
    return _existing(endpoint_id, endpoints)


def update_endpoint(
    caller: Caller,
    endpoint_id: str,
    url: str,
    status: EndpointStatus,
    description: str | None,
    *,
    api_version: str | None = None,
    loopback_allowed: bool,
    endpoints: EndpointBook,
    clock: Clock,
) -> Endpoint:
    """Change where events go, or whether any go, and return the endpoint.

    What is on its way goes to the new URL, in the version in which it was taken. Raises ForbiddenError,
    EndpointNotFoundError, EndpointUrlError, EndpointUrlTakenError, EndpointChangedError.
    """
    caller.require_admin()
    target_of(url, loopback_allowed=loopback_allowed)
    now = clock()

    def wanted(endpoint: Endpoint) -> Endpoint:
        return endpoint.changed(url, status, description, now, api_version)

    return _changed(endpoint_id, wanted, Change.UPDATED, endpoints, now)


def rotate_secret(
    caller: Caller,
    endpoint_id: str,
    overlap: timedelta,
    *,
    endpoints: EndpointBook,
    clock: Clock,
    new_secret: Callable[[], str],
    seal: Seal,
) -> tuple[Endpoint, str]:
    """Make another secret and return it with its endpoint; the one before it signs as well for `overlap`.

    Raises ForbiddenError, EndpointNotFoundError, TooManyEndpointSecretsError, EndpointChangedError.
    """
    caller.require_admin()
    secret, now = new_secret(), clock()
    sealed = seal(secret, _existing(endpoint_id, endpoints).endpoint_id)

    def rotated(endpoint: Endpoint) -> Endpoint:
        return endpoint.rotated(sealed, now, overlap)

    return _changed(endpoint_id, rotated, Change.ROTATED, endpoints, now), secret


def delete_endpoint(caller: Caller, endpoint_id: str, *, endpoints: EndpointBook, clock: Clock) -> None:
    """Remove an endpoint: nothing more is sent there, what was on its way is kept as STOPPED.

    Raises ForbiddenError, EndpointNotFoundError, EndpointChangedError.
    """
    caller.require_admin()
    for _ in range(_ATTEMPTS):
        if endpoints.remove(_existing(endpoint_id, endpoints), clock()):
            return
    raise EndpointChangedError(endpoint_id)


def disable_gone(endpoint_id: str, *, endpoints: EndpointBook, clock: Clock) -> None:
    """Disable an endpoint whose receiver answered 410; one that was removed meanwhile stays so.

    Raises EndpointChangedError.
    """
    now = clock()

    def gone(endpoint: Endpoint) -> Endpoint:
        return endpoint.gone(now) if endpoint.is_enabled else endpoint

    try:
        _changed(endpoint_id, gone, Change.DISABLED, endpoints, now)
    except EndpointNotFoundError:
        return


def _changed(
    endpoint_id: str,
    next_version: Callable[[Endpoint], Endpoint],
    change: Change,
    endpoints: EndpointBook,
    at: datetime,
) -> Endpoint:
    for _ in range(_ATTEMPTS):
        before = _existing(endpoint_id, endpoints)
        after = next_version(before)
        if after is before or endpoints.rewrite(before, after, change, at):
            return after
    raise EndpointChangedError(endpoint_id)


def _existing(endpoint_id: str, endpoints: Endpoints) -> Endpoint:
    found = endpoints.find(endpoint_id) if _ENDPOINT_ID.fullmatch(endpoint_id) else None
    if found is None:
        raise EndpointNotFoundError(endpoint_id[:_LONGEST_ECHO])
    return found
