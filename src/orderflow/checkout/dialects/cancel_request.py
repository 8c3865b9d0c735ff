"""Requests that cancel a session."""

from collections.abc import Mapping
from typing import Any

from orderflow.checkout.dialects.asked import Asked, whole_numbers
from orderflow.contract import acp20260417_cancel_session_request as current


def read(body: Mapping[str, Any]) -> Asked:
    """Return a cancel request, which says at most why; raises SchemaError.

    2025-09-29 knows no body, and takes the newer one's as well.
    """
    return Asked(current.validate(whole_numbers(dict(body))))
