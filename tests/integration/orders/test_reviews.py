"""Reviews from the workflow's step and API Gateway's event to the table, the topic and Step Functions."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from handlers.orders import cancel_order, get_order, list_orders, request_review, review_order, sweep_orders
from orderflow.orders.errors import (
    OrderChangedElsewhereError,
    ReviewNoticeUnavailableError,
    ReviewRejectedError,
    WorkflowUnavailableError,
)
from orderflow.orders.order_records import to_record
from orderflow.orders.order_store import DynamoOrderStore
from orderflow.orders.review_notices import SnsReviewNotices
from orderflow.orders.review_store import DynamoReviewStore
from orderflow.orders.status import OrderStatus
from orderflow.orders.task_tokens import StepFunctionsWaits
from orderflow.runtime.aws import client
from orderflow.runtime.dynamo import to_item
from tests.integration.orders.conftest import ShopOnMoto
from tests.rules.workflows.machine import WORKFLOWS, Machine
from tests.support import order_events
from tests.support.frozen import START
from tests.support.gateway import CONTEXT, Answer, call
from tests.support.log_capture import captured_log
from tests.support.order_events import Publication
from tests.support.orders import CUSTOMER, STRANGER, new_order
from tests.support.review_store_contract import ReviewStoreContract
from tests.support.reviews import ORDER_ID, review_request
from tests.support.trail import author

TOKEN = "AQCoAAAAKgAAAAMAAAAAAAAAAe8-a-token-that-nobody-may-see"
ADMIN = {"user": "admin-1", "groups": "[admin staff]"}
DEFINITION = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}
REJECTION = {"decision": "reject", "reason": "We do not deliver this much to private homes"}
APPROVAL = {"decision": "approve", "reason": "Called the customer back"}


def put_order(table: str, **facts: Any) -> None:
    record = to_record(new_order(ORDER_ID, status=OrderStatus.PROCESSING))
    client("dynamodb").put_item(TableName=table, Item=to_item({**record, **facts}))


class BothStores(DynamoReviewStore, DynamoOrderStore):
    """The reviews and the order store on the same table."""


class TestDynamoReviews(ReviewStoreContract):
    @pytest.fixture
    def store(self, dynamodb: Any, tables: dict[str, str]) -> BothStores:
        put_order(tables["orders"], executionArn=review_request().execution)
        return BothStores(dynamodb, tables["orders"], author=author(tables))


@pytest.fixture
def told(moto: None) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Give what Step Functions is told, call by call."""
    calls: list[tuple[str, dict[str, Any]]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name.startswith("SendTask"):
            calls.append((model.name, dict(params)))

    events = client("stepfunctions").meta.events
    events.register("provide-client-params.stepfunctions", note)
    yield calls
    events.unregister("provide-client-params.stepfunctions", note)


@pytest.fixture
def execution(shop: ShopOnMoto, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the running execution of an order that is PROCESSING, all machines and topics being there."""
    role = "arn:aws:iam::123456789012:role/test"
    machines = {
        name: client("stepfunctions").create_state_machine(name=name, definition=json.dumps(DEFINITION), roleArn=role)[
            "stateMachineArn"
        ]
        for name in ("order-processing", "order-cancellation")
    }
    monkeypatch.setenv("ORDER_STATE_MACHINE_ARN", machines["order-processing"])
    monkeypatch.setenv("CANCELLATION_STATE_MACHINE_ARN", machines["order-cancellation"])
    topic = client("sns").create_topic(Name="order-review")["TopicArn"]
    queue = client("sqs").create_queue(QueueName="reviewers")["QueueUrl"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:eu-central-1:123456789012:reviewers")
    monkeypatch.setenv("ORDER_REVIEW_TOPIC_ARN", topic)
    monkeypatch.setenv("REVIEWERS_QUEUE", queue)
    arn = client("stepfunctions").start_execution(
        stateMachineArn=machines["order-processing"], name=ORDER_ID, input="{}"
    )["executionArn"]
    put_order(shop.tables["orders"], executionArn=arn)
    return str(arn)


def payload(execution: str, **facts: Any) -> dict[str, Any]:
    return {
        "orderId": ORDER_ID,
        "userId": CUSTOMER.user_id,
        "total": 100_000,
        "currency": "EUR",
        "correlationId": "correlation-1",
        "execution": execution,
        "deadlineSeconds": 86_400,
        "taskToken": TOKEN,
    } | facts


def review(body: Any, user: dict[str, Any] | None = None, **headers: str) -> Answer:
    return call(review_order.handler, path={"orderId": ORDER_ID}, body=body, headers=headers, **(user or ADMIN))


def read() -> dict[str, Any]:
    return call(get_order.handler, path={"orderId": ORDER_ID}, **ADMIN).body


def item(shop: ShopOnMoto) -> dict[str, Any]:
    (found,) = shop.orders()
    return found


def test_the_step_takes_exactly_what_the_workflow_sends() -> None:
    machine = Machine.read(WORKFLOWS / "order_processing.asl.json")
    sent = machine.tasks["WaitForReview"]["Parameters"]["Payload"]
    assert {name.removesuffix(".$") for name in sent} == set(payload("an execution"))


def test_an_order_is_held_and_the_shops_people_are_told_once_without_the_token(
    execution: str, shop: ShopOnMoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = captured_log(monkeypatch)
    answer = request_review.handler(payload(execution), CONTEXT)
    again = request_review.handler(payload(execution, taskToken="a newer one"), CONTEXT)
    assert answer == again == {"orderId": ORDER_ID, "status": "REVIEW", "reviewDeadline": answer["reviewDeadline"]}
    order = read()
    assert (order["status"], order["version"]) == ("REVIEW", 2)
    assert order["allowedActions"] == ["approve", "reject", "cancel", "changeAddress"]
    assert item(shop)["reviewToken"] == {"S": "a newer one"}
    notices = client("sqs").receive_message(
        QueueUrl=client("sqs").get_queue_url(QueueName="reviewers")["QueueUrl"], MaxNumberOfMessages=10
    )["Messages"]
    bodies = [json.loads(json.loads(notice["Body"])["Message"]) for notice in notices]
    assert {body["eventId"] for body in bodies} == {f"{ORDER_ID}#REVIEW"}
    assert bodies[0] == {
        "schema": "order-event/1",
        "eventId": f"{ORDER_ID}#REVIEW",
        "type": "order.review_requested",
        "orderId": ORDER_ID,
        "userId": CUSTOMER.user_id,
        "status": "REVIEW",
        "total": 100_000,
        "currency": "EUR",
        "reviewDeadline": answer["reviewDeadline"],
        "correlationId": "correlation-1",
        "at": bodies[0]["at"],
    }
    attributes = {name: each["Value"] for name, each in json.loads(notices[0]["Body"])["MessageAttributes"].items()}
    assert list(order_events.problems(Publication("order-review", bodies[0], attributes))) == []
    assert TOKEN not in json.dumps([order, bodies, answer]) + written.getvalue()


def test_an_order_that_was_cancelled_meanwhile_is_not_held(execution: str, shop: ShopOnMoto) -> None:
    put_order(shop.tables["orders"], executionArn=execution, status="CANCELLED")
    with pytest.raises(OrderChangedElsewhereError):
        request_review.handler(payload(execution), CONTEXT)
    assert "reviewToken" not in item(shop)


def test_an_approval_is_recorded_with_who_and_why_and_the_workflow_goes_on(
    execution: str, shop: ShopOnMoto, told: list[Any]
) -> None:
    request_review.handler(payload(execution), CONTEXT)
    answer = review(APPROVAL)
    assert (answer.status, answer.body) == (
        202,
        {"orderId": ORDER_ID, "status": "PROCESSING", "decision": "approve"},
    )
    assert answer.headers["Location"] == f"/orders/{ORDER_ID}"
    assert told == [("SendTaskSuccess", {"taskToken": TOKEN, "output": '{"verdict": "APPROVED"}'})]
    stored = item(shop)
    assert "reviewToken" not in stored
    made = stored["review"]["M"]
    assert (made["verdict"], made["by"], made["reason"]) == (
        {"S": "APPROVED"}, {"S": ADMIN["user"]}, {"S": APPROVAL["reason"]},
    )  # fmt: skip
    order = read()
    assert order["history"][-1] == {
        "status": "PROCESSING", "at": made["at"]["S"], "by": "admin", "reason": "REVIEW_APPROVED",
    }  # fmt: skip


def test_a_rejection_makes_the_workflow_give_up_under_the_error_it_catches(execution: str, told: list[Any]) -> None:
    request_review.handler(payload(execution), CONTEXT)
    assert review(REJECTION).status == 202
    ((call_made, sent),) = told
    assert (call_made, sent["error"], sent["taskToken"]) == ("SendTaskFailure", "ReviewRejectedError", TOKEN)
    assert json.loads(sent["cause"])["errorType"] == "ReviewRejectedError"


def test_the_same_key_and_body_get_the_first_answer_another_body_422_and_no_key_409(
    execution: str, told: list[Any]
) -> None:
    request_review.handler(payload(execution), CONTEXT)
    key = {"Idempotency-Key": "review-1"}
    first, again = review(APPROVAL, **key), review(APPROVAL, **key)
    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert (review(REJECTION, **key).status, review(REJECTION, **key).code) == (422, "IDEMPOTENCY_KEY_REUSED")
    refused = review(APPROVAL)
    assert (refused.status, refused.code) == (409, "ILLEGAL_ACTION")
    assert refused.body["details"][1] == {
        "field": "allowedActions",
        "issue": "legal next actions: cancel, changeAddress",
    }
    assert len(told) == 1


@pytest.mark.parametrize("user", [CUSTOMER.user_id, STRANGER.user_id])
def test_customers_get_403_and_their_lists_show_what_waits(execution: str, told: list[Any], user: str) -> None:
    request_review.handler(payload(execution), CONTEXT)
    assert review(APPROVAL, {"user": user}).status == 403
    assert told == []
    listed = call(list_orders.handler, query={"status": "REVIEW"}, user=CUSTOMER.user_id).body["items"]
    assert [(order["orderId"], order["allowedActions"]) for order in listed] == [
        (ORDER_ID, ["cancel", "changeAddress"])
    ]


def test_an_unknown_order_is_404(shop: ShopOnMoto) -> None:
    assert review(APPROVAL).status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"decision": "approve"}, "reason"),
        ({"reason": "ok"}, "decision"),
        ({"decision": "maybe", "reason": "ok"}, "decision"),
        ({"decision": "approve", "reason": ""}, "reason"),
        ({"decision": "approve", "reason": "ok", "token": "x"}, "token"),
    ],
)
def test_a_malformed_decision_is_400_and_names_the_field(shop: ShopOnMoto, body: Any, field: str) -> None:
    answer = review(body)
    assert (answer.status, answer.fields) == (400, [field])


def test_cancelling_an_order_in_review_ends_the_wait(execution: str, shop: ShopOnMoto, told: list[Any]) -> None:
    request_review.handler(payload(execution), CONTEXT)
    assert call(cancel_order.handler, path={"orderId": ORDER_ID}, user=CUSTOMER.user_id).status == 202
    assert [(name, sent.get("error")) for name, sent in told] == [("SendTaskFailure", "OrderChangedElsewhereError")]
    assert "reviewToken" not in item(shop)
    assert review(APPROVAL).code == "ILLEGAL_ACTION"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, [("SendTaskHeartbeat", None)]),
        ({"reviewDeadline": "2026-01-02T03:04:05.678Z"}, [("SendTaskFailure", "ReviewExpiredError")]),
        ({"status": "PROCESSING", "review": {"verdict": "APPROVED"}}, [("SendTaskSuccess", None)]),
        ({"status": "PROCESSING", "review": {"verdict": "REJECTED"}}, [("SendTaskFailure", "ReviewRejectedError")]),
    ],
)
def test_the_sweeper_keeps_a_wait_up_or_tells_what_was_not_told(
    execution: str, shop: ShopOnMoto, told: list[Any], facts: dict[str, Any], expected: list[Any]
) -> None:
    held = {"status": "REVIEW", "reviewToken": TOKEN, "reviewDeadline": "2999-01-01T00:00:00.000Z"}
    put_order(shop.tables["orders"], executionArn=execution, **held | facts)
    assert sweep_orders.handler({}, CONTEXT_OF_A_RUN) == {"RUNNING": 1}
    assert [(name, sent.get("error")) for name, sent in told] == expected
    assert ("reviewToken" in item(shop)) is (expected == [("SendTaskHeartbeat", None)])


class CONTEXT_OF_A_RUN:  # noqa: N801 - a constant, as Lambda's context object
    """Lambda's context of a run that has time."""

    aws_request_id = "request-1"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 240_000


class FailingClient:
    """A client each of whose calls fails the same way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        def fail(**_: Any) -> None:
            raise self._error

        return fail


def refusal(code: str, status: int = 400) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Operation")


def tell_all(waits: StepFunctionsWaits) -> Iterator[Any]:
    yield lambda: waits.keep(TOKEN)
    yield lambda: waits.go_on(TOKEN)
    yield lambda: waits.give_up(TOKEN, ReviewRejectedError(ORDER_ID))


@pytest.mark.parametrize("code", ["InvalidToken", "TaskDoesNotExist", "TaskTimedOut"])
def test_who_waits_no_more_is_told_nothing_and_that_is_no_failure(code: str) -> None:
    for tell in tell_all(StepFunctionsWaits(FailingClient(refusal(code)))):
        tell()


@pytest.mark.parametrize(
    "error",
    [refusal("ThrottlingException"), refusal("InternalFailure", 500), ConnectTimeoutError(endpoint_url="http://x")],
)
def test_what_may_pass_is_told_apart_from_a_defect(error: Exception) -> None:
    for tell in tell_all(StepFunctionsWaits(FailingClient(error))):
        with pytest.raises(WorkflowUnavailableError):
            tell()
    with pytest.raises(ReviewNoticeUnavailableError):
        SnsReviewNotices(FailingClient(error), "topic").ask(review_request(), START, "2026-01-03T03:04:05.678Z")


def test_a_denied_permission_is_a_defect() -> None:
    denied = refusal("AccessDeniedException")
    for tell in tell_all(StepFunctionsWaits(FailingClient(denied))):
        with pytest.raises(ClientError):
            tell()
    with pytest.raises(ClientError):
        SnsReviewNotices(FailingClient(denied), "topic").ask(review_request(), START, "2026-01-03T03:04:05.678Z")
