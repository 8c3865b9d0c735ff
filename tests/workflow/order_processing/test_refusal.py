"""Endings that are business: what the shop or the payment provider refuses. Nobody is paged."""

import pytest

from tests.workflow.order_processing import cases, steps
from tests.workflow.order_processing.expected import counted, notice, recorded, timed
from tests.workflow.rendering import supplied

RESERVED = ["ValidateOrder", "ReserveStock"]
CLOSED = ["RefundPayment", "ReleaseStock", "IsPaymentDeclined"]
DECLINED = [
    *RESERVED,
    "IsReviewNeeded",
    "ProcessPayment",
    "FindPaymentOutcome",
    "ExplainDecline",
    *CLOSED,
    "RecordPaymentFailure",
]
REJECTED = [*RESERVED, "ExplainOutOfStock", *CLOSED, "RejectOrder"]


@pytest.mark.parametrize(
    ("case", "explain", "code"),
    [
        ("OutOfStock", "ExplainOutOfStock", "OUT_OF_STOCK"),
        ("UnknownProduct", "ExplainUnknownProduct", "UNKNOWN_PRODUCT"),
    ],
)
def test_what_the_shop_cannot_supply_is_rejected_with_the_steps_own_words(order_processing, case, explain, code):
    # Given the stock step refuses, naming the product / When the order is processed
    execution = order_processing(case)
    refusal = {"OUT_OF_STOCK": steps.out_of_stock, "UNKNOWN_PRODUCT": steps.unknown_product}[code]()
    reason = (code, steps.message_of(refusal))
    # Then whatever was paid by request is given back, and the order, its notice and the ending say why
    assert (execution.status, execution.error) == ("FAILED", "OrderRejectedError")
    assert execution.states == [*RESERVED, explain, *CLOSED, "RejectOrder", "NotifyOrderRejected", "OrderRejected"]
    assert "nothing stays reserved or charged" in str(execution.cause)
    write, at = timed(execution.requests_of("RejectOrder")[-1])
    assert write == recorded(case, "REJECTED", at, reason)
    publication, at = timed(execution.requests_of("NotifyOrderRejected")[-1])
    assert publication == notice("order_failed_topic_arn", "order.rejected", "REJECTED", at, reason)


def test_a_refusal_is_not_repeated(order_processing):
    assert order_processing("OutOfStock").errors_of("ReserveStock") == ["OutOfStockError"]
    assert order_processing("Declined").errors_of("ProcessPayment") == ["States.TaskFailed"]
    assert order_processing("Declined").errors_of("FindPaymentOutcome") == ["PaymentDeclinedError"]


def test_a_declined_payment_gives_the_stock_back_and_tells_the_customer_why(order_processing):
    execution = order_processing("Declined")
    reason = ("PAYMENT_DECLINED", steps.message_of(steps.outcome_declined()))
    assert (execution.status, execution.error) == ("FAILED", "OrderPaymentFailedError")
    assert execution.states == [*DECLINED, "NotifyPaymentFailed", "PaymentFailed"]
    assert execution.request_of("ReleaseStock") == {
        "FunctionName": supplied("release_stock_function_arn"),
        "Payload": {"orderId": steps.ORDER_ID, "correlationId": steps.CORRELATION_ID},
    }
    write, at = timed(execution.request_of("RecordPaymentFailure"))
    assert write == recorded("Declined", "PAYMENT_FAILED", at, reason)
    publication, at = timed(execution.request_of("NotifyPaymentFailed"))
    assert publication == notice("order_failed_topic_arn", "order.payment_failed", "PAYMENT_FAILED", at, reason)


@pytest.mark.parametrize(
    ("case", "before", "after"),
    [
        (
            "RejectionLandedBefore",
            REJECTED,
            ["NotifyOrderRejected", "OrderRejected"],
        ),
        ("DeclineLandedBefore", DECLINED, ["NotifyPaymentFailed", "PaymentFailed"]),
    ],
)
def test_an_ending_that_landed_without_an_answer_is_still_announced(order_processing, case, before, after):
    execution = order_processing(case)
    assert execution.errors_of(before[-1]) == ["States.Timeout", cases.REFUSED[0]]
    assert execution.states == [*before, "LoadOutcome", "IsOutcomeRecorded", *after]


def test_a_rejected_order_that_was_cancelled_meanwhile_keeps_that_status_and_sends_no_notice(order_processing):
    execution = order_processing("RejectedOrderWasCancelled")
    assert (execution.status, execution.error) == ("FAILED", "OrderChangedElsewhereError")
    assert execution.states == [
        *REJECTED,
        "LoadOutcome",
        "IsOutcomeRecorded",
        "OrderChangedElsewhere",
    ]


@pytest.mark.parametrize(
    ("case", "before"),
    [
        ("RejectionNotRecorded", REJECTED),
        ("DeclineNotRecorded", DECLINED),
    ],
)
def test_a_refusal_that_cannot_be_recorded_pages(order_processing, case, before):
    execution = order_processing(case)
    assert (execution.status, execution.error) == ("FAILED", "OrderOutcomeNotRecordedError")
    assert execution.states == [*before, "CountUnrecordedOutcome", "OrderOutcomeNotRecorded"]
    assert execution.request_of("CountUnrecordedOutcome") == counted("OrdersFailed")


@pytest.mark.parametrize(
    ("case", "before"),
    [
        ("RejectionNoticeLost", [*REJECTED, "NotifyOrderRejected"]),
        ("DeclineNoticeLost", [*DECLINED, "NotifyPaymentFailed"]),
    ],
)
def test_a_refusal_whose_notice_is_lost_stands_and_pages(order_processing, case, before):
    execution = order_processing(case)
    assert (execution.status, execution.error) == ("FAILED", "OrderNoticeNotSentError")
    assert execution.states == [*before, "CountLostNotice", "OrderNoticeNotSent"]
    assert execution.request_of("CountLostNotice") == counted("OrderNoticesLost")
