"""A caller of the checkout: its dialect, with every kind of request that it may send."""

from collections.abc import Mapping
from typing import Any

from orderflow.checkout.dialects import cancel_request, complete_request, create_request, update_request
from orderflow.checkout.dialects.asked import Asked
from orderflow.checkout.dialects.door import Dialect, dialect
from orderflow.checkout.dialects.version import Mode


class Speaker(Dialect):
    """Reads requests as the functions do."""

    def create(self, body: Mapping[str, Any]) -> Asked:
        return create_request.read(self, body)

    def update(self, body: Mapping[str, Any]) -> Asked:
        return update_request.read(self, body)

    def complete(self, body: Mapping[str, Any]) -> Asked:
        return complete_request.read(self, body)

    def cancel(self, body: Mapping[str, Any]) -> Asked:
        return cancel_request.read(body)


def speaker(header: str | None, mode: Mode, *, default_currency: str) -> Speaker:
    """Return a caller by its API-Version, as `dialect` does."""
    spoken = dialect(header, mode, default_currency=default_currency)
    return Speaker(spoken.version, spoken.mode, spoken.currency)
