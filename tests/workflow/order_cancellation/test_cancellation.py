"""A cancellation gives back what was taken, says so, and does it once; what cannot be given back pages."""

import json

import pytest

from tests.support.step_functions import failure_of
from tests.workflow.order_cancellation import cases
from tests.workflow.order_processing import steps
from tests.workflow.order_processing.cases import DENIED, REFUSED
from tests.workflow.order_processing.expected import counted, timed
from tests.workflow.rendering import supplied

INPUT = json.loads(cases.INPUT.read_text(encoding="utf-8"))
TOTAL = steps.ORDER["total"]["N"]
GIVEN_BACK = ["RefundPayment", "ReleaseStock", "IsPaymentRefunded"]
TOLD = ["RecordCancellation", "NotifyOrderCancelled", "OrderCancelled"]
LOOKED = ["CancelOrder", "LoadOrder", "IsOrderCancelled"]
PAGED = ["CountIncompleteCancellation", "CancellationIncomplete"]


def reason(code: str, message: str) -> dict:
    return {"M": {"code": {"S": code}, "message": {"S": message}}}


def entry(at: str, by: str, why: dict) -> dict:
    return {"L": [{"M": {"status": {"S": "CANCELLED"}, "at": {"S": at}, "by": {"S": by}, "reason": why}}]}


def test_a_confirmed_order_is_cancelled_refunded_released_recorded_and_told(order_cancellation):
    # Given every service does its work / When the order is cancelled
    execution = order_cancellation("Cancelled")
    # Then money goes back before stock, each once, and the order is told before the world
    assert (execution.status, execution.error) == ("SUCCEEDED", None)
    assert execution.states == ["CancelOrder", *GIVEN_BACK, "FileFullRefund", *TOLD]


def test_the_claim_takes_any_order_on_its_way_and_asks_for_nothing_personal(order_cancellation):
    request, at = timed(order_cancellation("Cancelled").request_of("CancelOrder"))
    why = reason(INPUT["reason"]["code"], INPUT["reason"]["message"])
    assert request == {
        "TableName": supplied("orders_table"),
        "Key": {"orderId": {"S": steps.ORDER_ID}},
        "UpdateExpression": "SET #status = :status, #version = #version + :one, updatedAt = :now, "
        "history = list_append(history, :entry), statusReason = :reason, openGroup = :group, checkAfter = :now, "
        "userId = userId, #total = #total, currency = currency",
        "ConditionExpression": "#status = :pending OR #status = :processing OR #status = :review "
        "OR #status = :confirmed",
        "ExpressionAttributeNames": {"#status": "status", "#version": "version", "#total": "total"},
        "ExpressionAttributeValues": {
            ":status": {"S": "CANCELLED"},
            ":group": {"S": "open"},
            ":one": {"N": "1"},
            ":now": {"S": at},
            ":pending": {"S": "PENDING"},
            ":processing": {"S": "PROCESSING"},
            ":review": {"S": "REVIEW"},
            ":confirmed": {"S": "CONFIRMED"},
            ":reason": why,
            ":entry": entry(at, "customer", why),
        },
        "ReturnValues": "UPDATED_NEW",
    }


def test_money_and_stock_are_given_back_by_the_orders_id(order_cancellation):
    execution = order_cancellation("Cancelled")
    common = {"orderId": steps.ORDER_ID, "correlationId": steps.CORRELATION_ID}
    assert execution.request_of("RefundPayment") == {
        "FunctionName": supplied("refund_payment_function_arn"),
        "Payload": {**common, "reason": "ORDER_CANCELLED"},
    }
    assert execution.request_of("ReleaseStock") == {
        "FunctionName": supplied("release_stock_function_arn"),
        "Payload": common,
    }


@pytest.mark.parametrize(
    ("case", "refunded"),
    [("Cancelled", TOTAL), ("CancelledByTheRequest", TOTAL), ("NothingTaken", "0"), ("ChargeUnknown", "0")],
)
def test_the_order_and_the_world_are_told_what_was_refunded(order_cancellation, case, refunded):
    execution = order_cancellation(case)
    assert execution.states[-3:] == TOLD
    write, at = timed(execution.request_of("RecordCancellation"))
    why = reason("EVERYTHING_GIVEN_BACK", "Whatever was paid is refunded, whatever was reserved is released.")
    assert write == {
        "TableName": supplied("orders_table"),
        "Key": {"orderId": {"S": steps.ORDER_ID}},
        "UpdateExpression": "SET cancellation = :complete, refunded = :refunded, #version = #version + :one, "
        "updatedAt = :now, history = list_append(history, :entry) REMOVE openGroup, checkAfter",
        "ConditionExpression": "#status = :cancelled AND "
        "(attribute_not_exists(cancellation) OR cancellation = :incomplete)",
        "ExpressionAttributeNames": {"#status": "status", "#version": "version"},
        "ExpressionAttributeValues": {
            ":cancelled": {"S": "CANCELLED"},
            ":complete": {"S": "COMPLETE"},
            ":incomplete": {"S": "INCOMPLETE"},
            ":refunded": {"N": refunded},
            ":one": {"N": "1"},
            ":now": {"S": at},
            ":entry": entry(at, "workflow", why),
        },
    }
    publication, at = timed(execution.request_of("NotifyOrderCancelled"))
    attributes = {"type": "order.cancelled", "status": "CANCELLED", "correlationId": steps.CORRELATION_ID}
    assert publication == {
        "TopicArn": supplied("order_failed_topic_arn"),
        "Message": {
            "schema": "order-event/1",
            "eventId": f"{steps.ORDER_ID}#CANCELLED",
            "type": "order.cancelled",
            "orderId": steps.ORDER_ID,
            "userId": steps.ORDER["userId"]["S"],
            "status": "CANCELLED",
            "total": int(TOTAL),
            "currency": "EUR",
            "refunded": int(refunded),
            "reason": {
                "code": "CANCELLED_BY_CUSTOMER",
                "message": "The order was cancelled. Whatever was paid is refunded, whatever was reserved is released.",
            },
            "correlationId": steps.CORRELATION_ID,
            "at": at,
        },
        "MessageAttributes": {k: {"DataType": "String", "StringValue": v} for k, v in attributes.items()},
    }


def test_an_order_that_the_request_cancelled_first_is_given_back_all_the_same(order_cancellation):
    execution = order_cancellation("CancelledByTheRequest")
    assert execution.status == "SUCCEEDED"
    assert execution.states == [*LOOKED, "ResumeCancellation", *GIVEN_BACK, "FileFullRefund", *TOLD]
    read = execution.requests_of("LoadOrder")[-1]
    assert (read["ProjectionExpression"], read["ConsistentRead"]) == ("#status, userId, #total, currency", True)


@pytest.mark.parametrize("case", ["ShippedMeanwhile", "FailedMeanwhile"])
def test_an_order_that_went_another_way_is_left_alone(order_cancellation, case):
    execution = order_cancellation(case)
    assert (execution.status, execution.states) == ("SUCCEEDED", [*LOOKED, "OrderWentAnotherWay"])


def test_an_order_that_is_not_there_fails_and_touches_nothing(order_cancellation):
    execution = order_cancellation("UnknownOrder")
    assert (execution.error, execution.states) == ("OrderNotFoundError", [*LOOKED, "OrderNotFound"])


@pytest.mark.parametrize("status", ["Pending", "Processing", "Review", "Confirmed"])
def test_an_order_that_could_not_be_cancelled_keeps_money_and_stock_and_pages(order_cancellation, status):
    execution = order_cancellation(f"{status}AndNotCancelled")
    assert execution.errors_of("CancelOrder") == [DENIED[0]]
    assert (execution.error, execution.states) == ("CancellationIncompleteError", [*LOOKED, *PAGED])
    assert execution.request_of("CountIncompleteCancellation") == counted("CancellationsIncomplete")


def test_an_order_that_can_neither_be_written_nor_read_pages(order_cancellation):
    execution = order_cancellation("CancelAndReadFail")
    assert (execution.error, execution.states) == ("CancellationIncompleteError", ["CancelOrder", "LoadOrder", *PAGED])


@pytest.mark.parametrize(
    ("case", "states"),
    [
        (
            "RefundFails",
            ["RefundPayment", "NoteRefundFailure", "ReleaseStock", "IsPaymentRefunded", "RecordIncompleteCancellation"],
        ),
        ("ReleaseFails", ["RefundPayment", "ReleaseStock", "RecordIncompleteCancellation"]),
        (
            "NothingCanBeGivenBack",
            ["RefundPayment", "NoteRefundFailure", "ReleaseStock", "RecordIncompleteCancellation"],
        ),
    ],
)
def test_what_cannot_be_given_back_is_recorded_and_pages_and_nobody_is_told_otherwise(order_cancellation, case, states):
    execution = order_cancellation(case)
    assert (execution.status, execution.error) == ("FAILED", "CancellationIncompleteError")
    assert execution.states == ["CancelOrder", *states, *PAGED]
    write, at = timed(execution.requests_of("RecordIncompleteCancellation")[-1])
    why = reason(
        "COMPENSATION_INCOMPLETE",
        "Not everything could be given back automatically. We finish it by hand: no need to do anything.",
    )
    assert write["ConditionExpression"] == "#status = :cancelled AND attribute_not_exists(cancellation)"
    assert "openGroup" not in write["UpdateExpression"], "it must stay where the sweeper finds it"
    assert write["ExpressionAttributeValues"] == {
        ":cancelled": {"S": "CANCELLED"},
        ":incomplete": {"S": "INCOMPLETE"},
        ":one": {"N": "1"},
        ":now": {"S": at},
        ":entry": entry(at, "workflow", why),
    }
    assert execution.requests_of("CountIncompleteCancellation")[-1] == counted("CancellationsIncomplete")
    assert "start this machine again" in str(execution.cause)


def test_both_errors_stay_in_the_state_for_whoever_looks(order_cancellation):
    left = order_cancellation("NothingCanBeGivenBack").input_of("CancellationIncomplete")
    assert (left["refundFailure"]["Error"], left["releaseFailure"]["Error"]) == ("TypeError", "StockBusyError")


def test_failures_that_pass_are_ridden_out(order_cancellation):
    execution = order_cancellation("PassingFailures")
    assert execution.status == "SUCCEEDED"
    assert execution.errors_of("RefundPayment") == [
        "PaymentProviderUnavailableError",
        "PaymentProviderUnavailableError",
        "Lambda.TooManyRequestsException",
    ]
    assert execution.errors_of("ReleaseStock") == [
        "StockBusyError",
        "StockBusyError",
        "Lambda.TooManyRequestsException",
    ]


def test_a_record_that_landed_without_an_answer_is_still_announced(order_cancellation):
    execution = order_cancellation("RecordedBefore")
    assert execution.errors_of("RecordCancellation") == ["States.Timeout", REFUSED[0]]
    assert execution.states[-3:] == TOLD


def test_a_settled_order_that_cannot_be_recorded_pages(order_cancellation):
    execution = order_cancellation("NotRecorded")
    assert execution.states == ["CancelOrder", *GIVEN_BACK, "FileFullRefund", "RecordCancellation", *PAGED]


@pytest.mark.parametrize("case", ["NoticeLost", "NoticeLostUncounted"])
def test_a_cancellation_whose_notice_is_lost_stands_and_pages(order_cancellation, case):
    execution = order_cancellation(case)
    assert (execution.status, execution.error) == ("FAILED", "OrderNoticeNotSentError")
    assert execution.states[-3:] == ["NotifyOrderCancelled", "CountLostNotice", "OrderNoticeNotSent"]
    assert execution.requests_of("CountLostNotice")[-1] == counted("OrderNoticesLost")


def test_the_customers_own_words_are_not_published(order_cancellation):
    published = [
        event
        for name, events in order_cancellation("Cancelled").visits()
        if name == "NotifyOrderCancelled"
        for event in events
        if event["type"] == "TaskScheduled" and failure_of(event) is None
    ]
    assert published
    assert INPUT["reason"]["message"] not in str(published)
