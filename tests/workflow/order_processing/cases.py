"""The mocked world of each order_processing case; run as a module, it writes the mock file.

A case is the happy path plus what differs. Results and errors of functions are the functions' own (steps.py).
"""

import json
from pathlib import Path
from typing import Any

from tests.support.mock_responses import Failure, Response, nested, nested_failure, raised, returns, throws
from tests.support.step_functions import execution_arn
from tests.workflow import mock_files
from tests.workflow.order_processing import steps
from tests.workflow.rendering import NUMBERS

ROOT = Path(__file__).resolve().parents[3]
MACHINE = "order_processing"
DEFINITION = ROOT / "workflows" / f"{MACHINE}.asl.json"
INPUT = ROOT / "workflows" / f"{MACHINE}.input.json"
MOCKS = ROOT / "workflows" / "mocks" / f"{MACHINE}.json"

REFUSED: Failure = ("DynamoDB.ConditionalCheckFailedException", "The conditional request failed")
DENIED: Failure = ("DynamoDB.AccessDeniedException", "not authorized to perform: dynamodb on this resource")
THROTTLED: Failure = ("DynamoDB.ThrottlingException", "Throughput exceeds the current capacity")
TIMEOUT: Failure = ("States.Timeout", "")
TOPIC_GONE: Failure = ("SNS.NotFoundException", "Topic does not exist")
TOPIC_BUSY: Failure = ("SNS.ThrottledException", "Rate exceeded")
METRIC_DENIED: Failure = ("CloudWatch.AccessDeniedException", "not authorized to perform: cloudwatch:PutMetricData")
METRIC_BUSY: Failure = ("CloudWatch.InternalServiceException", "try again")
FUNCTION_BUSY: Failure = ("Lambda.TooManyRequestsException", "Rate Exceeded.")
BUG: Failure = raised(TypeError("a defect nobody foresaw"))

HEARTBEAT_MISSED: Failure = ("States.HeartbeatTimeout", "")
REVIEWERS_WORDS = "We do not deliver this much to private homes"
_PAYMENT = execution_arn("payment", steps.ORDER_ID)
PAID = nested(_PAYMENT, {"orderId": steps.ORDER_ID, "payment": steps.authorized()["Payload"]})
PAYMENT_FAILED = nested_failure(_PAYMENT, ("PaymentFailedError", "nothing stays held"))
PAYMENT_EXISTS: Failure = ("StepFunctions.ExecutionAlreadyExistsException", "Execution Already Exists")
STARTS_BUSY: Failure = ("StepFunctions.ExecutionLimitExceededException", "too many executions")

PUBLISHED = returns({"MessageId": "5d3b0d2c-0000-0000-0000-000000000000"})
COUNTED = returns({})
UPDATED = returns({"SdkHttpMetadata": {"HttpStatusCode": 200}})


def found(case: str, status: str, *, ours: bool, after: Response | None = None) -> Response:
    """Answer a read with the order in `status`, claimed by the case's own execution or by another one."""
    claimed_by = execution_arn(MACHINE, case if ours else "another-execution")
    return returns({"Item": {"status": {"S": status}, "executionArn": {"S": claimed_by}, **steps.ORDER}}, after=after)


def reviewed(case: str, status: str, verdict: str | None = None, after: Response | None = None) -> Response:
    """Answer a read after a review with the case's own order in `status`, and what the review came to."""
    review = {"review": {"M": {"verdict": {"S": verdict}, "reason": {"S": REVIEWERS_WORDS}}}} if verdict else {}
    item = {"status": {"S": status}, "executionArn": {"S": execution_arn(MACHINE, case)}, **review}
    return returns({"Item": item}, after=after)


def cases() -> dict[str, dict[str, Response]]:
    """Return every case: its name, and what each task state answers."""
    happy = {
        "ValidateOrder": returns(steps.CLAIMED),
        "ReserveStock": returns(steps.reserved()),
        "ProcessPayment": returns(PAID),
        "ConfirmOrder": UPDATED,
        "NotifyOrderCompleted": PUBLISHED,
    }
    undo = {"RefundPayment": returns(steps.refunded()), "ReleaseStock": returns(steps.released())}
    failed = {**happy, **undo, "RecordFailure": UPDATED, "CountFailedOrder": COUNTED, "NotifyOrderFailed": PUBLISHED}
    unpaid = {**failed, "RefundPayment": returns(steps.nothing_to_refund())}
    broken = {"ProcessPayment": throws(PAYMENT_FAILED), "FindPaymentOutcome": throws(steps.outcome_missing())}
    rejected = {
        **unpaid,
        "ReserveStock": throws(steps.out_of_stock()),
        "RejectOrder": UPDATED,
        "NotifyOrderRejected": PUBLISHED,
    }
    declined = {
        **unpaid,
        "ProcessPayment": throws(nested_failure(_PAYMENT, steps.declined())),
        "FindPaymentOutcome": throws(steps.outcome_declined()),
        "RecordPaymentFailure": UPDATED,
        "NotifyPaymentFailed": PUBLISHED,
    }
    unconfirmed = {**failed, "ConfirmOrder": throws(DENIED)}
    duplicate = {"ValidateOrder": throws(REFUSED)}
    unclaimed = {**unpaid, "ValidateOrder": throws(DENIED)}
    unrecorded = {"CountUnrecordedOutcome": COUNTED}
    lost = {"CountLostNotice": COUNTED}
    held = {**unpaid, "ValidateOrder": returns(steps.claimed(total=NUMBERS["review_threshold"]))}
    refused = {**held, "RejectOrder": UPDATED, "NotifyOrderRejected": PUBLISHED}
    expired = {**refused, "WaitForReview": throws(TIMEOUT), "ExpireReview": UPDATED}
    return {
        "ReviewApproved": {
            **held,
            "WaitForReview": returns(
                steps.approved(), after=throws(FUNCTION_BUSY, after=throws(steps.review_notice_unavailable(), 2))
            ),
        },
        "ReviewRejected": {
            **refused,
            "WaitForReview": throws(steps.review_rejected()),
            "LoadReview": reviewed("ReviewRejected", "PROCESSING", "REJECTED"),
        },
        "ReviewExpired": {**expired, "ExpireReview": returns({}, after=throws(THROTTLED))},
        "ReviewEndedByTheSweeper": {**expired, "WaitForReview": throws(steps.review_expired())},
        "ReviewExpiryLandedBefore": {
            **expired,
            "ExpireReview": throws(REFUSED, after=throws(TIMEOUT)),
            "LoadReview": reviewed("ReviewExpiryLandedBefore", "PROCESSING", "EXPIRED", after=throws(THROTTLED)),
        },
        "ReviewApprovedAtTheDeadline": {
            **held,
            "WaitForReview": throws(HEARTBEAT_MISSED),
            "ExpireReview": throws(REFUSED),
            "LoadReview": reviewed("ReviewApprovedAtTheDeadline", "PROCESSING", "APPROVED"),
        },
        "ReviewExpiryNotRecorded": {
            **expired,
            "ExpireReview": throws(DENIED),
            "LoadReview": reviewed("ReviewExpiryNotRecorded", "REVIEW"),
        },
        "ReviewUnreadable": {**expired, "ExpireReview": throws(DENIED), "LoadReview": throws(DENIED)},
        "ReviewCancelled": {
            **held,
            "WaitForReview": throws(steps.changed_elsewhere()),
            "RecordFailure": throws(REFUSED),
            "LoadOutcome": found("ReviewCancelled", "CANCELLED", ours=True),
        },
        "ReviewCancelledAtTheDeadline": {
            **expired,
            "ExpireReview": throws(REFUSED),
            "LoadReview": reviewed("ReviewCancelledAtTheDeadline", "CANCELLED"),
            "RecordFailure": throws(REFUSED),
            "LoadOutcome": found("ReviewCancelledAtTheDeadline", "CANCELLED", ours=True),
        },
        "AbandonedInReview": {
            **unpaid,
            **duplicate,
            "LoadOrder": found("AbandonedInReview", "REVIEW", ours=False),
            "TakeOverOrder": UPDATED,
        },
        "Confirmed": happy,
        "PassingFailures": {
            "ValidateOrder": returns(steps.CLAIMED, after=throws(TIMEOUT, 2)),
            "ReserveStock": returns(steps.reserved(), after=throws(FUNCTION_BUSY, after=throws(steps.stock_busy(), 2))),
            "ProcessPayment": returns(PAID, after=throws(STARTS_BUSY, 2)),
            "ConfirmOrder": returns({}, after=throws(THROTTLED)),
            "NotifyOrderCompleted": returns({"MessageId": "1"}, after=throws(TOPIC_BUSY)),
        },
        "PaymentFoundAfterAll": {
            **happy,
            "ProcessPayment": throws(PAYMENT_EXISTS),
            "FindPaymentOutcome": returns(
                steps.outcome_captured(), after=throws(FUNCTION_BUSY, after=throws(steps.payment_in_progress(), 2))
            ),
        },
        "ClaimLandedBefore": {
            **happy,
            "ValidateOrder": throws(REFUSED, after=throws(TIMEOUT)),
            "LoadOrder": found("ClaimLandedBefore", "PROCESSING", ours=True, after=throws(THROTTLED)),
        },
        "DuplicateOfRunningOrder": {
            **duplicate,
            "LoadOrder": found("DuplicateOfRunningOrder", "PROCESSING", ours=False),
        },
        "DuplicateOfFinishedOrder": {
            **duplicate,
            "LoadOrder": found("DuplicateOfFinishedOrder", "CONFIRMED", ours=False),
        },
        "UnknownOrder": {**duplicate, "LoadOrder": returns({})},
        "Abandoned": {
            **failed,
            **duplicate,
            "LoadOrder": found("Abandoned", "PROCESSING", ours=False),
            "TakeOverOrder": returns({}, after=throws(THROTTLED)),
        },
        "AbandonedAndMovedOn": {
            **duplicate,
            "LoadOrder": found("AbandonedAndMovedOn", "PROCESSING", ours=False),
            "TakeOverOrder": throws(REFUSED),
        },
        "AbandonedAndNotTakenOver": {
            **duplicate,
            **unrecorded,
            "LoadOrder": found("AbandonedAndNotTakenOver", "PROCESSING", ours=False),
            "TakeOverOrder": throws(DENIED),
        },
        "AbandonedByAnother": {
            **duplicate,
            "LoadOrder": returns(
                {"Item": {**steps.ORDER, "status": {"S": "PROCESSING"}, "executionArn": {"S": "a third"}}}
            ),
        },
        "AbandonedAndEnded": {
            **duplicate,
            "LoadOrder": found("AbandonedAndEnded", "FAILED", ours=False),
        },
        "ClaimFails": {**unclaimed, "LoadOrder": returns({"Item": {"status": {"S": "PENDING"}, **steps.ORDER}})},
        "ClaimAndReadFail": {**unclaimed, **unrecorded, "LoadOrder": throws(DENIED)},
        "OutOfStock": rejected,
        "UnknownProduct": {
            **rejected,
            "ReserveStock": throws(steps.unknown_product()),
            "RejectOrder": returns({}, after=throws(THROTTLED)),
            "NotifyOrderRejected": returns({"MessageId": "1"}, after=throws(TOPIC_BUSY)),
        },
        "RejectionLandedBefore": {
            **rejected,
            "RejectOrder": throws(REFUSED, after=throws(TIMEOUT)),
            "LoadOutcome": found("RejectionLandedBefore", "REJECTED", ours=True),
        },
        "RejectedOrderWasCancelled": {
            **rejected,
            "RejectOrder": throws(REFUSED),
            "LoadOutcome": found("RejectedOrderWasCancelled", "CANCELLED", ours=True),
        },
        "RejectionNotRecorded": {**rejected, **unrecorded, "RejectOrder": throws(DENIED)},
        "RejectionNoticeLost": {**rejected, **lost, "NotifyOrderRejected": throws(TOPIC_GONE)},
        "Declined": declined,
        "DeclineLandedBefore": {
            **declined,
            "RecordPaymentFailure": throws(REFUSED, after=throws(TIMEOUT)),
            "LoadOutcome": found("DeclineLandedBefore", "PAYMENT_FAILED", ours=True),
            "NotifyPaymentFailed": returns({"MessageId": "1"}, after=throws(TOPIC_BUSY)),
        },
        "DeclineNotRecorded": {**declined, **unrecorded, "RecordPaymentFailure": throws(DENIED)},
        "DeclineNoticeLost": {**declined, **lost, "NotifyPaymentFailed": throws(TOPIC_GONE)},
        "DeclinedAndStockStuck": {**declined, "ReleaseStock": throws(steps.stock_busy(), 9)},
        "ReservationBreaks": {
            **unpaid,
            "ReserveStock": throws(BUG),
            "RefundPayment": returns(
                steps.nothing_to_refund(), after=throws(FUNCTION_BUSY, after=throws(steps.provider_unavailable()))
            ),
            "ReleaseStock": returns(
                steps.nothing_released(), after=throws(FUNCTION_BUSY, after=throws(steps.stock_busy()))
            ),
        },
        "PaymentNeverAnswers": {
            **failed,
            **broken,
            "RefundPayment": returns(steps.voided()),
            "RecordFailure": returns({}, after=throws(THROTTLED)),
            "CountFailedOrder": returns({}, after=throws(METRIC_BUSY)),
            "NotifyOrderFailed": returns({"MessageId": "1"}, after=throws(TOPIC_BUSY)),
        },
        "ConfirmationLandedBefore": {
            **happy,
            "ConfirmOrder": throws(TIMEOUT, 5),
            "LoadConfirmation": found("ConfirmationLandedBefore", "CONFIRMED", ours=True, after=throws(THROTTLED)),
        },
        "ConfirmationFails": {
            **unconfirmed,
            "LoadConfirmation": found("ConfirmationFails", "PROCESSING", ours=True),
            "CountFailedOrder": throws(METRIC_DENIED),
        },
        "CancelledMeanwhile": {
            **failed,
            "ConfirmOrder": throws(REFUSED),
            "LoadConfirmation": found("CancelledMeanwhile", "CANCELLED", ours=True),
            "RecordFailure": throws(REFUSED),
            "LoadOutcome": found("CancelledMeanwhile", "CANCELLED", ours=True, after=throws(THROTTLED)),
        },
        "CancelledAndRefundFails": {
            **failed,
            **unrecorded,
            "ConfirmOrder": throws(REFUSED),
            "LoadConfirmation": found("CancelledAndRefundFails", "CANCELLED", ours=True),
            "RefundPayment": throws(BUG),
            "RecordFailure": throws(REFUSED),
            "LoadOutcome": found("CancelledAndRefundFails", "CANCELLED", ours=True),
        },
        "ConfirmationUnknown": {
            **unconfirmed,
            "LoadConfirmation": throws(DENIED),
            "CountUnknownConfirmation": returns({}, after=throws(METRIC_BUSY)),
        },
        "ConfirmationUnknownUncounted": {
            **unconfirmed,
            "LoadConfirmation": throws(DENIED),
            "CountUnknownConfirmation": throws(METRIC_DENIED),
        },
        "RefundFails": {**failed, **broken, "RefundPayment": throws(BUG)},
        "NothingCanBeUndone": {
            **failed,
            **broken,
            "RefundPayment": throws(steps.provider_unavailable(), 6),
            "ReleaseStock": throws(BUG),
        },
        "FailureLandedBefore": {
            **failed,
            **broken,
            "RecordFailure": throws(REFUSED, after=throws(TIMEOUT)),
            "LoadOutcome": found("FailureLandedBefore", "FAILED", ours=True),
        },
        "FailureNotRecorded": {
            **failed,
            **broken,
            "RecordFailure": throws(THROTTLED, 7),
            "CountUnrecordedOutcome": returns({}, after=throws(METRIC_BUSY)),
        },
        "OutcomeUnreadable": {
            **failed,
            **broken,
            "RecordFailure": throws(REFUSED),
            "LoadOutcome": throws(DENIED),
            "CountUnrecordedOutcome": throws(METRIC_DENIED),
        },
        "FailureNoticeLost": {
            **failed,
            **broken,
            "NotifyOrderFailed": throws(TOPIC_GONE),
            "CountLostNotice": throws(METRIC_DENIED),
        },
        "CompletedNoticeLost": {
            **happy,
            "NotifyOrderCompleted": throws(TOPIC_BUSY, 6),
            "CountLostNotice": returns({}, after=throws(METRIC_BUSY)),
        },
    }


def input_of(case: str) -> dict[str, Any]:
    """Return what the case is started with: the example, and what the sweeper adds when an execution is gone."""
    gone = {"abandonedExecution": execution_arn(MACHINE, "another-execution")} if case.startswith("Abandoned") else {}
    return {**json.loads(INPUT.read_text(encoding="utf-8")), **gone}


def mock_text() -> str:
    """Return the mock file as it is written."""
    return mock_files.mock_text(MACHINE, cases())


if __name__ == "__main__":
    MOCKS.write_text(mock_text(), encoding="utf-8")
