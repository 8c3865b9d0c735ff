"""Steps and notifications raise what happened; health names what does not answer."""

import io
import json
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from orderflow.catalog.errors import OutOfStockError
from orderflow.runtime.health import Remembered, failed_dependencies
from orderflow.runtime.notification import notification_handler, object_keys
from orderflow.runtime.observability import LogEvent
from orderflow.runtime.step import step_handler
from tests.support.gateway import CONTEXT


def events(logged: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in logged.getvalue().splitlines()]


def test_a_step_returns_its_result_and_logs_whose_it_was(logged: io.StringIO) -> None:
    handler = step_handler(lambda event: {"status": "RESERVED"})
    assert handler({"orderId": "o1", "correlationId": "c1"}, CONTEXT) == {"status": "RESERVED"}
    (line,) = events(logged)
    assert (line["event"], line["order_id"], line["correlation_id"]) == ("STEP_DONE", "o1", "c1")


@pytest.mark.parametrize(
    ("error", "logged_as", "level"),
    [(OutOfStockError("A", 2), "STEP_FAILED", "WARNING"), (KeyError("x"), "STEP_CRASHED", "ERROR")],
)
def test_a_step_raises_the_very_error_that_happened(
    logged: io.StringIO, error: Exception, logged_as: str, level: str
) -> None:
    def step(event: Any) -> dict[str, Any]:
        raise error

    with pytest.raises(type(error)) as raised:
        step_handler(step)({}, CONTEXT)
    assert raised.value is error
    assert [(line["event"], line["level"]) for line in events(logged)] == [(logged_as, level)]


def test_a_notification_that_fails_raises_so_that_lambda_repeats_it(logged: io.StringIO) -> None:
    def operation(event: Any) -> None:
        raise RuntimeError("no store")

    with pytest.raises(RuntimeError, match="no store"):
        notification_handler(operation)({}, CONTEXT)
    assert [line["event"] for line in events(logged)] == ["NOTIFICATION_FAILED"]


def test_object_keys_are_decoded_as_s3_encodes_them() -> None:
    keys = ["products/A%2B1/a+b.png", "products/%C3%9F.png"]
    event = {"Records": [{"s3": {"object": {"key": key}}} for key in keys]}
    assert list(object_keys(event)) == ["products/A+1/a b.png", "products/ß.png"]


def test_each_dependency_that_does_not_answer_is_named_and_logged(logged: io.StringIO) -> None:
    def refused() -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetItem")

    def unreachable() -> None:
        raise EndpointConnectionError(endpoint_url="https://x")

    checks = {"fine": lambda: None, "refused": refused, "unreachable": unreachable}
    assert failed_dependencies(checks) == {"refused", "unreachable"}
    assert [(line["event"], line["dependency"]) for line in events(logged)] == [
        ("HEALTH_CHECK_FAILED", "refused"),
        ("HEALTH_CHECK_FAILED", "unreachable"),
    ]


def test_a_dependency_that_hangs_is_not_waited_for(logged: io.StringIO) -> None:
    never = threading.Event()
    started = time.monotonic()
    checks = {"hangs": lambda: never.wait(30), "fine": lambda: None}
    assert failed_dependencies(checks, within_seconds=3) == {"hangs"}
    assert 3 <= time.monotonic() - started < 15  # not the usual 2.5, and a busy machine pauses
    never.set()
    (line,) = events(logged)
    assert (line["dependency"], line["exception_name"]) == ("hangs", "TimeoutError")


def test_what_was_found_is_remembered_for_five_seconds() -> None:
    now, found = 100.0, iter([frozenset({"first"}), frozenset({"second"}), frozenset({"third"})])
    failed = Remembered(lambda: next(found), now=lambda: now)
    assert failed() == {"first"}
    now = 104.9
    assert failed() == {"first"}
    now = 105.0
    assert failed() == {"second"}
    failed.forget()
    assert failed() == {"third"}


def test_a_defect_in_a_check_is_not_taken_for_a_dependency() -> None:
    with pytest.raises(ZeroDivisionError):
        failed_dependencies({"broken": lambda: 1 / 0})


def test_every_log_event_has_a_code_of_its_own() -> None:
    codes = [event.code for event in LogEvent]
    assert len(codes) == len(set(codes))
