"""The checkout protocol's error: flat, with a type, a code, a message and where in the request it is.

Source: schema.agentic_checkout.json of the Agentic Commerce Protocol, 2026-04-17, `Error`.
"""

import re
from enum import StrEnum
from typing import Any

from orderflow.runtime.errors import InvalidRequestError, OrderflowError

_PLAIN = re.compile(r"[A-Za-z_]\w*(\[\d+\])*", re.ASCII)
_LONGEST_PARAM = 256


class ErrorType(StrEnum):
    """What kind of refusal it is; the first one only in answers of 2025-09-29."""

    NOT_IDEMPOTENT = "request_not_idempotent"
    INVALID_REQUEST = "invalid_request"
    PROCESSING_ERROR = "processing_error"
    SERVICE_UNAVAILABLE = "service_unavailable"


class ProtocolError(InvalidRequestError):
    """A request that the protocol refuses; `param` is the JSONPath of the field at fault.

    Its code goes out in lower case: MISSING_API_VERSION is the protocol's missing_api_version.
    """

    type = ErrorType.INVALID_REQUEST
    supported_versions: tuple[str, ...] = ()

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


def wire_error(error: OrderflowError) -> dict[str, Any]:
    """Return any error of ours as the protocol's error: same message, its code in lower case, its first field."""
    body: dict[str, Any] = {"type": _type(error), "code": error.code.lower(), "message": error.message}
    if param := _param(error):
        body["param"] = param
    if isinstance(error, ProtocolError) and error.supported_versions:
        body["supported_versions"] = list(error.supported_versions)
    return body


def json_path(field: str) -> str:
    """Return a field such as `line_items[0].quantity`, or `body`, as an RFC 9535 JSONPath."""
    if field == "body":
        return "$"
    steps = (part if _PLAIN.fullmatch(part) else None for part in field.split("."))
    path = "".join(
        f".{plain}" if plain else f"[{_quoted(part)}]" for plain, part in zip(steps, field.split("."), strict=True)
    )
    return f"${path}"[:_LONGEST_PARAM]


def _type(error: OrderflowError) -> str:
    if isinstance(error, ProtocolError):
        return error.type.value
    if error.http_status == 503:
        return ErrorType.SERVICE_UNAVAILABLE.value
    return (ErrorType.PROCESSING_ERROR if error.http_status >= 500 else ErrorType.INVALID_REQUEST).value


def _param(error: OrderflowError) -> str | None:
    if isinstance(error, ProtocolError):
        return error.param
    field = next((detail["field"] for detail in error.details if "field" in detail), None)
    return json_path(field) if field else None


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
