"""POST /pay and GET /payments/{paymentId}, from API Gateway's event to DynamoDB and back; the machine is played."""

import json
from typing import Any

import pytest
from jsonschema import Draft4Validator

from handlers.payments import authorize_payment, capture_payment, get_payment, pay_order
from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.payments import payment_workflow
from orderflow.runtime.aws import client
from tests.support.contract_document import schemas
from tests.support.gateway import CONTEXT, Answer, call
from tests.support.orders import NewOrder, order
from tests.support.payments import ORDER_ID
from tests.support.trail import author

OWNER = order(ORDER_ID).user_id
PAYMENT_ID = f"pay_{ORDER_ID}"
MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-payment:live"


@pytest.fixture
def started(dynamodb: Any, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Store an open order over 39.98 EUR; run the machine's steps when it is started, and keep with what it was."""
    monkeypatch.setenv("PAYMENT_PROVIDER", "sandbox")
    monkeypatch.setenv("PAYMENT_STATE_MACHINE_ARN", MACHINE)
    monkeypatch.setattr(pay_order, "_PATIENCE_SECONDS", 0.3)
    DynamoIntakeStore(dynamodb, orders=tables["orders"], idempotency=tables["idempotency"], author=author(tables)).add(
        NewOrder(order(ORDER_ID), "c", "sandbox_approve")
    )
    starts: list[dict[str, Any]] = []

    class Machine:
        def start_execution(self, **request: Any) -> None:
            starts.append(request)
            given = json.loads(request["input"])
            try:
                held = authorize_payment.handler(given, CONTEXT)
            except Exception:  # noqa: BLE001 - the machine's failure is its own
                return
            capture_payment.handler({**given, "paymentId": held["paymentId"]}, CONTEXT)
            dynamodb.update_item(
                TableName=tables["payments"],
                Key={"paymentId": {"S": held["paymentId"]}},
                UpdateExpression="SET #status = :captured",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":captured": {"S": "CAPTURED"}},
            )

    monkeypatch.setattr(pay_order, "client", lambda name, **_: Machine() if name == "stepfunctions" else client(name))
    return starts


def pay(token: str | None = None, key: str | None = "key-1", user: str = OWNER) -> Answer:
    body = {"orderId": ORDER_ID} | ({"paymentMethod": {"token": token}} if token else {})
    return call(pay_order.handler, body=body, user=user, headers={"Idempotency-Key": key} if key else None)


def get(payment_id: str = PAYMENT_ID, user: str = OWNER, groups: str = "") -> Answer:
    return call(get_payment.handler, path={"paymentId": payment_id}, user=user, groups=groups)


def test_an_order_is_paid_with_the_requests_token_which_the_execution_never_sees(
    started: list[dict[str, Any]], tables: dict[str, str]
) -> None:
    answer = pay("sandbox_error_500_99")
    assert (answer.status, answer.body["status"]) == (202, "AUTHORIZING")
    assert "sandbox_error" not in repr(started)
    [start] = started
    assert start["stateMachineArn"] == MACHINE
    request_id = json.loads(start["input"])["requestedBy"]
    assert start["name"] == f"{ORDER_ID}-{request_id[:32]}-1"
    assert json.loads(start["input"]) == {
        "orderId": ORDER_ID,
        "requestedBy": request_id,
        "amount": "3998",
        "currency": "EUR",
        "correlationId": "request-1",
    }
    row = client("dynamodb").get_item(TableName=tables["payment-requests"], Key={"requestId": {"S": request_id}})[
        "Item"
    ]
    [asked] = row["points"]["L"]
    assert asked["M"]["facts"]["M"] == {"orderId": {"S": ORDER_ID}, "token": {"S": "sandbox_error_500_99"}}


def test_the_answer_is_the_contracts_and_the_payment_can_be_read_by_who_may(started: list[dict[str, Any]]) -> None:
    paid = pay()
    assert paid.status == 200
    assert paid.headers["Location"] == f"/payments/{PAYMENT_ID}"
    assert paid.body == {
        "paymentId": PAYMENT_ID,
        "orderId": ORDER_ID,
        "status": "CAPTURED",
        "amount": 3998,
        "currency": "EUR",
    }
    again = pay()
    assert (again.status, again.body, again.headers["Location"]) == (200, paid.body, paid.headers["Location"])
    assert ("Idempotent-Replayed" in paid.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    shown = get()
    assert shown.status == 200
    assert set(schemas()["Payment"]["required"]) <= set(shown.body) <= set(schemas()["Payment"]["properties"])
    assert get(user="an-admin", groups="admin").body == shown.body
    assert (get(user="a-stranger").status, get(user="a-stranger").code) == (404, "PAYMENT_NOT_FOUND")
    assert Draft4Validator(schemas()["PaymentId"]).is_valid(PAYMENT_ID)


@pytest.mark.parametrize("payment_id", ["pay_x", f"{PAYMENT_ID}_1x", f"pay_{'Z' * 26}", "../orders", f"{PAYMENT_ID}_2"])
def test_a_payment_that_is_none_is_not_found(started: list[dict[str, Any]], payment_id: str) -> None:
    assert get(payment_id, user="an-admin", groups="admin").status == 404


def test_refusals_have_their_status_and_code(started: list[dict[str, Any]]) -> None:
    missing = pay(key=None)
    assert (missing.status, missing.code, missing.fields) == (400, "IDEMPOTENCY_KEY_MISSING", ["Idempotency-Key"])
    declined = pay("sandbox_decline_expired_card")
    assert (declined.status, declined.code) == (402, "PAYMENT_DECLINED")
    assert get().body["declineCode"] == "expired_card"
    reused = pay("sandbox_approve")
    assert (reused.status, reused.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    stranger = pay(user="a-stranger")
    assert (stranger.status, stranger.code) == (404, "ORDER_NOT_FOUND")
    assert pay("sandbox_approve", key="key-2").status == 200
    again = pay(key="key-3")
    assert (again.status, again.code) == (409, "ORDER_ALREADY_PAID")


@pytest.mark.parametrize(("code", "status"), [("ExecutionAlreadyExists", 503), ("ThrottlingException", 503)])
def test_an_execution_that_is_there_already_is_waited_for_and_a_throttled_start_may_be_repeated(
    started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, code: str, status: int
) -> None:
    class Refusing:
        def start_execution(self, **_: Any) -> None:
            raise payment_workflow.exceptions.ClientError(
                {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "StartExecution"
            )

    monkeypatch.setattr(pay_order, "client", lambda name, **_: Refusing() if name == "stepfunctions" else client(name))
    answer = pay()
    told = {"ExecutionAlreadyExists": "PAYMENT_NOT_STARTED", "ThrottlingException": "PAYMENT_WORKFLOW_UNAVAILABLE"}
    assert (answer.status, answer.code) == (status, told[code])
