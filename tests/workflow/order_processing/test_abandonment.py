"""What the sweeper starts when an execution is gone: the order is taken over, undone and recorded, by one alone."""

import pytest

from tests.support.step_functions import execution_arn
from tests.workflow.order_processing import cases, steps
from tests.workflow.order_processing.expected import counted, notice, recorded, timed
from tests.workflow.rendering import supplied

LOOKED = ["ValidateOrder", "LoadOrder", "IsClaimedByThisExecution"]
REASON = (
    "PROCESSING_INTERRUPTED",
    "The order's processing was interrupted. Nothing stays reserved or charged: please order again.",
)


def test_an_order_whose_execution_is_gone_is_taken_over_undone_and_recorded_as_failed(order_processing):
    # Given an order that another execution holds, and the sweeper's word that it is gone / When it is processed
    execution = order_processing("Abandoned")
    # Then payment and stock are given back before the order is recorded, counted and announced, as after any failure
    assert (execution.status, execution.error) == ("FAILED", "OrderFailedError")
    assert execution.states == [
        *LOOKED, "TakeOverOrder", "ExplainAbandonment", "RefundPayment", "ReleaseStock", "IsPaymentDeclined",
        "RecordFailure", "CountFailedOrder", "NotifyOrderFailed", "OrderFailed",
    ]  # fmt: skip
    assert execution.request_of("RefundPayment")["Payload"] == {
        "orderId": steps.ORDER_ID,
        "reason": REASON[0],
        "correlationId": steps.CORRELATION_ID,
    }
    write, at = timed(execution.request_of("RecordFailure"))
    expected = recorded("Abandoned", "FAILED", at, REASON)
    assert write["ExpressionAttributeValues"].items() >= expected["ExpressionAttributeValues"].items()
    assert execution.request_of("CountFailedOrder") == counted("OrdersFailed")
    publication, at = timed(execution.request_of("NotifyOrderFailed"))
    assert publication == notice("order_failed_topic_arn", "order.failed", "FAILED", at, REASON)


def test_an_order_is_taken_over_from_the_lost_execution_only_and_a_repetition_is_harmless(order_processing):
    execution = order_processing("Abandoned")
    assert execution.errors_of("TakeOverOrder") == [cases.THROTTLED[0]]
    write, at = timed(execution.requests_of("TakeOverOrder")[-1])
    assert write == {
        "TableName": supplied("orders_table"),
        "Key": {"orderId": {"S": steps.ORDER_ID}},
        "UpdateExpression": "SET executionArn = :execution, updatedAt = :now",
        "ConditionExpression": "(#status = :processing AND executionArn IN (:abandoned, :execution)) "
        "OR (#status = :review AND executionArn IN (:abandoned, :execution))",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {
            ":processing": {"S": "PROCESSING"},
            ":review": {"S": "REVIEW"},
            ":now": {"S": at},
            ":execution": {"S": execution_arn(cases.MACHINE, "Abandoned")},
            ":abandoned": {"S": execution_arn(cases.MACHINE, "another-execution")},
        },
    }


@pytest.mark.parametrize("case", ["AbandonedByAnother", "AbandonedAndEnded"])
def test_an_order_that_a_third_execution_holds_or_that_ended_is_not_touched(order_processing, case):
    execution = order_processing(case)
    assert (execution.status, execution.states) == ("SUCCEEDED", [*LOOKED, "OrderAlreadyHandled"])


def test_who_loses_the_race_for_a_lost_order_gives_nothing_back(order_processing):
    execution = order_processing("AbandonedAndMovedOn")
    assert (execution.status, execution.states) == ("SUCCEEDED", [*LOOKED, "TakeOverOrder", "OrderAlreadyHandled"])


def test_an_order_that_cannot_be_taken_over_pages(order_processing):
    execution = order_processing("AbandonedAndNotTakenOver")
    assert (execution.status, execution.error) == ("FAILED", "OrderOutcomeNotRecordedError")
    assert execution.states == [*LOOKED, "TakeOverOrder", "CountUnrecordedOutcome", "OrderOutcomeNotRecorded"]
    assert execution.request_of("CountUnrecordedOutcome") == counted("OrdersFailed")
