"""The signature of a webhook: `Merchant-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of t.body>`."""

import hashlib
import hmac
import re

# How far from its arrival a delivery may be signed (webhook OpenAPI of 2026-04-17: recommended tolerance).
TOLERANCE_SECONDS = 300
_FORM = re.compile(r"t=(\d+)((?:,v1=[0-9a-fA-F]{64})+)")


def parts(header: str) -> tuple[int, list[str]] | None:
    """Return the moment and the signatures, None for a header of another form.

    The published pattern has one `v1`; a second one is there while a secret is being rotated.
    """
    found = _FORM.fullmatch(header)
    return (int(found[1]), re.findall(r"v1=([0-9a-fA-F]{64})", found[2])) if found else None


def signed(secret: str, moment: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def verifies(header: str, secret: str, body: bytes) -> bool:
    """Tell whether one of the header's signatures is ours of these very bytes."""
    found = parts(header)
    return found is not None and any(
        hmac.compare_digest(signed(secret, found[0], body), each.lower()) for each in found[1]
    )
