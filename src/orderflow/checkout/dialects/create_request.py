"""Requests that create a session."""

from collections.abc import Mapping
from typing import Any

from orderflow.checkout.dialects import lenient, up
from orderflow.checkout.dialects.asked import Asked, whole_numbers, with_quantities
from orderflow.checkout.dialects.door import Dialect
from orderflow.checkout.dialects.version import OLDER, Mode


def read(spoken: Dialect, body: Mapping[str, Any]) -> Asked:
    """Return a create request; raises SchemaError and QuantityNotInSchemaError."""
    notes: tuple[dict[str, Any], ...] = ()
    if spoken.version == OLDER:
        from orderflow.contract import acp20250929_create_session_request as older

        # The older gateway's curl names a currency, which its version does not know.
        if spoken.mode is Mode.LENIENT:
            body, notes = lenient.in_our_currency(body, spoken.currency)
        valid = older.validate(whole_numbers(dict(body)))
        return Asked(up.create(valid, currency=spoken.currency), (*notes, *up.notes(valid["items"])))
    from orderflow.contract import acp20260417_create_session_request as current

    if spoken.mode is Mode.LENIENT:
        if "items" in body:
            body, notes = lenient.in_our_currency(body, spoken.currency)
        body = lenient.create(body, currency=spoken.currency)
    asked = with_quantities(current.validate(whole_numbers(dict(body))), spoken.mode)
    return Asked(asked.body, (*notes, *asked.notes))
