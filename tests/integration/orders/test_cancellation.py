"""cancel_order from API Gateway's event to the table and Step Functions."""

import json
from typing import Any

import pytest

from handlers.orders import cancel_order, get_order, list_orders, place_order
from orderflow.orders.cancellation_store import DynamoCancellationStore
from orderflow.orders.cancelling import Cancellation, OrderMovedError
from orderflow.orders.order import StatusReason
from orderflow.orders.status import CANCELLABLE, Actor, OrderStatus
from orderflow.runtime.aws import client
from tests.integration.orders.conftest import ShopOnMoto
from tests.support.frozen import START
from tests.support.gateway import Answer, as_admin, call
from tests.support.log_capture import captured_log
from tests.support.orders import CUSTOMER, STRANGER, order
from tests.support.trail import author

DEFINITION = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}
ADDRESS = {"street": "456 Test Ave", "city": "CmdVille", "zipCode": "98765", "country": "DE"}


@pytest.fixture
def machine(shop: ShopOnMoto, monkeypatch: pytest.MonkeyPatch) -> str:
    arn = client("stepfunctions").create_state_machine(
        name="order-cancellation",
        definition=json.dumps(DEFINITION),
        roleArn="arn:aws:iam::123456789012:role/order-cancellation",
    )["stateMachineArn"]
    monkeypatch.setenv("CANCELLATION_STATE_MACHINE_ARN", arn)
    return str(arn)


@pytest.fixture
def order_id(machine: str) -> str:
    body = {"items": [{"productId": "ITEM001", "quantity": 1}], "shippingAddress": ADDRESS}
    return str(call(place_order.handler, body=body, user=CUSTOMER.user_id).body["orderId"])


def cancel(order_id: str, body: Any = None, user: str = CUSTOMER.user_id, **request: Any) -> Answer:
    return call(cancel_order.handler, path={"orderId": order_id}, body=body, user=user, **request)


def read(order_id: str) -> dict[str, Any]:
    return call(get_order.handler, path={"orderId": order_id}, user=CUSTOMER.user_id).body


def put_into(status: str, order_id: str, table: str) -> None:
    client("dynamodb").update_item(
        TableName=table,
        Key={"orderId": {"S": order_id}},
        UpdateExpression="SET #status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": status}},
    )


def executions(machine: str) -> dict[str, dict[str, Any]]:
    found = client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    return {
        each["name"]: json.loads(client("stepfunctions").describe_execution(executionArn=each["executionArn"])["input"])
        for each in found
    }


def test_an_order_is_cancelled_with_its_reason_and_its_one_cancellation_started(machine: str, order_id: str) -> None:
    answer = cancel(order_id, {"reason": "Ordered by mistake"}, headers={"X-Correlation-Id": "journey-1"})
    assert (answer.status, answer.body) == (202, {"orderId": order_id, "status": "CANCELLED"})
    assert answer.headers["Location"] == f"/orders/{order_id}"
    order = read(order_id)
    assert (order["status"], order["version"], order["allowedActions"]) == ("CANCELLED", 2, [])
    assert order["statusReason"] == {"code": "CANCELLED_BY_CUSTOMER", "message": "Ordered by mistake"}
    at = order["updatedAt"]
    assert order["history"][1:] == [
        {"status": "CANCELLED", "at": at, "by": "customer", "reason": "CANCELLED_BY_CUSTOMER"}
    ]
    assert executions(machine) == {
        f"cancel-{order_id}": {
            "orderId": order_id,
            "correlationId": "journey-1",
            "by": "customer",
            "reason": {"code": "CANCELLED_BY_CUSTOMER", "message": "Ordered by mistake"},
        }
    }


def test_cancelling_again_answers_the_same_and_changes_nothing(machine: str, order_id: str) -> None:
    first = cancel(order_id)
    before = read(order_id)
    again = cancel(order_id, {"reason": "another one"})
    assert (again.status, again.body) == (first.status, first.body)
    assert (read(order_id), len(executions(machine))) == (before, 1)


def test_a_cancellation_that_was_started_before_is_finished_by_a_repeat(machine: str, order_id: str) -> None:
    # Given a request that died between the start and its write
    client("stepfunctions").start_execution(stateMachineArn=machine, name=f"cancel-{order_id}", input="{}")
    # When the client repeats it
    answer = cancel(order_id)
    assert (answer.status, read(order_id)["status"], len(executions(machine))) == (202, "CANCELLED", 1)


def test_when_the_cancellation_cannot_be_started_the_order_is_untouched(
    order_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read(order_id)
    missing = "arn:aws:states:eu-central-1:123456789012:stateMachine:missing"
    monkeypatch.setenv("CANCELLATION_STATE_MACHINE_ARN", missing)
    assert cancel(order_id).status == 500
    assert read(order_id) == before


def test_a_strangers_order_is_404_and_an_administrator_cancels_any(machine: str, order_id: str) -> None:
    assert (cancel(order_id, user=STRANGER.user_id).status, executions(machine)) == (404, {})
    assert as_admin(cancel_order.handler, path={"orderId": order_id}).status == 202
    assert read(order_id)["statusReason"]["code"] == "CANCELLED_BY_ADMIN"


def test_a_shipped_order_is_a_409_that_names_what_is_legal(machine: str, shop: ShopOnMoto, order_id: str) -> None:
    put_into("SHIPPED", order_id, shop.tables["orders"])
    answer = cancel(order_id)
    assert (answer.status, answer.code, answer.fields) == (409, "ILLEGAL_ACTION", ["status", "allowedActions"])
    assert (read(order_id)["status"], executions(machine)) == ("SHIPPED", {})


@pytest.mark.parametrize("body", [{"reason": ""}, {"reason": "\x01"}, {"reason": "x" * 201}, {"unknown": 1}, []])
def test_a_bad_body_is_a_400_and_cancels_nothing(machine: str, order_id: str, body: Any) -> None:
    answer = cancel(order_id, body)
    assert answer.status == 400, answer.body
    assert (read(order_id)["status"], executions(machine)) == ("PENDING", {})


def test_a_list_of_orders_offers_cancel_where_it_is_legal(shop: ShopOnMoto, order_id: str) -> None:
    def offered() -> list[str]:
        return call(list_orders.handler, user=CUSTOMER.user_id).body["items"][0]["allowedActions"]

    assert offered() == ["cancel", "changeAddress"]
    put_into("SHIPPED", order_id, shop.tables["orders"])
    assert offered() == []


def test_the_customers_own_words_stay_out_of_the_log(order_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log = captured_log(monkeypatch)
    cancel(order_id, {"reason": "my secret reason"})
    assert "ORDER_CANCELLED" in log.getvalue()
    assert "my secret reason" not in log.getvalue()


@pytest.mark.parametrize("status", OrderStatus)
def test_the_store_cancels_exactly_what_the_status_machine_lets_go(
    shop: ShopOnMoto, order_id: str, status: OrderStatus
) -> None:
    put_into(status.value, order_id, shop.tables["orders"])
    store = DynamoCancellationStore(client("dynamodb"), shop.tables["orders"], author=author(shop.tables))
    cancellation = Cancellation(order_id, Actor.ADMIN, StatusReason("CANCELLED_BY_ADMIN", "Recalled"), "c-1")
    if status in CANCELLABLE:
        store.cancel(order(order_id, status=status), cancellation, START)
        assert read(order_id)["status"] == "CANCELLED"
    else:
        with pytest.raises(OrderMovedError):
            store.cancel(order(order_id, status=status), cancellation, START)
        assert read(order_id)["status"] == status.value


def test_an_order_that_was_deleted_is_not_made_again(shop: ShopOnMoto) -> None:
    store = DynamoCancellationStore(client("dynamodb"), shop.tables["orders"], author=author(shop.tables))
    gone = Cancellation("01JFR0ZEN00000000000000009", Actor.ADMIN, StatusReason("X", "Y"), "c-1")
    with pytest.raises(OrderMovedError):
        store.cancel(order(gone.order_id), gone, START)
    assert shop.orders() == []
