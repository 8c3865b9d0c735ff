"""Requests that delegate a payment; the two versions differ in the risk signals only."""

from collections.abc import Mapping
from typing import Any

from orderflow.checkout.dialects.asked import Asked, whole_numbers
from orderflow.checkout.dialects.version import OLDER


def read(version: str, body: Mapping[str, Any]) -> Asked:
    """Return a delegate request; raises SchemaError."""
    if version == OLDER:
        from orderflow.contract import acp20250929_delegate_payment_request as older

        return Asked(older.validate(whole_numbers(dict(body))))
    from orderflow.contract import acp20260417_delegate_payment_request as current

    return Asked(current.validate(whole_numbers(dict(body))))
