"""The door of every HTTP function: API Gateway's proxy event in, our answer or our error shape out."""

import base64
import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from orderflow.contract import answer_headers
from orderflow.runtime import settings
from orderflow.runtime.caller import Caller, Client, caller_from_claims, client_from_context
from orderflow.runtime.errors import (
    Detail,
    InvalidRequestError,
    OrderflowError,
    TooLargeError,
    UnsupportedMediaTypeError,
)
from orderflow.runtime.json_text import JsonText, json_text
from orderflow.runtime.observability import LogEvent, flush_metrics, log, logger, traced

MAX_BODY_BYTES = 256 * 1024  # 50 order lines with long names stay below 40 KB
_CORRELATION_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Request:
    """One HTTP request as API Gateway hands it over."""

    event: Mapping[str, Any]

    @property
    def caller(self) -> Caller:
        """The authenticated person; raises NotAuthenticatedError, also for a machine."""
        return caller_from_claims(self._authorizer.get("claims"))

    @property
    def client(self) -> Client:
        """The authenticated machine; raises NotAuthenticatedError, also for a person."""
        return client_from_context(self._authorizer)

    @property
    def client_key_id(self) -> str | None:
        """The id of the machine's key, for the log; None for a person."""
        key_id = self._authorizer.get("keyId")
        return None if key_id is None else str(key_id)

    @property
    def _authorizer(self) -> Mapping[str, Any]:
        return self.event.get("requestContext", {}).get("authorizer") or {}

    @property
    def request_id(self) -> str:
        return str(self.event.get("requestContext", {}).get("requestId", "unknown"))

    @property
    def route(self) -> str:
        """Return method and resource path as the OpenAPI document writes them, such as `GET /orders/{orderId}`."""
        return f"{self.event.get('httpMethod')} {self.event.get('resource')}"

    @property
    def correlation_id(self) -> str:
        """The client's X-Correlation-Id when it is well-formed, else the request id."""
        sent = self.header("X-Correlation-Id")
        return sent if sent and _CORRELATION_ID.fullmatch(sent) else self.request_id

    def header(self, name: str) -> str | None:
        """Return a header by its case-insensitive name."""
        wanted = name.lower()
        headers: Mapping[str, str] = self.event.get("headers") or {}
        for key, value in headers.items():
            if key.lower() == wanted:
                return value
        return None

    def path(self, name: str) -> str:
        """Return a path parameter, decoded."""
        from urllib.parse import unquote

        return unquote((self.event.get("pathParameters") or {})[name])

    def query(self, name: str) -> str | None:
        """Return a query parameter, or None."""
        return (self.event.get("queryStringParameters") or {}).get(name)

    @property
    def has_body(self) -> bool:
        """Tell whether the client sent a body at all, for the operations that can do without."""
        return bool(self.event.get("body"))

    def any_json(self) -> Any:
        """Return the body as whatever JSON it is, decimals exact; raises InvalidRequestError, TooLargeError or
        UnsupportedMediaTypeError."""
        media_type = (self.header("Content-Type") or "application/json").split(";")[0].strip().lower()
        if media_type != "application/json":
            raise UnsupportedMediaTypeError("The body must be sent with Content-Type: application/json.")
        return _decode_json(self.raw_body())

    def json(self) -> dict[str, Any]:
        """Return the body as an object; raises what `any_json` raises."""
        body = self.any_json()
        if not isinstance(body, dict):
            raise InvalidRequestError(
                "The body must be a JSON object.", [{"field": "body", "issue": "must be a JSON object"}]
            )
        return body

    def raw_body(self) -> bytes:
        """Return the body as it was sent, byte for byte, as signatures need it; raises TooLargeError."""
        body = self.event.get("body") or ""
        try:
            raw = base64.b64decode(body) if self.event.get("isBase64Encoded") else body.encode()
        except ValueError as error:
            raise InvalidRequestError("The body is not valid UTF-8 text.") from error
        if len(raw) > MAX_BODY_BYTES:
            raise TooLargeError(f"The body has {len(raw)} bytes; at most {MAX_BODY_BYTES} are taken.")
        return raw


@dataclass(frozen=True)
class Response:
    """One HTTP answer; `body` is anything JSON can hold, JsonText that was rendered before, or None for no body."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


Operation = Callable[[Request], Response]
Refusal = Callable[[OrderflowError, Request], Response]
Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


def api_handler(operation: Operation, *, refusal: Refusal | None = None) -> Handler:
    """Make an operation a Lambda handler: context logged, errors shaped, metrics flushed, call traced.

    `refusal` shapes the errors of routes that have another contract's error shape.
    """
    refused = refusal or _error_response

    @traced
    @functools.wraps(operation)
    def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        request = Request(event)
        logger.clear_state()
        logger.append_keys(
            request_id=request.request_id,
            correlation_id=request.correlation_id,
            function_request_id=getattr(context, "aws_request_id", None),
            operation=operation.__module__.rpartition(".")[2],
            client_key_id=request.client_key_id,
        )
        try:
            response = operation(request)
            log(LogEvent.REQUEST_ANSWERED, status=response.status)
        except OrderflowError as error:
            unavailable = error.http_status >= 500
            log(
                LogEvent.REQUEST_UNAVAILABLE if unavailable else LogEvent.REQUEST_REFUSED,
                exc_info=unavailable,
                status=error.http_status,
                error_code=error.code,
            )
            response = refused(error, request)
        except Exception:  # noqa: BLE001 - the last resort: whatever failed, the client gets our error shape
            log(LogEvent.REQUEST_CRASHED, exc_info=True, status=500)
            message = "Something failed on our side; try again, and quote the requestId if it goes on failing."
            response = refused(OrderflowError(message), request)
        finally:
            flush_metrics()
        return _proxy_answer(request, response)

    return cast(Handler, handler)


def invalid_field(name: str, issue: str) -> InvalidRequestError:
    """Return the 400 that names one field and what is wrong with it."""
    return InvalidRequestError(f"{name} {issue}", [Detail(field=name, issue=issue)])


def _error_response(error: OrderflowError, request: Request) -> Response:
    body: dict[str, Any] = {"code": error.code, "message": error.message, "requestId": request.request_id}
    if error.details:
        body["details"] = list(error.details)
    seconds = error.retry_after_seconds
    return Response(error.http_status, body, {"Retry-After": str(seconds)} if seconds is not None else {})


def _proxy_answer(request: Request, response: Response) -> dict[str, Any]:
    headers = {
        **answer_headers.EVERY,
        **answer_headers.OWN.get(request.route, {}),
        **answer_headers.DEPRECATED.get(request.route, {}),
        "X-Request-Id": request.request_id,
        "X-Correlation-Id": request.correlation_id,
        **_cors_headers(request),
        **response.headers,
    }
    if response.body is None:
        return {"statusCode": response.status, "headers": headers, "body": ""}
    headers["Content-Type"] = "application/json"
    body = response.body if isinstance(response.body, JsonText) else json_text(response.body)
    return {"statusCode": response.status, "headers": headers, "body": body}


def _cors_headers(request: Request) -> dict[str, str]:
    allowed = settings.words("CORS_ALLOW_ORIGINS")
    exposed = {"Access-Control-Expose-Headers": answer_headers.EXPOSED}
    if "*" in allowed:
        return {"Access-Control-Allow-Origin": "*", **exposed}
    origin = request.header("Origin")
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin", **exposed} if origin in allowed and origin else {}


def _decode_json(raw: bytes) -> Any:
    try:
        body = json.loads(raw, parse_float=Decimal, parse_constant=_refuse_constant)
        # A lone surrogate passes JSON but no UTF-8 store: find it at the door.
        json.dumps(body, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError, ArithmeticError) as error:  # ArithmeticError: an exponent no Decimal holds
        raise InvalidRequestError(
            "The body is not valid JSON in UTF-8.", [{"field": "body", "issue": "not valid JSON in UTF-8"}]
        ) from error
    return body


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
