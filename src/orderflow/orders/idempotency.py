"""Safe repeats: one Idempotency-Key of one caller stands for one request and its first answer."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import MAX_EMAX, MIN_EMIN, Context
from typing import Any

from orderflow.runtime.errors import Detail, InvalidRequestError

KEEP_ANSWERS = timedelta(hours=24)
_KEY = re.compile(r"[!-~]{1,255}")
# More digits than a double holds, every exponent that the API reads, and no error for any of them.
_NUMBERS = Context(prec=50, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])


@dataclass(frozen=True)
class Once:
    """What makes a request recognisable: `id` of caller, route and key; `fingerprint` of the body."""

    id: str
    fingerprint: str


@dataclass(frozen=True)
class FirstAnswer:
    """What the first request of a key was answered, good until `expires_at` (seconds since 1970)."""

    once: Once
    order_id: str
    correlation_id: str
    total: int
    currency: str
    expires_at: int

    def is_current(self, now: datetime) -> bool:
        """Tell whether the answer still stands: DynamoDB deletes expired items late, by days at worst."""
        return self.expires_at > int(now.timestamp())


def once(caller_id: str, route: str, key: str, body: Mapping[str, Any]) -> Once:
    """Return how the request is recognised; raises InvalidRequestError for a key that is none.

    Bodies are the same when they mean the same, whatever the order of keys, the space between them or the way a number
    is written: 1 is 1.0. Null is not absent, and the order of an array counts.
    """
    if not _KEY.fullmatch(key):
        issue = "must be 1 to 255 visible ASCII characters"
        raise InvalidRequestError(f"Idempotency-Key {issue}.", [Detail(field="Idempotency-Key", issue=issue)])
    canonical = json.dumps(_meaning(body), sort_keys=True, separators=(",", ":"))
    return Once(id=_sha256(f"{caller_id}\0{route}\0{key}"), fingerprint=_sha256(canonical))


def _meaning(value: Any) -> Any:
    """Return the value with each number as its normal form, and each string marked so that no number looks like one."""
    match value:
        case dict():
            return {name: _meaning(each) for name, each in value.items()}
        case list():
            return [_meaning(each) for each in value]
        case str():
            return f"text {value}"
        case bool() | None:
            return value
    number = _NUMBERS.create_decimal(value)
    return str(number.normalize(_NUMBERS)) if number else "0"


def expiry(now: datetime) -> int:
    """Return when an answer given now is forgotten, in seconds since 1970."""
    return int((now + KEEP_ANSWERS).timestamp())


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
