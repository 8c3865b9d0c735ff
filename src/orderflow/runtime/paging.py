"""Opaque, tamper-proof cursors: where a list goes on, signed together with what the list was asked for."""

import base64
import binascii
import hashlib
import hmac
import json
from functools import cache
from typing import Any

from orderflow.runtime import settings
from orderflow.runtime.errors import InvalidRequestError

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
_SIGNATURE_BYTES = 16


def encode_cursor(position: dict[str, Any], scope: dict[str, Any], key: bytes) -> str:
    """Return `position` as a URL-safe token that is only valid for the same `scope` (caller, filters, order)."""
    body = json.dumps(position, separators=(",", ":"), sort_keys=True).encode()
    return base64.urlsafe_b64encode(_sign(body, scope, key) + body).decode().rstrip("=")


def decode_cursor(token: str, scope: dict[str, Any], key: bytes) -> dict[str, Any]:
    """Return the position in `token`; raises InvalidRequestError when it was changed or made for another list."""
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise _refusal() from error
    signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _sign(body, scope, key)):
        raise _refusal()
    position: dict[str, Any] = json.loads(body)
    return position


def _sign(body: bytes, scope: dict[str, Any], key: bytes) -> bytes:
    context = json.dumps(scope, separators=(",", ":"), sort_keys=True).encode()
    return hmac.new(key, context + b"\0" + body, hashlib.sha256).digest()[:_SIGNATURE_BYTES]


def _refusal() -> InvalidRequestError:
    return InvalidRequestError(
        "nextToken is not valid for this list; repeat the request that gave it, or start without nextToken.",
        [{"field": "nextToken", "issue": "not a token of this list"}],
    )


@cache
def cursor_key() -> bytes:
    """Return the signing key from Secrets Manager, read once per function and only when a list has more pages."""
    from orderflow.runtime.aws import client

    secret = client("secretsmanager").get_secret_value(SecretId=settings.text("CURSOR_SECRET_ARN"))
    return str(secret["SecretString"]).encode()


def page_limit(value: str | None) -> int:
    """Return the query parameter `limit` as 1..100 (default 20); raises InvalidRequestError."""
    if value is None:
        return DEFAULT_LIMIT
    if value.isascii() and value.isdecimal() and len(value) <= 3 and 1 <= int(value) <= MAX_LIMIT:
        return int(value)
    raise InvalidRequestError(
        f"limit must be a whole number from 1 to {MAX_LIMIT}.",
        [{"field": "limit", "issue": f"not within 1..{MAX_LIMIT}"}],
    )
