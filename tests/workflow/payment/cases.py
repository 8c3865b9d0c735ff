"""The mocked world of each payment case; run as a module, it writes the mock file.

Results and errors of functions are the functions' own; errors of services are those of order_processing.
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
    REFUSED,
    THROTTLED,
    TIMEOUT,
    UPDATED,
)

MACHINE = "payment"
DEFINITION = WORKFLOWS / f"{MACHINE}.asl.json"
INPUT = WORKFLOWS / f"{MACHINE}.input.json"
MOCKS = WORKFLOWS / "mocks" / f"{MACHINE}.json"


def cases() -> dict[str, dict[str, Response]]:
    """Return every case: its name, and what each task state answers."""
    happy = {
        "AuthorizePayment": returns(steps.authorized()),
        "CapturePayment": returns(steps.taken()),
        "RecordPayment": UPDATED,
    }
    undone = {**happy, "VoidPayment": returns(steps.given_up())}
    unsettled = {**undone, "CapturePayment": throws(BUG), "CountUnsettledPayment": COUNTED}
    return {
        "Captured": happy,
        "PassingFailures": {
            "AuthorizePayment": returns(
                steps.authorized(),
                after=throws(
                    FUNCTION_BUSY,
                    after=throws(steps.payment_in_progress(), after=throws(steps.payment_timeout(), 2)),
                ),
            ),
            "CapturePayment": returns(
                steps.taken(), after=throws(FUNCTION_BUSY, after=throws(steps.provider_unavailable()))
            ),
            "RecordPayment": returns({}, after=throws(THROTTLED)),
        },
        "Declined": {"AuthorizePayment": throws(steps.declined())},
        "HoldGone": {**happy, "CapturePayment": throws(steps.hold_gone())},
        "NeverAnswers": {**undone, "AuthorizePayment": throws(steps.payment_timeout(), 5)},
        "OrderClosed": {
            "AuthorizePayment": throws(steps.payment_closed()),
            "VoidPayment": returns(steps.nothing_to_give_up()),
        },
        "CaptureFails": {
            **undone,
            "CapturePayment": throws(steps.provider_unavailable(), 5),
            "VoidPayment": returns(
                steps.given_up(), after=throws(FUNCTION_BUSY, after=throws(steps.provider_unavailable()))
            ),
        },
        "RecordFails": {**undone, "RecordPayment": throws(DENIED)},
        "RecordLandedBefore": {
            **happy,
            "RecordPayment": throws(REFUSED, after=throws(TIMEOUT)),
            "VoidPayment": returns(steps.captured_after_all()),
        },
        "Unsettled": {
            **unsettled,
            "VoidPayment": throws(steps.provider_unavailable(), 6),
            "CountUnsettledPayment": returns({}, after=throws(METRIC_BUSY)),
        },
        "UnsettledUncounted": {
            **unsettled,
            "VoidPayment": throws(BUG),
            "CountUnsettledPayment": throws(METRIC_DENIED),
        },
    }


def input_of(_case: str) -> dict[str, Any]:
    """Return what every case is started with: the example."""
    given: dict[str, Any] = json.loads(INPUT.read_text(encoding="utf-8"))
    return given


def mock_text() -> str:
    """Return the mock file as it is written."""
    return mock_files.mock_text(MACHINE, cases())


if __name__ == "__main__":
    MOCKS.write_text(mock_text(), encoding="utf-8")
