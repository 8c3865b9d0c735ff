"""An order over the threshold waits for a person, and is charged only then: each end of the wait has its way."""

import pytest

from tests.support.step_functions import execution_arn
from tests.workflow.order_processing import cases, steps
from tests.workflow.order_processing.expected import history, recorded, timed
from tests.workflow.rendering import NUMBERS, supplied

HELD = ["ValidateOrder", "ReserveStock", "IsReviewNeeded", "PlanReview", "WaitForReview"]
PAID = ["ProcessPayment", "ConfirmOrder", "NotifyOrderCompleted", "OrderConfirmed"]
GIVEN_BACK = ["RefundPayment", "ReleaseStock", "IsPaymentDeclined"]
REJECTED = [*GIVEN_BACK, "RejectOrder", "NotifyOrderRejected", "OrderRejected"]
FAILED = [*GIVEN_BACK, "RecordFailure", "CountFailedOrder", "NotifyOrderFailed", "OrderFailed"]
ELSEWHERE = [*GIVEN_BACK, "RecordFailure", "LoadOutcome", "IsOutcomeRecorded", "OrderChangedElsewhere"]
LOOKED = ["LoadReview", "IsOrderApproved"]
EXPIRED = (
    "The order had to be looked at, and nobody did in time. Nothing stays reserved or charged: please order again."
)


def test_an_order_of_exactly_the_threshold_waits_and_is_charged_once_approved(order_processing):
    # Given an order of 1,000.00 and a function that fails twice for reasons that pass / When a person approves
    execution = order_processing("ReviewApproved")
    # Then it goes on as if nobody had been asked
    assert (execution.status, execution.states) == ("SUCCEEDED", [*HELD, *PAID])
    assert execution.errors_of("WaitForReview") == [
        "ReviewNoticeUnavailableError", "ReviewNoticeUnavailableError", cases.FUNCTION_BUSY[0],
    ]  # fmt: skip


def test_an_order_below_the_threshold_waits_for_nobody_at_the_price_of_one_transition(order_processing):
    execution = order_processing("Confirmed")
    assert execution.states == ["ValidateOrder", "ReserveStock", "IsReviewNeeded", *PAID]


def test_the_function_gets_what_it_needs_to_hold_the_order_and_a_token(order_processing):
    (*_, request) = order_processing("ReviewApproved").requests_of("WaitForReview")
    payload = dict(request["Payload"])
    assert payload.pop("taskToken")
    assert request["FunctionName"] == supplied("request_review_function_arn")
    assert payload == {
        "orderId": steps.ORDER_ID,
        "userId": steps.ORDER["userId"]["S"],
        "total": NUMBERS["review_threshold"],
        "currency": "EUR",
        "correlationId": steps.CORRELATION_ID,
        "execution": execution_arn(cases.MACHINE, "ReviewApproved"),
        "deadlineSeconds": NUMBERS["review_deadline_seconds"],
    }


def test_a_rejected_order_gives_everything_back_and_ends_with_the_administrators_words(order_processing):
    execution = order_processing("ReviewRejected")
    assert (execution.status, execution.error) == ("FAILED", "OrderRejectedError")
    assert execution.states == [*HELD, *LOOKED, "ExplainReviewRejection", *REJECTED]
    write, at = timed(execution.request_of("RejectOrder"))
    assert write == recorded("ReviewRejected", "REJECTED", at, ("REVIEW_REJECTED", cases.REVIEWERS_WORDS))
    assert execution.request_of("ReleaseStock")["Payload"]["orderId"] == steps.ORDER_ID


@pytest.mark.parametrize("case", ["ReviewExpired", "ReviewEndedByTheSweeper"])
def test_an_order_that_nobody_looked_at_in_time_is_rejected_and_gives_everything_back(order_processing, case):
    execution = order_processing(case)
    assert (execution.status, execution.error) == ("FAILED", "OrderRejectedError")
    assert execution.states == [*HELD, "ExpireReview", "ExplainReviewExpiry", *REJECTED]
    write, at = timed(execution.request_of("RejectOrder"))
    assert write == recorded(case, "REJECTED", at, ("REVIEW_EXPIRED", EXPIRED))


def test_the_deadline_takes_the_order_out_of_review_only_when_nobody_else_did(order_processing):
    write, at = timed(order_processing("ReviewExpired").requests_of("ExpireReview")[-1])
    why = {"M": {"code": {"S": "REVIEW_EXPIRED"}, "message": {"S": "Nobody decided about the order in time."}}}
    assert write == {
        "TableName": supplied("orders_table"),
        "Key": {"orderId": {"S": steps.ORDER_ID}},
        "UpdateExpression": "SET #status = :status, #version = #version + :one, updatedAt = :now, "
        "history = list_append(history, :entry), review = :verdict REMOVE reviewToken",
        "ConditionExpression": "#status = :review AND executionArn = :execution",
        "ExpressionAttributeNames": {"#status": "status", "#version": "version"},
        "ExpressionAttributeValues": {
            ":status": {"S": "PROCESSING"},
            ":one": {"N": "1"},
            ":now": {"S": at},
            ":execution": {"S": execution_arn(cases.MACHINE, "ReviewExpired")},
            ":review": {"S": "REVIEW"},
            ":verdict": {"M": {"verdict": {"S": "EXPIRED"}, "at": {"S": at}}},
            ":entry": history("PROCESSING", at, why),
        },
    }


def test_a_deadline_that_landed_without_an_answer_still_rejects(order_processing):
    execution = order_processing("ReviewExpiryLandedBefore")
    assert execution.states == [*HELD, "ExpireReview", *LOOKED, "ExplainReviewExpiry", *REJECTED]


def test_an_approval_that_crossed_the_deadline_counts(order_processing):
    execution = order_processing("ReviewApprovedAtTheDeadline")
    assert execution.errors_of("WaitForReview") == [cases.HEARTBEAT_MISSED[0]]
    assert (execution.status, execution.states) == ("SUCCEEDED", [*HELD, "ExpireReview", *LOOKED, *PAID])


@pytest.mark.parametrize(
    ("case", "before"),
    [("ReviewExpiryNotRecorded", ["ExpireReview", *LOOKED]), ("ReviewUnreadable", ["ExpireReview", "LoadReview"])],
)
def test_an_order_of_which_nobody_knows_what_was_decided_is_undone_and_failed(order_processing, case, before):
    # Nothing is charged before the review: undoing harms nobody.
    execution = order_processing(case)
    assert (execution.status, execution.error) == ("FAILED", "OrderFailedError")
    assert execution.states == [*HELD, *before, "ExplainTechnicalFailure", *FAILED]


def test_a_failure_is_recorded_on_an_order_in_review_only_by_its_own_execution(order_processing):
    write = order_processing("ReviewUnreadable").request_of("RecordFailure")
    assert write["ConditionExpression"].endswith("OR (#status = :review AND executionArn = :execution)")
    assert write["ExpressionAttributeValues"][":review"] == {"S": "REVIEW"}


@pytest.mark.parametrize(
    ("case", "before"), [("ReviewCancelled", []), ("ReviewCancelledAtTheDeadline", ["ExpireReview", *LOOKED])]
)
def test_a_cancelled_order_is_never_charged_and_keeps_its_status(order_processing, case, before):
    execution = order_processing(case)
    assert (execution.status, execution.error) == ("FAILED", "OrderChangedElsewhereError")
    assert execution.states == [*HELD, *before, "ExplainTechnicalFailure", *ELSEWHERE]


def test_an_order_whose_waiting_execution_is_gone_is_taken_over_undone_and_failed(order_processing):
    execution = order_processing("AbandonedInReview")
    looked = ["ValidateOrder", "LoadOrder", "IsClaimedByThisExecution"]
    assert execution.states == [*looked, "TakeOverOrder", "ExplainAbandonment", *FAILED]
