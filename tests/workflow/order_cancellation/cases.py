"""The mocked world of each order_cancellation case; run as a module, it writes the mock file.

Errors of services, and results and errors of functions, are those of order_processing: it calls the same ones.
"""

import json
from typing import Any

from tests.rules.workflows.machine import WORKFLOWS
from tests.support.mock_responses import Response, returns, throws
from tests.workflow import mock_files
from tests.workflow.order_processing import steps
from tests.workflow.order_processing.cases import (
    BUG,
    COUNTED,
    DENIED,
    FUNCTION_BUSY,
    METRIC_BUSY,
    METRIC_DENIED,
    PUBLISHED,
    REFUSED,
    THROTTLED,
    TIMEOUT,
    TOPIC_BUSY,
    TOPIC_GONE,
    UPDATED,
)

MACHINE = "order_cancellation"
DEFINITION = WORKFLOWS / f"{MACHINE}.asl.json"
INPUT = WORKFLOWS / f"{MACHINE}.input.json"
MOCKS = WORKFLOWS / "mocks" / f"{MACHINE}.json"

_NAMED = {name: steps.ORDER[name] for name in ("userId", "total", "currency")}  # what the machine asks for


def found(status: str, *, after: Response | None = None) -> Response:
    """Answer a read with the order in `status`."""
    return returns({"Item": {"status": {"S": status}, **_NAMED}}, after=after)


def cases() -> dict[str, dict[str, Response]]:
    """Return every case: its name, and what each task state answers."""
    happy = {
        "CancelOrder": returns({"Attributes": {"status": {"S": "CANCELLED"}, **_NAMED}}),
        "RefundPayment": returns(steps.refunded()),
        "ReleaseStock": returns(steps.released()),
        "RecordCancellation": UPDATED,
        "NotifyOrderCancelled": PUBLISHED,
    }
    incomplete = {**happy, "RecordIncompleteCancellation": UPDATED, "CountIncompleteCancellation": COUNTED}
    refused = {"CancelOrder": throws(REFUSED)}
    lost = {**happy, "NotifyOrderCancelled": throws(TOPIC_GONE)}
    return {
        "Cancelled": happy,
        "PassingFailures": {
            "CancelOrder": returns(
                {"Attributes": {"status": {"S": "CANCELLED"}, **_NAMED}}, after=throws(TIMEOUT, after=throws(THROTTLED))
            ),
            "RefundPayment": returns(
                steps.refunded(), after=throws(FUNCTION_BUSY, after=throws(steps.provider_unavailable(), 2))
            ),
            "ReleaseStock": returns(steps.released(), after=throws(FUNCTION_BUSY, after=throws(steps.stock_busy(), 2))),
            "RecordCancellation": returns({}, after=throws(THROTTLED)),
            "NotifyOrderCancelled": returns({"MessageId": "1"}, after=throws(TOPIC_BUSY)),
        },
        "CancelledByTheRequest": {**happy, **refused, "LoadOrder": found("CANCELLED", after=throws(THROTTLED))},
        "NothingTaken": {
            **happy,
            "RefundPayment": returns(steps.nothing_to_refund()),
            "ReleaseStock": returns(steps.nothing_released()),
        },
        "ChargeUnknown": {**happy, "RefundPayment": returns(steps.voided())},
        "UnknownOrder": {**refused, "LoadOrder": returns({})},
        "ShippedMeanwhile": {**refused, "LoadOrder": found("SHIPPED")},
        "FailedMeanwhile": {**refused, "LoadOrder": found("FAILED")},
        **{
            f"{status.capitalize()}AndNotCancelled": {
                "CancelOrder": throws(DENIED),
                "LoadOrder": found(status),
                "CountIncompleteCancellation": COUNTED,
            }
            for status in ("PENDING", "PROCESSING", "REVIEW", "CONFIRMED")
        },
        "CancelAndReadFail": {
            "CancelOrder": throws(DENIED),
            "LoadOrder": throws(DENIED),
            "CountIncompleteCancellation": returns({}, after=throws(METRIC_BUSY)),
        },
        "RefundFails": {**incomplete, "RefundPayment": throws(steps.provider_unavailable(), 6)},
        "ReleaseFails": {
            **incomplete,
            "ReleaseStock": throws(BUG),
            "RecordIncompleteCancellation": returns({}, after=throws(THROTTLED)),
            "CountIncompleteCancellation": throws(METRIC_DENIED),
        },
        "NothingCanBeGivenBack": {
            **incomplete,
            "RefundPayment": throws(BUG),
            "ReleaseStock": throws(steps.stock_busy(), 9),
            "RecordIncompleteCancellation": throws(DENIED),
        },
        "RecordedBefore": {**happy, "RecordCancellation": throws(REFUSED, after=throws(TIMEOUT))},
        "NotRecorded": {**incomplete, "RecordCancellation": throws(DENIED)},
        "NoticeLost": {**lost, "CountLostNotice": returns({}, after=throws(METRIC_BUSY))},
        "NoticeLostUncounted": {**lost, "CountLostNotice": throws(METRIC_DENIED)},
    }


def input_of(case: str) -> dict[str, Any]:
    """Return what the case is started with: the example."""
    return dict(json.loads(INPUT.read_text(encoding="utf-8")))


def mock_text() -> str:
    """Return the mock file as it is written."""
    return mock_files.mock_text(MACHINE, cases())


if __name__ == "__main__":
    MOCKS.write_text(mock_text(), encoding="utf-8")
