"""Messages and JSONPaths of 2026-04-17 as the older version has them: no warnings, six error codes, other fields."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

_CODES = {
    "low_stock": "out_of_stock",
    "quantity_exceeded": "out_of_stock",
    "intervention_required": "requires_3ds",
}
_OLDER_CODES = frozenset({"missing", "invalid", "out_of_stock", "payment_declined", "requires_sign_in", "requires_3ds"})
_OPTION = (re.compile(r"^\$\.selected_fulfillment_options\b.*"), "$.fulfillment_option_id")
_ADDRESS = (re.compile(r"^\$\.fulfillment_details(\.address)?\b"), "$.fulfillment_address")
# Of a session, and of a request: the two name items differently.
_TOLD = (_OPTION, _ADDRESS, (re.compile(r"^(\$\.line_items\[\d+\])\.quantity$"), r"\1.item.quantity"))
_ASKED = (
    _OPTION,
    _ADDRESS,
    (re.compile(r"^\$\.line_items\b"), "$.items"),
    (re.compile(r"^\$\.payment_data\.(instrument|handler_id)\b.*"), "$.payment_data.token"),
)


def messages(current: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the messages of a session, none left out."""
    return [_message(each) for each in current]


def asked_path(param: str) -> str:
    """Return the JSONPath of a field of a request."""
    return _renamed(param, _ASKED)


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"type": message["type"]}
    if message["type"] == "warning":
        told["type"] = "info"
    elif message["type"] == "error":
        code = _CODES.get(message["code"], message["code"])
        told["code"] = code if code in _OLDER_CODES else "invalid"
    if "param" in message:
        told["param"] = _renamed(message["param"], _TOLD)
    return {**told, "content_type": message["content_type"], "content": message["content"]}


def _renamed(path: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, replacement in rules:
        path = pattern.sub(replacement, path)
    return path
