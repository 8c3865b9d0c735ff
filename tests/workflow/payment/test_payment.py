"""One attempt to pay: what it sends, how it ends, and that nothing stays held where it does not end paid."""

import json

import pytest

from tests.workflow.order_processing import steps
from tests.workflow.order_processing.expected import counted, history, timed
from tests.workflow.payment import cases
from tests.workflow.rendering import supplied

CAPTURED = ["AuthorizePayment", "CapturePayment", "RecordPayment", "PaymentCaptured"]
UNDONE = ["VoidPayment", "IsPaymentCaptured", "PaymentFailed"]
ASKED = {"orderId": steps.ORDER_ID, "requestedBy": "order", "correlationId": steps.CORRELATION_ID}


def test_a_payment_is_held_taken_and_recorded_in_three_steps(payment):
    execution = payment("Captured")
    assert (execution.status, execution.error, execution.states) == ("SUCCEEDED", None, CAPTURED)
    assert [len(execution.requests_of(state)) for state in CAPTURED[:-1]] == [1, 1, 1]


def test_each_step_gets_what_it_needs_and_never_a_token(payment):
    execution = payment("Captured")
    assert execution.request_of("AuthorizePayment") == {
        "FunctionName": supplied("authorize_payment_function_arn"),
        "Payload": {**ASKED, "amount": steps.ORDER["total"]["N"], "currency": "EUR"},
    }
    assert execution.request_of("CapturePayment") == {
        "FunctionName": supplied("capture_payment_function_arn"),
        "Payload": {
            "orderId": steps.ORDER_ID,
            "paymentId": f"pay_{steps.ORDER_ID}",
            "correlationId": steps.CORRELATION_ID,
        },
    }


def test_only_an_authorized_payment_is_recorded_as_captured(payment):
    request, at = timed(payment("Captured").request_of("RecordPayment"))
    entry = {"L": [{"M": {"status": {"S": "CAPTURED"}, "at": {"S": at}}}]}
    assert history("CAPTURED", at) != entry, "a payment's history does not say who"
    assert request == {
        "TableName": supplied("payments_table"),
        "Key": {"paymentId": {"S": f"pay_{steps.ORDER_ID}"}},
        "UpdateExpression": "SET #status = :captured, updatedAt = :now, history = list_append(history, :entry)",
        "ConditionExpression": "#status = :authorized",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {
            ":authorized": {"S": "AUTHORIZED"},
            ":captured": {"S": "CAPTURED"},
            ":now": {"S": at},
            ":entry": entry,
        },
    }


def test_failures_that_pass_are_ridden_out(payment):
    execution = payment("PassingFailures")
    assert (execution.status, execution.states) == ("SUCCEEDED", CAPTURED)
    assert {state: execution.errors_of(state) for state in CAPTURED[:-1]} == {
        "AuthorizePayment": [
            "PaymentTimeoutError",
            "PaymentTimeoutError",
            "PaymentInProgressError",
            "Lambda.TooManyRequestsException",
        ],
        "CapturePayment": ["PaymentProviderUnavailableError", "Lambda.TooManyRequestsException"],
        "RecordPayment": ["DynamoDB.ThrottlingException"],
    }


@pytest.mark.parametrize(
    ("case", "state", "code"),
    [("Declined", "AuthorizePayment", "card_declined"), ("HoldGone", "CapturePayment", "authorization_gone")],
)
def test_a_decline_ends_under_its_own_name_with_the_providers_words(payment, case, state, code):
    execution = payment(case)
    assert (execution.status, execution.error) == ("FAILED", "PaymentDeclinedError")
    assert execution.states[-2:] == [state, "PaymentDeclined"]
    assert execution.errors_of(state) == ["PaymentDeclinedError"]
    assert code in json.loads(str(execution.cause))["errorMessage"]


@pytest.mark.parametrize(
    ("case", "states", "error", "attempts"),
    [
        ("NeverAnswers", CAPTURED[:1], "PaymentTimeoutError", 5),
        ("OrderClosed", CAPTURED[:1], "PaymentClosedError", 1),
        ("CaptureFails", CAPTURED[:2], "PaymentProviderUnavailableError", 5),
        ("RecordFails", CAPTURED[:3], cases.DENIED[0], 1),
    ],
)
def test_what_fails_for_good_is_let_go_of(payment, case, states, error, attempts):
    execution = payment(case)
    assert (execution.status, execution.error) == ("FAILED", "PaymentFailedError")
    assert execution.states == [*states, *UNDONE]
    assert execution.errors_of(states[-1]) == [error] * attempts
    assert execution.requests_of("VoidPayment")[-1] == {
        "FunctionName": supplied("void_payment_function_arn"),
        "Payload": {**ASKED, "reason": error},
    }
    assert "nothing stays held or charged" in str(execution.cause)


def test_letting_go_rides_out_failures_that_pass(payment):
    assert payment("CaptureFails").errors_of("VoidPayment") == [
        "PaymentProviderUnavailableError",
        "Lambda.TooManyRequestsException",
    ]


def test_a_record_that_landed_without_an_answer_is_a_captured_payment(payment):
    execution = payment("RecordLandedBefore")
    assert execution.errors_of("RecordPayment") == ["States.Timeout", cases.REFUSED[0]]
    assert execution.states == [*CAPTURED[:3], "VoidPayment", "IsPaymentCaptured", "PaymentCaptured"]
    assert execution.status == "SUCCEEDED"


@pytest.mark.parametrize("case", ["Unsettled", "UnsettledUncounted"])
def test_money_that_cannot_be_let_go_of_pages_under_its_own_name(payment, case):
    execution = payment(case)
    assert (execution.status, execution.error) == ("FAILED", "PaymentUnsettledError")
    assert execution.states == [*CAPTURED[:2], "VoidPayment", "CountUnsettledPayment", "PaymentUnsettled"]
    assert execution.requests_of("CountUnsettledPayment")[-1] == counted("PaymentsUnsettled")
    left = execution.input_of("PaymentUnsettled")
    assert left["failure"]["Error"] == "TypeError"
    assert left["voidFailure"]["Error"] in ("PaymentProviderUnavailableError", "TypeError")
