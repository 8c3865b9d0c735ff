"""What every kind of request has in common on its way to the core; each kind has a module of its own, with its shapes.

They are apart because a function's zip holds what it imports, and the shapes are large.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orderflow.checkout.dialects.version import Mode

Body = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A request in the words of 2026-04-17, each item with a whole `quantity`, and messages that its answer carries."""

    body: Body
    notes: tuple[Body, ...] = ()


def with_quantities(valid: Mapping[str, Any], mode: Mode) -> Asked:
    """Return a valid request of the current version; raises QuantityNotInSchemaError where the mode is strict."""
    items = valid.get("line_items")
    if items is None:
        return Asked(dict(valid))
    if mode is Mode.STRICT:
        _refuse_quantities(items)
    return Asked({**valid, "line_items": [{"quantity": 1, **item} for item in items]})


def whole_numbers(value: Any) -> Any:
    """Return the value with 2.0 as 2: to JSON Schema both are integers, to the validators only the second."""
    match value:
        case dict():
            return {key: whole_numbers(inner) for key, inner in value.items()}
        case list():
            return [whole_numbers(inner) for inner in value]
        case Decimal() if value.is_finite() and abs(value) < 10**15 and value == value.to_integral_value():
            return int(value)
    return value


def _refuse_quantities(items: list[Body]) -> None:
    from orderflow.checkout.dialects.errors import QuantityNotInSchemaError

    for index, item in enumerate(items):
        if "quantity" in item:
            raise QuantityNotInSchemaError(index)
