"""One JSON-RPC message as a client of MCP posts it, held to the version that it speaks.

Sources: modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http, "Request Metadata" and
"Server Validation"; the same of 2025-11-25 for clients that begin with `initialize`.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from orderflow.checkout.assistants.errors import (
    HeaderMismatchError,
    InvalidMessageError,
    InvalidParamsError,
    UnsupportedMcpVersionError,
)
from orderflow.checkout.assistants.versions import LEGACY, MODERN
from orderflow.contract import SchemaError

VERSION = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
_ENCODED, _END = "=?base64?", "?="

Headers = Callable[[str], str | None]


@dataclass(frozen=True)
class Message:
    """A request, or with `id` None a notification; `modern` where it speaks a version without a handshake."""

    id: str | int | None
    method: str
    params: Mapping[str, Any]
    modern: bool

    @property
    def tool(self) -> str | None:
        """The name of the tool that is called, None for everything else."""
        name = self.params.get("name")
        return name if self.method == "tools/call" and isinstance(name, str) else None


def read(body: Any) -> Message:
    """Return the message that a body is, whatever its version; raises InvalidMessageError."""
    if isinstance(body, list):
        raise InvalidMessageError("batches are not taken")
    if not isinstance(body, dict):
        raise InvalidMessageError("it must be an object")
    try:
        if "id" in body:
            from orderflow.contract import mcp_call_request

            mcp_call_request.validate(body)
        else:
            from orderflow.contract import mcp_notice_request

            mcp_notice_request.validate(body)
    except SchemaError as error:
        raise InvalidMessageError(f"{error.field} {error.issue}") from error
    params = body.get("params", {})
    return Message(body.get("id"), body["method"], params, modern=VERSION in _meta(params))


def require_version(message: Message, header: Headers) -> None:
    """Raise unless the message is of a version served here, and its headers say what it says.

    Raises UnsupportedMcpVersionError, HeaderMismatchError, InvalidParamsError.
    """
    shown = header("MCP-Protocol-Version")
    is_request = message.id is not None  # which headers a notification has is left open
    if message.modern and is_request:
        _require_modern(message, shown, header)
    elif shown in MODERN and is_request:
        raise InvalidParamsError(f"params._meta must name {VERSION}.")
    elif shown is not None and shown not in (*MODERN, *LEGACY):
        raise UnsupportedMcpVersionError(shown)


def _require_modern(message: Message, shown: str | None, header: Headers) -> None:
    meta = _meta(message.params)
    named = meta[VERSION]
    if not isinstance(named, str):
        raise InvalidParamsError(f"params._meta: {VERSION} must be a string.")
    if shown != named:
        raise HeaderMismatchError("MCP-Protocol-Version", f"{VERSION} in params._meta")
    if named not in MODERN:
        raise UnsupportedMcpVersionError(named)
    if header("Mcp-Method") != message.method:
        raise HeaderMismatchError("Mcp-Method", "the method")
    if not isinstance(meta.get(CAPABILITIES), dict):
        raise InvalidParamsError(f"params._meta must hold {CAPABILITIES}, an object.")
    if message.tool is not None and _plain(header("Mcp-Name")) != message.tool:
        raise HeaderMismatchError("Mcp-Name", "params.name")


def _meta(params: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = params.get("_meta")
    return meta if isinstance(meta, dict) else {}


def _plain(value: str | None) -> str | None:
    """Return a header's value, decoded where it is in the form for what no header can hold."""
    if value is None or not (value.startswith(_ENCODED) and value.endswith(_END)):
        return value
    try:
        return base64.b64decode(value[len(_ENCODED) : -len(_END)], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
