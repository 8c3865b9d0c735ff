"""POST /mcp: an AI assistant shops by tools, each of which is one of the checkout's routes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.agents import echoed, refused, usage
from orderflow.checkout.assistants import answers, messages, tools
from orderflow.checkout.assistants.errors import (
    InvalidParamsError,
    MessageNotJsonError,
    OriginRefusedError,
    UnknownMethodError,
    as_json_rpc,
)
from orderflow.clients.admission import admitted, permitted
from orderflow.clients.client_key import Scope
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.caller import Client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.errors import InvalidRequestError, NotAuthenticatedError, OrderflowError
from orderflow.runtime.observability import count

Operation = Callable[[Request, Client], tuple[int, Any, Mapping[str, str]]]

_SHARED_METHODS = ("tools/call", "tools/list")
_METHODS = {True: ("server/discover", *_SHARED_METHODS), False: ("initialize", "ping", *_SHARED_METHODS)}
# Clients of versions with a handshake take any other status than 200 for a broken connection.
_ANSWERED = (UnknownMethodError, InvalidParamsError)
# Who may not call at all is told so by the status, whatever the message.
_OF_THE_CALLER = (NotAuthenticatedError, OriginRefusedError)


@dataclass(frozen=True)
class ToolRequest(Request):
    """A tool's call as the request that its route would have got; its size is that of the whole message."""

    payload: dict[str, Any] | None = None

    @property
    def has_body(self) -> bool:
        return self.payload is not None

    def json(self) -> dict[str, Any]:
        return self.payload or {}


def _serve(request: Request) -> Response:
    machine = admitted(request.client, None, usage=usage(), clock=utc_now)
    _require_origin(request.header("Origin"))
    message = _message(request)
    messages.require_version(message, request.header)
    if message.id is None:
        return Response(202)
    methods = _METHODS[message.modern]
    if message.method not in methods:
        raise UnknownMethodError(message.method, methods)
    return Response(200, answers.result(message, _value(request, machine, message), tools.catalogue()[0]))


def _refusal(error: OrderflowError, request: Request) -> Response:
    """Return a refusal of the message as JSON-RPC has it, of a tool as its result, of the caller as everywhere."""
    message = _message_or_none(request)
    if told := as_json_rpc(error):
        answered = message is not None and not message.modern and isinstance(error, _ANSWERED)
        return Response(200 if answered else error.http_status, answers.failure(message.id if message else None, told))
    if message is None or message.tool is None or isinstance(error, _OF_THE_CALLER):
        return refused(error, request)
    if error.http_status >= 500:
        count("ToolsFailed")
    given = refused(error, _as_sent(request, message))
    value = answers.called(given.status, answers.located(given.body), given.headers)
    return Response(200, answers.result(message, value, tools.catalogue()[0]))


handler = api_handler(_serve, refusal=_refusal)


def _require_origin(origin: str | None) -> None:
    allowed = settings.words("CORS_ALLOW_ORIGINS")
    if origin is not None and origin not in allowed and "*" not in allowed:
        raise OriginRefusedError


def _message(request: Request) -> messages.Message:
    try:
        body = request.any_json()
    except InvalidRequestError as error:
        raise MessageNotJsonError from error
    return messages.read(body)


def _message_or_none(request: Request) -> messages.Message | None:
    try:
        return _message(request)
    except OrderflowError:
        return None


def _value(request: Request, machine: Client, message: messages.Message) -> Mapping[str, Any]:
    match message.method:
        case "tools/call":
            return _called(request, machine, message)
        case "tools/list":
            if "cursor" in message.params:
                raise InvalidParamsError("There is one page of tools: leave the cursor out.")
            known = tools.catalogue()[1].values()
            return answers.listed(message, [tool.told for tool in known if tool.scope in machine.scopes])
        case "server/discover":
            return answers.discovered()
        case "initialize":
            asked = message.params.get("protocolVersion")
            if not isinstance(asked, str):
                raise InvalidParamsError("params.protocolVersion must be a string.")
            return answers.initialized(asked, tools.catalogue()[0])
    return {}  # ping


def _called(request: Request, machine: Client, message: messages.Message) -> dict[str, Any]:
    tool = tools.catalogue()[1].get(message.tool or "")
    if tool is None:
        raise InvalidParamsError(f"There is no tool {str(message.params.get('name'))[:64]!r}; tools/list names them.")
    if not isinstance(message.params.get("arguments", {}), dict):
        raise InvalidParamsError("params.arguments must be an object.")
    permitted(machine, Scope(tool.scope))
    asked = _as_route(request, tool, message)
    status, body, headers = _operation(tool.name)(asked, machine)
    return answers.called(status, body, {**echoed(asked), **headers})


def _as_route(request: Request, tool: tools.Tool, message: messages.Message) -> ToolRequest:
    """Return the call as its route would have got it; raises ToolArgumentsError."""
    call = tools.read(tool, message.params.get("arguments", {}))
    event = {
        **request.event,
        "httpMethod": tool.method,
        "resource": tool.path,
        "pathParameters": call.path_parameters,
        "headers": {"X-Correlation-Id": request.correlation_id, **call.headers},
    }
    return ToolRequest(event, call.payload)


def _as_sent(request: Request, message: messages.Message) -> Request:
    """Return what says which version of the checkout protocol a failed call speaks: the message, if nothing does."""
    tool = tools.catalogue()[1].get(message.tool or "")
    try:
        return _as_route(request, tool, message) if tool else request
    except OrderflowError:
        return request


def _operation(name: str) -> Operation:
    """Return what a tool does: imported when it is called, since no call needs all five."""
    match name:
        case "create_checkout_session":
            from handlers.agents.operations.creating import created

            return created
        case "update_checkout_session":
            from handlers.agents.operations.updating import updated

            return updated
        case "get_checkout_session":
            from handlers.agents.operations.reading import read

            return read
        case "complete_checkout_session":
            from handlers.agents.operations.completing import completed

            return completed
        case "cancel_checkout_session":
            from handlers.agents.operations.cancelling import cancelled

            return cancelled
    raise LookupError(f"tools.json has a tool {name} that nothing here does.")
