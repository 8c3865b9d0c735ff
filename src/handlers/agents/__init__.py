"""What the functions share that serve shopping agents: the protocol at the door, and where things are found."""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from orderflow.checkout.dialects.door import Dialect, dialect
from orderflow.checkout.dialects.version import Mode
from orderflow.checkout.lenient_client import with_lenient_client
from orderflow.checkout.numbers import require_numbers
from orderflow.checkout.protocol import ProtocolError, wire_error
from orderflow.checkout.session import Session
from orderflow.checkout.session_store import DynamoSessionStore
from orderflow.checkout.sessions import Keep, Ledger
from orderflow.checkout.view import Shop, session_json
from orderflow.clients.admission import UsageBook
from orderflow.clients.usage_store import DynamoUsageBook
from orderflow.runtime import settings
from orderflow.runtime.api import Handler, Operation, Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.caller import Client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.errors import OrderflowError, TooLargeError
from orderflow.runtime.ids import new_ulid

if TYPE_CHECKING:
    from orderflow.runtime.idempotency.once import Once

Notes = tuple[dict[str, Any], ...]

_MAX_BODY_BYTES = 64 * 1024  # an event keeps what was sent twice, and DynamoDB takes 400 KB
_MAX_ECHO = 255


def protocol_handler(operation: Operation) -> Handler:
    """Make an operation a Lambda handler whose errors are the protocol's, and which echoes Request-Id."""

    @functools.wraps(operation)
    def echoing(request: Request) -> Response:
        response = operation(request)
        return dataclasses.replace(response, headers={**echoed(request), **response.headers})

    return api_handler(echoing, refusal=refused)


def speaking(request: Request) -> Dialect:
    """Return what the caller speaks; raises MissingApiVersionError, UnsupportedApiVersionError."""
    return dialect(request.header("API-Version"), _mode(), default_currency=settings.text("CURRENCY").lower())


def usage() -> UsageBook:
    """Return where the requests of each key are counted; the lenient client has none."""
    counted = DynamoUsageBook(client("dynamodb"), settings.text("CLIENT_KEYS_TABLE"))
    return with_lenient_client(counted) if _mode() is Mode.LENIENT else counted


def sessions(request: Request, machine: Client) -> Ledger:
    """Return where the machine's sessions are found and added to."""
    store = DynamoSessionStore(
        client("dynamodb"), settings.text("CHECKOUT_SESSIONS_TABLE"), idempotency=settings.text("IDEMPOTENCY_TABLE")
    )
    return Ledger(store, utc_now, new_ulid, by=machine.key_id, request_id=request.request_id)


def sent(request: Request) -> dict[str, Any]:
    """Return the body as it was sent, empty where there is none; raises what `Request.json` raises."""
    if (size := len(request.raw_body())) > _MAX_BODY_BYTES:
        raise TooLargeError(f"The body has {size} bytes; at most {_MAX_BODY_BYTES} are taken.")
    body = request.json() if request.has_body else {}
    require_numbers(body)
    return body


def shown(session: Session, spoken: Dialect, notes: Notes = ()) -> dict[str, Any]:
    """Return the session as the caller reads it now."""
    shop = Shop(settings.text("SHOP_URL"), settings.text("PAYMENT_PROVIDER"), settings.text("MERCHANT_ID"))
    return spoken.session(session_json(session, shop, utc_now()), notes)


def answered(
    request: Request, machine: Client, spoken: Dialect, notes: Notes, work: Callable[[Keep], Session], status: int = 200
) -> tuple[int, Any, Mapping[str, str]]:
    """Return status, body and headers: the session that `work` makes, the very same for every repeat of the request.

    Raises what `work` raises; KeyRequiredError unless lenient.
    """
    from orderflow.checkout.refusals import in_the_protocols_words
    from orderflow.checkout.repeats import answered_once
    from orderflow.runtime.idempotency.keys import IdempotencyKeys
    from orderflow.runtime.idempotency.record_store import DynamoRecords
    from orderflow.runtime.json_text import json_text

    records = DynamoRecords(client("dynamodb"), settings.text("IDEMPOTENCY_TABLE"))
    with in_the_protocols_words():
        once = recognised(request, machine, spoken)
        if once is None:
            return status, shown(work(_nothing_kept), spoken, notes), {}
        given = answered_once(
            once,
            IdempotencyKeys(records, utc_now, new_ulid),
            status,
            lambda session: json_text(shown(session, spoken, notes)),
            work,
        )
    answer = given.answer
    return answer.status, answer.body, answer.replayed_headers if given.replayed else answer.headers


def recognised(request: Request, machine: Client, spoken: Dialect) -> "Once | None":
    """Return what the request's repeats are recognised by, None for one without a key where that is taken.

    Raises IdempotencyKeyMissingError, IdempotencyKeyMalformedError.
    """
    from orderflow.runtime.idempotency.once import once, required

    key = request.header("Idempotency-Key")
    if key is None and spoken.mode is Mode.LENIENT:
        return None
    return once(f"key:{machine.key_id}", _line(request), required(key), sent(request))


def _line(request: Request) -> str:
    """Return method and path with its ids in it, such as `POST /checkout_sessions/cs_1/cancel`."""
    line = request.route
    for name, value in (request.event.get("pathParameters") or {}).items():
        line = line.replace(f"{{{name}}}", value)
    return line


def _nothing_kept(_session: Session) -> None:
    return None


def _mode() -> Mode:
    return Mode(settings.text("CHECKOUT_MODE"))


def refused(error: OrderflowError, request: Request) -> Response:
    """Return a refusal in the protocol's shape, in the words of the caller's version where that is known."""
    try:
        told = speaking(request).error(error)
    except ProtocolError:
        told = wire_error(error)
    headers = echoed(request)
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    if error.http_status == 405:
        headers["Allow"] = "GET"
    return Response(error.http_status, told, headers)


def echoed(request: Request) -> dict[str, str]:
    """Return the headers that the protocol wants back as they came, where they can be a header's value."""
    given = {name: request.header(name) for name in ("Request-Id", "Idempotency-Key")}
    return {
        name: value
        for name, value in given.items()
        if value and len(value) <= _MAX_ECHO and value.isascii() and value.isprintable()
    }
