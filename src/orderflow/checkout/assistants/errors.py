"""What is refused of a message before any tool is called: errors of JSON-RPC and of the Model Context Protocol.

Sources: jsonrpc.org/specification, section 5.1; modelcontextprotocol.io/specification/2026-07-28/basic, "Error Codes".
"""

from typing import Any

from orderflow.checkout.assistants.versions import SUPPORTED
from orderflow.checkout.protocol import ProtocolError
from orderflow.runtime.errors import ForbiddenError, InvalidRequestError, NotFoundError, OrderflowError


class MessageNotJsonError(InvalidRequestError):
    """The body of a message to the tools is no JSON; in its answer -32700."""

    code = "MESSAGE_NOT_JSON"

    def __init__(self) -> None:
        super().__init__("The body is not valid JSON in UTF-8; send one JSON-RPC 2.0 message.")


class InvalidMessageError(InvalidRequestError):
    """The body is JSON and no JSON-RPC message, such as a batch; in its answer -32600."""

    code = "INVALID_MESSAGE"

    def __init__(self, issue: str) -> None:
        super().__init__(f"The body must be one JSON-RPC 2.0 request or notification: {issue}.")


class UnknownMethodError(NotFoundError):
    """The method is none that this server has; in its answer -32601."""

    code = "UNKNOWN_METHOD"

    def __init__(self, method: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no method {method[:64]!r} here; there are {', '.join(known)}.")


class InvalidParamsError(InvalidRequestError):
    """The params are not what their method takes, an unknown tool among them; in its answer -32602."""

    code = "INVALID_PARAMS"


class HeaderMismatchError(InvalidRequestError):
    """A header that repeats a part of the message is missing, or says something else; in its answer -32020."""

    code = "HEADER_MISMATCH"

    def __init__(self, header: str, wanted: str) -> None:
        super().__init__(f"The header {header} must repeat {wanted} of the body, as MCP 2026-07-28 asks.")


class UnsupportedMcpVersionError(InvalidRequestError):
    """The message is of a version of MCP that is not served here; in its answer -32022."""

    code = "UNSUPPORTED_MCP_VERSION"

    def __init__(self, asked: str) -> None:
        super().__init__(f"MCP {asked[:32]!r} is not served here; served are {', '.join(SUPPORTED)}.")
        self.asked = asked


class OriginRefusedError(ForbiddenError):
    """A web page calls that is not one of the shop's: it may have been let in by a rebound name."""

    code = "ORIGIN_REFUSED"

    def __init__(self) -> None:
        super().__init__("Pages of this Origin may not call the tools; an assistant sends no Origin at all.")


class ToolArgumentsError(ProtocolError):
    """A tool's arguments are not those that its schema names; what is inside the payload is its route's to say."""

    code = "INVALID_ARGUMENTS"

    def __init__(self, param: str, issue: str) -> None:
        super().__init__(f"{param.removeprefix('$.')} {issue}; tools/list says what the tool takes.", param)


_NUMBERS: dict[type[OrderflowError], int] = {
    MessageNotJsonError: -32700,
    InvalidMessageError: -32600,
    UnknownMethodError: -32601,
    InvalidParamsError: -32602,
    HeaderMismatchError: -32020,
    UnsupportedMcpVersionError: -32022,
}


def as_json_rpc(error: OrderflowError) -> dict[str, Any] | None:
    """Return the error object of a message that was refused, None for errors that are not about messages."""
    number = _NUMBERS.get(type(error))
    if number is None:
        return None
    told: dict[str, Any] = {"code": number, "message": error.message}
    if isinstance(error, UnsupportedMcpVersionError):
        told["data"] = {"supported": list(SUPPORTED), "requested": error.asked}
    return told
