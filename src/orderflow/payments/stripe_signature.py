"""Stripe's signature under a webhook's body (docs.stripe.com/webhooks, "verify webhook signatures manually")."""

import hashlib
import hmac
from datetime import datetime

from orderflow.runtime.errors import InvalidRequestError

TOLERANCE = 300  # seconds a signature is good for, Stripe's own default: an event cannot be replayed later


class SignatureRefusedError(InvalidRequestError):
    """The body was not signed by Stripe with our secret, or too long ago; it does not say which."""

    code = "SIGNATURE_REFUSED"

    def __init__(self) -> None:
        super().__init__("The Stripe-Signature header does not fit the body; send what Stripe signed, when it did.")


def check_signature(body: bytes, header: str | None, secret: str, now: datetime) -> None:
    """Accept `body` only with a v1 signature of `secret` that is at most `TOLERANCE` seconds off `now`.

    While a secret is rolled Stripe sends one v1 for each: any that fits will do. Raises SignatureRefusedError.
    """
    parts = [part.strip().partition("=") for part in (header or "").split(",")]
    moments = [value for name, _, value in parts if name == "t"]
    if len(moments) != 1 or not (moments[0].isascii() and moments[0].isdecimal() and len(moments[0]) <= 12):
        raise SignatureRefusedError
    expected = hmac.new(secret.encode(), moments[0].encode() + b"." + body, hashlib.sha256).hexdigest()
    given = [value for name, _, value in parts if name == "v1"]
    # Every one is compared, each in constant time: how long it takes says nothing of what was expected.
    fits = [hmac.compare_digest(expected.encode(), value.encode()) for value in given]
    if not any(fits) or abs(now.timestamp() - int(moments[0])) > TOLERANCE:
        raise SignatureRefusedError
