"""The door of the checkout: a request in whichever version becomes one of the core's, and the answer goes back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from orderflow.checkout.dialects import lenient, shapes, up
from orderflow.checkout.dialects.version import OLDER, Mode, choose
from orderflow.checkout.protocol import wire_error
from orderflow.runtime.errors import OrderflowError


@dataclass(frozen=True)
class Asked:
    """A request in the words of 2026-04-17, each item with a whole `quantity`, and messages that its answer carries."""

    body: dict[str, Any]
    notes: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Dialect:
    """What one caller speaks; `currency` (ISO 4217, lower case) is meant where a request cannot name one."""

    version: str
    mode: Mode
    currency: str

    def create(self, body: Mapping[str, Any]) -> Asked:
        """Return a create request; raises SchemaError and QuantityNotInSchemaError."""
        if self.version == OLDER:
            # The older gateway's curl names a currency, which its version does not know.
            named = body.get("currency") if self.mode is Mode.LENIENT else None
            meant = named if isinstance(named, str) else self.currency
            kept = {key: value for key, value in body.items() if key != "currency" or named is None}
            return self._older(shapes.create, kept, lambda valid: up.create(valid, currency=meant))
        if self.mode is Mode.LENIENT:
            body = lenient.create(body, currency=self.currency)
        return self._current(shapes.create, body)

    def update(self, body: Mapping[str, Any]) -> Asked:
        """Return an update request; raises SchemaError and QuantityNotInSchemaError."""
        if self.version == OLDER:
            return self._older(shapes.update, body, up.update)
        return self._current(shapes.update, lenient.update(body) if self.mode is Mode.LENIENT else body)

    def complete(self, body: Mapping[str, Any]) -> Asked:
        """Return a complete request; raises SchemaError."""
        if self.version == OLDER:
            return self._older(shapes.complete, body, up.complete)
        return self._current(shapes.complete, lenient.complete(body) if self.mode is Mode.LENIENT else body)

    def cancel(self, body: Mapping[str, Any]) -> Asked:
        """Return a cancel request, which says at most why; raises SchemaError."""
        return Asked(shapes.cancel(self.version)(shapes.whole_numbers(dict(body))))

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

    def _older(
        self,
        shape: Callable[[str], Callable[[dict[str, Any]], dict[str, Any]]],
        body: Mapping[str, Any],
        convert: Callable[[Mapping[str, Any]], dict[str, Any]],
    ) -> Asked:
        valid = shape(OLDER)(shapes.whole_numbers(dict(body)))
        return Asked(convert(valid), up.notes(valid.get("items", ())))

    def _current(
        self, shape: Callable[[str], Callable[[dict[str, Any]], dict[str, Any]]], body: Mapping[str, Any]
    ) -> Asked:
        valid = shape(self.version)(shapes.whole_numbers(dict(body)))
        items = valid.get("line_items")
        if items is None:
            return Asked(valid)
        if self.mode is Mode.STRICT:
            _refuse_quantities(items)
        return Asked({**valid, "line_items": [{"quantity": 1, **item} for item in items]})


def dialect(header: str | None, mode: Mode, *, default_currency: str) -> Dialect:
    """Return what a caller speaks by its API-Version; raises MissingApiVersionError, UnsupportedApiVersionError."""
    return Dialect(choose(header, mode), mode, default_currency)


def _refuse_quantities(items: list[dict[str, Any]]) -> None:
    from orderflow.checkout.dialects.errors import QuantityNotInSchemaError

    for index, item in enumerate(items):
        if "quantity" in item:
            raise QuantityNotInSchemaError(index)
