"""Requests that complete a session."""

from collections.abc import Mapping
from typing import Any

from orderflow.checkout.dialects import lenient, up
from orderflow.checkout.dialects.asked import Asked, whole_numbers
from orderflow.checkout.dialects.door import Dialect
from orderflow.checkout.dialects.version import OLDER, Mode


def read(spoken: Dialect, body: Mapping[str, Any]) -> Asked:
    """Return a complete request; raises SchemaError."""
    if spoken.version == OLDER:
        from orderflow.contract import acp20250929_complete_session_request as older

        return Asked(up.complete(older.validate(whole_numbers(dict(body)))))
    from orderflow.contract import acp20260417_complete_session_request as current

    asked = lenient.complete(body) if spoken.mode is Mode.LENIENT else dict(body)
    return Asked(current.validate(whole_numbers(asked)))
