"""Every requirement there is: importing this registers them."""

from acp_conformance.checks import (
    authentication,
    cancel,
    delivery,
    discovery,
    errors,
    expiry,
    fingerprints,
    headers,
    idempotency,
    lifecycle,
    orders,
    schemas,
    totals,
    versions,
    webhooks,
)

__all__ = [
    "authentication",
    "cancel",
    "delivery",
    "discovery",
    "errors",
    "expiry",
    "fingerprints",
    "headers",
    "idempotency",
    "lifecycle",
    "orders",
    "schemas",
    "totals",
    "versions",
    "webhooks",
]
