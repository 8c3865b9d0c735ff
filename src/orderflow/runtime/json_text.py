"""JSON as it leaves this API, rendered in one place: a stored answer is the very text that was sent."""

import json
from decimal import Decimal
from typing import Any


class JsonText(str):
    """JSON that was rendered already."""

    __slots__ = ()


def json_text(value: Any) -> JsonText:
    """Return a value as compact JSON in UTF-8, whole decimals as integers."""
    return JsonText(json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=_jsonable))


def _jsonable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
