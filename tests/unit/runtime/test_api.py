"""The door of HTTP functions: what comes in is checked, what goes out has one shape."""

import base64
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.contract import answer_headers
from orderflow.runtime.api import MAX_BODY_BYTES, Request, Response, api_handler, invalid_field
from orderflow.runtime.errors import InvalidRequestError, OrderflowError, TooLargeError, TransientError
from tests.support.gateway import CONTEXT, call, event


def answering(outcome: Any) -> Any:
    """Return a handler that answers, or raises, `outcome`."""

    def operation(request: Request) -> Response:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome(request) if callable(outcome) else outcome

    return api_handler(operation)


def test_an_answer_is_json_that_no_cache_keeps_and_names_its_request() -> None:
    answer = call(answering(Response(201, {"total": Decimal("5"), "name": "ß"})))
    assert (answer.status, answer.body) == (201, {"total": 5, "name": "ß"})
    assert answer.headers == {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none';",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Request-Id": "request-1",
        "X-Correlation-Id": "request-1",
        "Content-Type": "application/json",
    }


@pytest.mark.parametrize(
    "outcome", [Response(204), InvalidRequestError("no"), TransientError("later"), ZeroDivisionError()], ids=repr
)
def test_refusals_and_crashes_carry_the_headers_of_every_answer(outcome: Any) -> None:
    assert answer_headers.EVERY.items() <= call(answering(outcome)).headers.items()


def test_a_deprecated_operation_says_so_on_each_of_its_answers_and_no_other_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    announced = {"Deprecation": "@1796083200", "Sunset": "Wed, 30 Jun 2027 00:00:00 GMT"}
    monkeypatch.setitem(answer_headers.DEPRECATED, "GET /orders/{orderId}", announced)
    good, refused, other = (
        call(answering(Response(200)), route="GET /orders/{orderId}").headers,
        call(answering(InvalidRequestError("no")), route="GET /orders/{orderId}").headers,
        call(answering(Response(200)), route="GET /orders").headers,
    )
    assert announced.items() <= good.items()
    assert announced.items() <= refused.items()
    assert not announced.keys() & other.keys()


def test_a_page_may_read_the_headers_of_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ALLOW_ORIGINS", "https://shop.example")
    headers = call(answering(Response(200)), headers={"Origin": "https://shop.example"}).headers
    exposed = "Deprecation,Request-Id,Retry-After,Sunset,X-Correlation-Id,X-Request-Id"
    assert headers["Access-Control-Expose-Headers"] == exposed


def test_an_empty_answer_has_no_body_and_no_content_type() -> None:
    raw = answering(Response(204))(event(), CONTEXT)
    assert (raw["statusCode"], raw["body"], "Content-Type" in raw["headers"]) == (204, "", False)


@pytest.mark.parametrize(
    ("sent", "used"),
    [("abc-1_Z", "abc-1_Z"), ("x" * 64, "x" * 64), ("x" * 65, "request-1"), ("a\nb", "request-1"), ("", "request-1")],
)
def test_a_well_formed_correlation_id_is_kept_and_any_other_replaced(sent: str, used: str) -> None:
    answer = call(answering(Response(200)), headers={"x-correlation-ID": sent})
    assert answer.headers["X-Correlation-Id"] == used


@pytest.mark.parametrize(
    ("allowed", "origin", "answered"),
    [
        ("*", "https://shop.example", "*"),
        ("https://shop.example, https://b.example", "https://b.example", "https://b.example"),
        ("https://shop.example", "https://evil.example", None),
        ("", "https://shop.example", None),
    ],
)
def test_only_an_allowed_origin_may_read_the_answer(
    monkeypatch: pytest.MonkeyPatch, allowed: str, origin: str, answered: str | None
) -> None:
    monkeypatch.setenv("CORS_ALLOW_ORIGINS", allowed)
    headers = call(answering(Response(200)), headers={"Origin": origin}).headers
    assert headers.get("Access-Control-Allow-Origin") == answered
    assert ("Vary" in headers) is (answered == origin)


def test_a_refusal_has_the_error_shape_with_its_findings(logged: io.StringIO) -> None:
    answer = call(answering(invalid_field("limit", "must be a number")))
    assert (answer.status, answer.body) == (
        400,
        {
            "code": "INVALID_REQUEST",
            "message": "limit must be a number",
            "requestId": "request-1",
            "details": [{"field": "limit", "issue": "must be a number"}],
        },
    )
    (line,) = (json.loads(text) for text in logged.getvalue().splitlines())
    assert (line["event"], line["level"], line["error_code"]) == ("REQUEST_REFUSED", "INFO", "INVALID_REQUEST")


def test_what_may_pass_says_when_to_try_again() -> None:
    answer = call(answering(TransientError("The store is busy; try again.")))
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "TEMPORARILY_UNAVAILABLE", "1")


def test_a_crash_tells_the_log_everything_and_the_client_nothing(logged: io.StringIO) -> None:
    answer = call(answering(ZeroDivisionError("secret of the house")))
    assert (answer.status, answer.code, answer.body["requestId"]) == (500, "INTERNAL_ERROR", "request-1")
    assert "secret" not in json.dumps(answer.body)
    (line,) = (json.loads(text) for text in logged.getvalue().splitlines())
    assert (line["event"], line["level"], line["exception_name"]) == ("REQUEST_CRASHED", "ERROR", "ZeroDivisionError")


def test_one_requests_keys_do_not_stay_for_the_next(logged: io.StringIO) -> None:
    from orderflow.runtime.observability import logger

    def leaving(request: Request) -> Response:
        logger.append_keys(order_id="of the first")
        return Response(200)

    call(answering(leaving))
    call(answering(Response(200)))
    assert ["of the first" in line for line in logged.getvalue().splitlines()] == [True, False]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        '"text"',
        "null",
        '{"a": NaN}',
        '{"a": "\\ud800"}',
        "[" * 100_000,
        '{"a": ' + "9" * 5000 + "}",
        '{"a": 1e1000000000000000000000000}',
        '{"a": 0e-1000000000000000000000000}',
    ],
)
def test_a_body_that_is_no_json_object_is_refused(body: str) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        Request(event(body=body)).json()
    assert refusal.value.details[0]["field"] == "body"


def test_a_body_is_taken_up_to_its_limit_in_bytes() -> None:
    frame = len('{"a":""}')
    fits = '{"a":"' + "x" * (MAX_BODY_BYTES - frame) + '"}'
    assert len(Request(event(body=fits)).json()["a"]) == MAX_BODY_BYTES - frame
    with pytest.raises(TooLargeError):
        Request(event(body=fits.replace("x", "ß", 1))).json()


@pytest.mark.parametrize(("media_type", "taken"), [("application/json; charset=utf-8", True), ("text/plain", False)])
def test_only_json_is_read(media_type: str, taken: bool) -> None:
    request = Request(event(body="{}", headers={"Content-Type": media_type}))
    if taken:
        assert request.json() == {}
    else:
        with pytest.raises(OrderflowError) as refusal:
            request.json()
        assert refusal.value.http_status == 415


def test_decimals_are_exact_and_base64_is_read() -> None:
    sent = event()
    sent |= {"body": base64.b64encode(b'{"price": 19.99}').decode(), "isBase64Encoded": True}
    assert Request(sent).json() == {"price": Decimal("19.99")}
    with pytest.raises(InvalidRequestError):
        Request({**sent, "body": "ß"}).json()
    with pytest.raises(InvalidRequestError):
        Request({**sent, "body": base64.b64encode(b"\xff{}").decode()}).json()


@given(st.text())
def test_any_body_is_an_object_or_a_refusal(body: str) -> None:
    answer = call(answering(lambda request: Response(200, request.json())), body=body)
    assert (answer.status, type(answer.body)) in ((200, dict), (400, dict))
