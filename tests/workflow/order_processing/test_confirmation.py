"""The way of an order that succeeds, and of what may happen twice on it."""

import pytest

from tests.support.step_functions import execution_arn
from tests.workflow.order_processing import cases, steps
from tests.workflow.order_processing.expected import counted, history, notice, recorded, timed
from tests.workflow.rendering import supplied

CONFIRMED = [
    "ValidateOrder",
    "ReserveStock",
    "IsReviewNeeded",
    "ProcessPayment",
    "ConfirmOrder",
    "NotifyOrderCompleted",
    "OrderConfirmed",
]
TASKS = [state for state in CONFIRMED[:-1] if state != "IsReviewNeeded"]
CLAIMED_BEFORE = ["ValidateOrder", "LoadOrder", "IsClaimedByThisExecution"]


def test_an_order_is_claimed_reserved_charged_confirmed_and_announced_in_five_steps(order_processing):
    # Given every service does its work / When the order is processed
    execution = order_processing("Confirmed")
    # Then it takes the five steps, each once, and ends well
    assert (execution.status, execution.error) == ("SUCCEEDED", None)
    assert execution.states == CONFIRMED
    assert [len(execution.requests_of(state)) for state in TASKS] == [1, 1, 1, 1, 1]


def test_the_claim_moves_a_pending_order_on_and_asks_for_nothing_personal(order_processing):
    request, at = timed(order_processing("Confirmed").request_of("ValidateOrder"))
    assert request == {
        "TableName": supplied("orders_table"),
        "Key": {"orderId": {"S": steps.ORDER_ID}},
        "ConditionExpression": "#status = :pending",
        "UpdateExpression": "SET #status = :status, #version = #version + :one, updatedAt = :now, "
        "executionArn = :execution, history = list_append(history, :entry), "
        "userId = userId, #total = #total, currency = currency, #items = #items",
        "ExpressionAttributeNames": {"#status": "status", "#version": "version", "#items": "items", "#total": "total"},
        "ExpressionAttributeValues": {
            ":pending": {"S": "PENDING"},
            ":status": {"S": "PROCESSING"},
            ":one": {"N": "1"},
            ":now": {"S": at},
            ":execution": {"S": execution_arn(cases.MACHINE, "Confirmed")},
            ":entry": history("PROCESSING", at),
        },
        "ReturnValues": "UPDATED_NEW",
    }


def test_the_steps_get_the_order_as_it_is_stored(order_processing):
    execution = order_processing("Confirmed")
    assert execution.request_of("ReserveStock") == {
        "FunctionName": supplied("reserve_stock_function_arn"),
        "Payload": {
            "orderId": steps.ORDER_ID,
            "lines": steps.ORDER["items"]["L"],
            "correlationId": steps.CORRELATION_ID,
        },
    }
    assert execution.request_of("ProcessPayment") == {
        "StateMachineArn": supplied("payment_state_machine_arn"),
        "Name": steps.ORDER_ID,
        "Input": {
            "orderId": steps.ORDER_ID,
            "requestedBy": "order",
            "amount": steps.ORDER["total"]["N"],
            "currency": "EUR",
            "correlationId": steps.CORRELATION_ID,
            "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": execution_arn(cases.MACHINE, "Confirmed"),
        },
    }


def test_only_the_execution_that_claimed_a_processing_order_confirms_it(order_processing):
    request, at = timed(order_processing("Confirmed").request_of("ConfirmOrder"))
    assert request == recorded("Confirmed", "CONFIRMED", at)


def test_the_notice_of_a_confirmed_order_carries_its_total_as_a_number(order_processing):
    request, at = timed(order_processing("Confirmed").request_of("NotifyOrderCompleted"))
    assert request == notice("order_completed_topic_arn", "order.completed", "CONFIRMED", at)


def test_failures_that_pass_are_ridden_out_and_the_order_is_confirmed(order_processing):
    execution = order_processing("PassingFailures")
    assert (execution.status, execution.states) == ("SUCCEEDED", CONFIRMED)
    assert {state: execution.errors_of(state) for state in TASKS} == {
        "ValidateOrder": ["States.Timeout", "States.Timeout"],
        "ReserveStock": ["StockBusyError", "StockBusyError", "Lambda.TooManyRequestsException"],
        "ProcessPayment": [cases.STARTS_BUSY[0]] * 2,
        "ConfirmOrder": ["DynamoDB.ThrottlingException"],
        "NotifyOrderCompleted": ["SNS.ThrottledException"],
    }


def test_a_payment_whose_execution_did_not_say_is_found_on_record_and_gone_on_with(order_processing):
    # Given an execution with this name was there before, and its payment is under way
    execution = order_processing("PaymentFoundAfterAll")
    # Then it is waited for and never begun again
    assert execution.errors_of("ProcessPayment") == [cases.PAYMENT_EXISTS[0]]
    assert execution.errors_of("FindPaymentOutcome") == [
        "PaymentInProgressError",
        "PaymentInProgressError",
        "Lambda.TooManyRequestsException",
    ]
    assert (execution.status, execution.states) == (
        "SUCCEEDED",
        [*CONFIRMED[:4], "FindPaymentOutcome", *CONFIRMED[4:]],
    )
    assert execution.requests_of("FindPaymentOutcome")[-1] == {
        "FunctionName": supplied("find_payment_outcome_function_arn"),
        "Payload": {"orderId": steps.ORDER_ID, "correlationId": steps.CORRELATION_ID},
    }


def test_a_claim_that_landed_without_an_answer_is_gone_on_with(order_processing):
    # Given our first write claimed the order, and its repetition was refused
    execution = order_processing("ClaimLandedBefore")
    # Then the order is read again and processed as if nothing had happened
    assert execution.errors_of("ValidateOrder") == ["States.Timeout", cases.REFUSED[0]]
    assert (execution.status, execution.states) == ("SUCCEEDED", [*CLAIMED_BEFORE, "ResumeOrder", *CONFIRMED[1:]])
    assert execution.request_of("ReserveStock") == order_processing("Confirmed").request_of("ReserveStock")
    load = execution.requests_of("LoadOrder")[-1]
    assert load["ConsistentRead"] is True
    assert load["ProjectionExpression"] == "#status, executionArn, userId, #total, currency, #items"


@pytest.mark.parametrize("case", ["DuplicateOfRunningOrder", "DuplicateOfFinishedOrder"])
def test_a_duplicate_does_nothing_and_is_no_failure(order_processing, case):
    execution = order_processing(case)
    assert (execution.status, execution.states) == ("SUCCEEDED", [*CLAIMED_BEFORE, "OrderAlreadyHandled"])


def test_an_order_nobody_stored_ends_under_its_own_name(order_processing):
    execution = order_processing("UnknownOrder")
    assert (execution.status, execution.error) == ("FAILED", "OrderNotFoundError")
    assert execution.states == [*CLAIMED_BEFORE, "OrderNotFound"]
    assert "No order with this id is stored" in str(execution.cause)


def test_a_confirmation_that_landed_without_an_answer_is_announced_and_not_refunded(order_processing):
    execution = order_processing("ConfirmationLandedBefore")
    assert execution.errors_of("ConfirmOrder") == ["States.Timeout"] * 5
    assert (execution.status, execution.states) == (
        "SUCCEEDED",
        [*CONFIRMED[:5], "LoadConfirmation", "IsOrderConfirmed", *CONFIRMED[5:]],
    )


def test_a_lost_notice_never_compensates_a_paid_order(order_processing):
    execution = order_processing("CompletedNoticeLost")
    assert execution.errors_of("NotifyOrderCompleted") == ["SNS.ThrottledException"] * 6
    assert (execution.status, execution.error) == ("FAILED", "OrderNoticeNotSentError")
    assert execution.states == [*CONFIRMED[:-1], "CountLostNotice", "OrderNoticeNotSent"]
    assert "do not refund" in str(execution.cause)
    assert execution.requests_of("CountLostNotice")[-1] == counted("OrderNoticesLost")
