"""The header `Merchant-Signature` of the Agentic Commerce Protocol: `t=<unix seconds>,v1=<hex HMAC-SHA256>`."""

import hashlib
import hmac
from collections.abc import Sequence


def merchant_signature(body: bytes, secrets: Sequence[str], at: int) -> str:
    """Return the header for a body sent at `at`, Unix seconds: one `v1` for each secret that is valid, newest first.

    Outside a rotation there is one, as the protocol's pattern has it.
    """
    if not secrets:
        raise ValueError("a webhook is signed with at least one secret")
    signed = f"{at}.".encode() + body
    digests = (hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets)
    return ",".join([f"t={at}", *(f"v1={digest}" for digest in digests)])
