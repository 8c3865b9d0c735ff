"""Endings that are technical: everything taken is given back, recorded, counted and announced, or a person is told."""

import pytest

from tests.workflow.order_processing import cases, steps
from tests.workflow.order_processing.expected import counted, notice, recorded, timed
from tests.workflow.rendering import supplied

RESERVED = ["ValidateOrder", "ReserveStock"]
PAID = [*RESERVED, "IsReviewNeeded", "ProcessPayment"]
UNPAID = [*PAID, "FindPaymentOutcome"]
UNDONE = ["ExplainTechnicalFailure", "RefundPayment", "ReleaseStock", "IsPaymentDeclined"]
UNREFUNDED = ["ExplainTechnicalFailure", "RefundPayment", "NoteRefundFailure", "ReleaseStock", "IsPaymentDeclined"]
TOLD = ["RecordFailure", "CountFailedOrder", "NotifyOrderFailed", "OrderFailed"]
UNCONFIRMED = [*PAID, "ConfirmOrder", "LoadConfirmation"]
LOOKED = ["LoadOutcome", "IsOutcomeRecorded"]
UNRECORDED = ["CountUnrecordedOutcome", "OrderOutcomeNotRecorded"]


@pytest.mark.parametrize(
    ("case", "states", "failed_step", "error", "attempts"),
    [
        ("ReservationBreaks", RESERVED, "ReserveStock", "TypeError", 1),
        ("PaymentNeverAnswers", UNPAID, "FindPaymentOutcome", "PaymentNotCapturedError", 1),
        ("ConfirmationFails", [*UNCONFIRMED, "IsOrderConfirmed"], "ConfirmOrder", cases.DENIED[0], 1),
    ],
)
def test_a_technical_failure_of_any_step_is_undone_and_recorded(
    order_processing, case, states, failed_step, error, attempts
):
    # Given the step fails for good / When the order is processed
    execution = order_processing(case)
    # Then payment and stock are given back before the order is recorded, counted and announced as failed
    assert execution.errors_of(failed_step) == [error] * attempts
    assert (execution.status, execution.error) == ("FAILED", "OrderFailedError")
    assert execution.states == [*states, *UNDONE, *TOLD]
    reason = (
        "TECHNICAL_FAILURE",
        f"A technical failure ({error}) stopped the order. Nothing stays reserved or charged: please order again.",
    )
    write, at = timed(execution.requests_of("RecordFailure")[-1])
    assert write == failure_recorded(case, at, reason)
    assert execution.requests_of("CountFailedOrder")[-1] == counted("OrdersFailed")
    publication, at = timed(execution.requests_of("NotifyOrderFailed")[-1])
    assert publication == notice("order_failed_topic_arn", "order.failed", "FAILED", at, reason)


def test_the_compensations_name_the_order_and_the_reason(order_processing):
    execution = order_processing("PaymentNeverAnswers")
    assert execution.request_of("RefundPayment") == {
        "FunctionName": supplied("refund_payment_function_arn"),
        "Payload": {
            "orderId": steps.ORDER_ID,
            "reason": "TECHNICAL_FAILURE",
            "correlationId": steps.CORRELATION_ID,
        },
    }
    assert execution.request_of("ReleaseStock") == {
        "FunctionName": supplied("release_stock_function_arn"),
        "Payload": {"orderId": steps.ORDER_ID, "correlationId": steps.CORRELATION_ID},
    }


def test_compensations_ride_out_failures_that_pass(order_processing):
    execution = order_processing("ReservationBreaks")
    assert execution.errors_of("RefundPayment") == [
        "PaymentProviderUnavailableError",
        "Lambda.TooManyRequestsException",
    ]
    assert execution.errors_of("ReleaseStock") == ["StockBusyError", "Lambda.TooManyRequestsException"]


def test_a_failure_nobody_could_count_is_announced_all_the_same(order_processing):
    execution = order_processing("ConfirmationFails")
    assert execution.errors_of("CountFailedOrder") == [cases.METRIC_DENIED[0]]
    assert execution.states[-2:] == ["NotifyOrderFailed", "OrderFailed"]


def test_an_order_that_cannot_be_claimed_fails_and_takes_neither_money_nor_stock_later(order_processing):
    execution = order_processing("ClaimFails")
    assert (execution.status, execution.error) == ("FAILED", "OrderFailedError")
    assert execution.states == [
        "ValidateOrder",
        "LoadOrder",
        "IsClaimedByThisExecution",
        "ExplainClaimFailure",
        *UNDONE[1:],
        *TOLD,
    ]
    reason = (
        "TECHNICAL_FAILURE",
        f"A technical failure ({cases.DENIED[0]}) kept the order from starting. "
        "Nothing was reserved or charged: please order again.",
    )
    write, at = timed(execution.request_of("RecordFailure"))
    assert write == failure_recorded("ClaimFails", at, reason)
    publication, at = timed(execution.request_of("NotifyOrderFailed"))
    assert publication == notice("order_failed_topic_arn", "order.failed", "FAILED", at, reason)


@pytest.mark.parametrize(
    ("case", "states", "message"),
    [
        (
            "RefundFails",
            [*UNPAID, *UNREFUNDED],
            "A technical failure stopped the order, and its payment could not be returned automatically (TypeError). "
            "We return it by hand: no need to do anything.",
        ),
        (
            "NothingCanBeUndone",
            [
                *UNPAID,
                "ExplainTechnicalFailure",
                "RefundPayment",
                "NoteRefundFailure",
                "ReleaseStock",
                "NoteReleaseFailure",
            ],
            "The order failed and could not be undone completely (TypeError). We finish it by hand: "
            "no need to do anything.",
        ),
        (
            "DeclinedAndStockStuck",
            [*UNPAID, "ExplainDecline", "RefundPayment", "ReleaseStock", "NoteReleaseFailure"],
            "The order failed and could not be undone completely (StockBusyError). We finish it by hand: "
            "no need to do anything.",
        ),
    ],
)
def test_what_cannot_be_undone_is_recorded_as_incomplete_and_pages(order_processing, case, states, message):
    execution = order_processing(case)
    assert (execution.status, execution.error) == ("FAILED", "OrderFailedError")
    assert execution.states == [*states, *TOLD]
    write, at = timed(execution.request_of("RecordFailure"))
    assert write == failure_recorded(case, at, ("COMPENSATION_INCOMPLETE", message))
    assert "a person must finish" in str(execution.cause)


def test_a_failed_refund_does_not_keep_the_stock_and_both_errors_stay_in_the_state(order_processing):
    execution = order_processing("NothingCanBeUndone")
    assert execution.errors_of("RefundPayment") == ["PaymentProviderUnavailableError"] * 6
    left = execution.input_of("OrderFailed")
    assert left["refundFailure"]["Error"] == "PaymentProviderUnavailableError"
    assert left["releaseFailure"]["Error"] == "TypeError"


def test_an_order_cancelled_before_its_confirmation_is_refunded_and_keeps_its_status(order_processing):
    # Given a cancellation moves the order between payment and confirmation
    execution = order_processing("CancelledMeanwhile")
    # Then payment and stock go back, the failure is not written over it, and nothing is counted or announced
    assert (execution.status, execution.error) == ("FAILED", "OrderChangedElsewhereError")
    assert execution.states == [
        *UNCONFIRMED,
        "IsOrderConfirmed",
        *UNDONE,
        "RecordFailure",
        *LOOKED,
        "OrderChangedElsewhere",
    ]
    assert execution.errors_of("RecordFailure") == [cases.REFUSED[0]]


def test_a_cancelled_order_whose_refund_fails_pages(order_processing):
    execution = order_processing("CancelledAndRefundFails")
    assert execution.error == "OrderOutcomeNotRecordedError"
    assert execution.states == [
        *UNCONFIRMED,
        "IsOrderConfirmed",
        *UNREFUNDED,
        "RecordFailure",
        *LOOKED,
        *UNRECORDED,
    ]
    assert execution.request_of("CountUnrecordedOutcome") == counted("OrdersFailed")


@pytest.mark.parametrize("case", ["ConfirmationUnknown", "ConfirmationUnknownUncounted"])
def test_a_paid_order_whose_status_nobody_can_read_is_left_to_a_person(order_processing, case):
    execution = order_processing(case)
    assert (execution.status, execution.error) == ("FAILED", "OrderConfirmationUnknownError")
    assert execution.states == [*UNCONFIRMED, "CountUnknownConfirmation", "OrderConfirmationUnknown"]
    assert execution.requests_of("CountUnknownConfirmation")[-1] == counted("OrdersFailed")


def test_a_recorded_failure_whose_answer_was_lost_is_still_announced(order_processing):
    execution = order_processing("FailureLandedBefore")
    assert execution.error == "OrderFailedError"
    assert execution.states == [*UNPAID, *UNDONE, "RecordFailure", *LOOKED, *TOLD[1:]]


@pytest.mark.parametrize(
    ("case", "states"),
    [
        ("FailureNotRecorded", [*UNPAID, *UNDONE, "RecordFailure"]),
        ("OutcomeUnreadable", [*UNPAID, *UNDONE, "RecordFailure", "LoadOutcome"]),
        ("ClaimAndReadFail", ["ValidateOrder", "LoadOrder"]),
    ],
)
def test_a_failure_that_cannot_even_be_recorded_pages_under_its_own_name(order_processing, case, states):
    execution = order_processing(case)
    assert (execution.status, execution.error) == ("FAILED", "OrderOutcomeNotRecordedError")
    assert execution.states == [*states, *UNRECORDED]
    assert execution.requests_of("CountUnrecordedOutcome")[-1] == counted("OrdersFailed")
    assert "could not be written or read" in str(execution.cause)


def test_recording_a_failure_is_tried_longer_than_anything_else(order_processing):
    assert order_processing("FailureNotRecorded").errors_of("RecordFailure") == [cases.THROTTLED[0]] * 7


def test_a_failure_whose_notice_is_lost_stands(order_processing):
    execution = order_processing("FailureNoticeLost")
    assert execution.error == "OrderNoticeNotSentError"
    assert execution.states == [*UNPAID, *UNDONE, *TOLD[:-1], "CountLostNotice", "OrderNoticeNotSent"]


def failure_recorded(case, at, reason):
    """Return the write of FAILED, which also takes an order that could not be claimed."""
    write = recorded(case, "FAILED", at, reason)
    write["ConditionExpression"] = (
        "#status = :pending OR (#status = :processing AND executionArn = :execution) "
        "OR (#status = :review AND executionArn = :execution)"
    )
    write["UpdateExpression"] = write["UpdateExpression"].replace(" history =", " executionArn = :execution, history =")
    write["ExpressionAttributeValues"] |= {":pending": {"S": "PENDING"}, ":review": {"S": "REVIEW"}}
    return write
