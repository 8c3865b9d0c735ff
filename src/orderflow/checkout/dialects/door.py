"""The door of the checkout: what a caller speaks, and answers in its words; `<kind>_request.read` reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orderflow.checkout.dialects.version import OLDER, Mode, choose
from orderflow.checkout.protocol import wire_error
from orderflow.runtime.errors import OrderflowError


@dataclass(frozen=True)
class Dialect:
    """What one caller speaks; `currency` (ISO 4217, lower case) is meant where a request cannot name one."""

    version: str
    mode: Mode
    currency: str

    def session(self, session: Mapping[str, Any], notes: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
        """Return a session, with or without its order, as this caller reads it."""
        told = {**session, "messages": [*session["messages"], *notes]}
        if self.version != OLDER:
            return told
        from orderflow.checkout.dialects import down

        return down.session(told)

    def error(self, error: OrderflowError) -> dict[str, Any]:
        """Return the body of a refusal as this caller reads it."""
        told = wire_error(error)
        if self.version != OLDER:
            return told
        from orderflow.checkout.dialects import down

        return down.error(told)


def dialect(header: str | None, mode: Mode, *, default_currency: str) -> Dialect:
    """Return what a caller speaks by its API-Version; raises MissingApiVersionError, UnsupportedApiVersionError."""
    return Dialect(choose(header, mode), mode, default_currency)
