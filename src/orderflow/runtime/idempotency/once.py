"""What makes a request recognisable."""

import re
from dataclasses import dataclass
from typing import Any

from orderflow.runtime.idempotency.errors import IdempotencyKeyMalformedError, IdempotencyKeyMissingError
from orderflow.runtime.idempotency.fingerprint import fingerprint, sha256

_KEY = re.compile(r"[!-~]{1,255}")


@dataclass(frozen=True)
class Once:
    """One key of one caller for one path: `id` is the hash of the three, `fingerprint` that of the body's meaning."""

    id: str
    fingerprint: str


def once(caller_id: str, path: str, key: str, body: Any) -> Once:
    """Return how the request is recognised; raises IdempotencyKeyMalformedError.

    `caller_id` is a user's id or `key:<id>` of a machine, `path` method and path with its ids in it
    (`POST /orders/01JFR…/shipments`): the same key means nothing elsewhere. `body` is the parsed JSON, all of it.
    """
    if not _KEY.fullmatch(key):
        raise IdempotencyKeyMalformedError
    return Once(id=sha256(f"{caller_id}\0{path}\0{key}"), fingerprint=fingerprint(body))


def required(key: str | None) -> str:
    """Return the header's value; raises IdempotencyKeyMissingError."""
    if key is None:
        raise IdempotencyKeyMissingError
    return key
