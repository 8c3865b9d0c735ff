"""Compensations that an operator runs: what the function is told, and what its failure reads like."""

import io
import json
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from tools.ops.steps import LambdaSteps
from tools.terminal import ToolError

OPERATION = "01JFR0ZEN00000000000000009"
NAMES = {"refund_payment": "shop-refund-payment"}
PAYLOAD = {"orderId": "order-1", "reason": f"OPERATION {OPERATION}", "correlationId": OPERATION}


def answered(payload: dict[str, Any], **more: Any) -> str:
    """Run the step on a function that answers so; the Stubber refuses any other question than the one expected."""
    client = boto3.client("lambda", region_name="eu-central-1")
    body = json.dumps(payload).encode()
    given = {"FunctionName": "shop-refund-payment", "Payload": json.dumps(PAYLOAD).encode()}
    with Stubber(client) as stubber:
        stubber.add_response("invoke", {"Payload": StreamingBody(io.BytesIO(body), len(body)), **more}, given)
        return LambdaSteps(client, NAMES).run("refund_payment", "order-1", OPERATION)


def test_the_function_is_told_which_operation_it_is_and_its_outcome_is_returned() -> None:
    assert answered({"paymentId": "pay_order-1", "status": "REFUNDED"}) == "REFUNDED"


def test_a_function_that_fails_is_named_with_its_error_and_that_it_may_be_repeated() -> None:
    error = {"errorType": "PaymentProviderUnavailableError", "errorMessage": "The provider asked to slow down"}
    with pytest.raises(ToolError, match=r"shop-refund-payment failed with PaymentProviderUnavailableError.*is safe"):
        answered(error, FunctionError="Unhandled")


def followed(answer: dict[str, Any]) -> None:
    """Let a session follow its order by a function that answers so."""
    client = boto3.client("lambda", region_name="eu-central-1")
    body = json.dumps(answer).encode()
    notice = {"schema": "order-event/1", "orderId": "order-1", "userId": "client-1"}
    sent = {"Records": [{"messageId": OPERATION, "body": json.dumps(notice)}]}
    given = {"FunctionName": "shop-follow-orders", "Payload": json.dumps(sent).encode()}
    with Stubber(client) as stubber:
        stubber.add_response("invoke", {"Payload": StreamingBody(io.BytesIO(body), len(body))}, given)
        LambdaSteps(client, {"follow_orders": "shop-follow-orders"}).follow("order-1", "client-1", OPERATION)
        stubber.assert_no_pending_responses()


def test_the_function_that_follows_orders_is_told_what_the_lost_notice_said() -> None:
    followed({"batchItemFailures": []})


def test_a_session_that_could_not_follow_is_said_with_where_its_reason_is() -> None:
    with pytest.raises(ToolError, match=rf"session of order order-1.*QUEUE002 with message_id {OPERATION}"):
        followed({"batchItemFailures": [{"itemIdentifier": OPERATION}]})
