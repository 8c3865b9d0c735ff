"""Requests that change a session."""

from collections.abc import Mapping
from typing import Any

from orderflow.checkout.dialects import lenient, up
from orderflow.checkout.dialects.asked import Asked, whole_numbers, with_quantities
from orderflow.checkout.dialects.door import Dialect
from orderflow.checkout.dialects.version import OLDER, Mode


def read(spoken: Dialect, body: Mapping[str, Any]) -> Asked:
    """Return an update request; raises SchemaError and QuantityNotInSchemaError."""
    if spoken.version == OLDER:
        from orderflow.contract import acp20250929_update_session_request as older

        valid = older.validate(whole_numbers(dict(body)))
        return Asked(up.update(valid), up.notes(valid.get("items", ())))
    from orderflow.contract import acp20260417_update_session_request as current

    asked = lenient.update(body) if spoken.mode is Mode.LENIENT else dict(body)
    return with_quantities(current.validate(whole_numbers(asked)), spoken.mode)
