"""Requests that create a session."""

from collections.abc import Mapping
from typing import Any

from orderflow.checkout.dialects import lenient, up
from orderflow.checkout.dialects.asked import Asked, whole_numbers, with_quantities
from orderflow.checkout.dialects.door import Dialect
from orderflow.checkout.dialects.version import OLDER, Mode


def read(spoken: Dialect, body: Mapping[str, Any]) -> Asked:
    """Return a create request; raises SchemaError and QuantityNotInSchemaError."""
    if spoken.version == OLDER:
        from orderflow.contract import acp20250929_create_session_request as older

        # The older gateway's curl names a currency, which its version does not know.
        named = body.get("currency") if spoken.mode is Mode.LENIENT else None
        meant = named if isinstance(named, str) else spoken.currency
        kept = {key: value for key, value in body.items() if key != "currency" or named is None}
        valid = older.validate(whole_numbers(kept))
        return Asked(up.create(valid, currency=meant), up.notes(valid["items"]))
    from orderflow.contract import acp20260417_create_session_request as current

    if spoken.mode is Mode.LENIENT:
        body = lenient.create(body, currency=spoken.currency)
    return with_quantities(current.validate(whole_numbers(dict(body))), spoken.mode)
