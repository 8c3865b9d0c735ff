"""Shipments, deliveries, returns and refunds from API Gateway's event to the tables and the topic."""

import json
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest

from handlers.orders import deliver_order, finish_movements, get_order, refund_order, return_order, ship_order
from orderflow.catalog.stock import StockLine
from orderflow.orders import fulfilment
from orderflow.orders.errors import SweepIncompleteError
from orderflow.orders.movement import Movement, MovementKind
from orderflow.orders.movement_store import DynamoMovementStore
from orderflow.orders.order import Order
from orderflow.orders.settling import OrderChangedError
from orderflow.orders.status import OrderStatus
from orderflow.payments.errors import PaymentTimeoutError, RefundRefusedError
from orderflow.payments.partial_refund_store import DynamoAccountStore
from orderflow.payments.sandbox_provider import SandboxProvider
from orderflow.runtime.aws import client
from orderflow.runtime.dynamo import from_item, to_item
from orderflow.runtime.idempotency.once import Once
from tests.support import account_contract as contract
from tests.support import order_events
from tests.support.frozen import START
from tests.support.gateway import Answer, as_admin, call
from tests.support.log_capture import captured_log
from tests.support.order_events import Publication
from tests.support.orders import CUSTOMER
from tests.support.trail import author

ORDER_ID = "01JFR0ZEN00000000000000001"
AT = "2026-01-02T03:04:05.678Z"


@dataclass
class Shop:
    """A confirmed order of 3 MUG and 2 PEN over 35.00 EUR, paid and reserved."""

    tables: dict[str, str]
    inbox_url: str

    def row(self, table: str, **key: str) -> dict[str, Any]:
        return from_item(
            client("dynamodb").get_item(TableName=self.tables[table], Key=to_item(key), ConsistentRead=True)["Item"]
        )

    def put(self, table: str, **record: Any) -> None:
        client("dynamodb").put_item(TableName=self.tables[table], Item=to_item(record))

    def stock(self, product_id: str) -> tuple[int, int, int]:
        row = self.row("stock", productId=product_id)
        return row["available"], row["reserved"], row["sold"]

    def order(self) -> dict[str, Any]:
        return self.row("orders", orderId=ORDER_ID)

    def notices(self) -> list[tuple[dict[str, Any], dict[str, str]]]:
        taken = []
        while batch := client("sqs").receive_message(QueueUrl=self.inbox_url, MaxNumberOfMessages=10).get("Messages"):
            for message in batch:
                body = json.loads(message["Body"])
                attributes = {name: each["Value"] for name, each in body["MessageAttributes"].items()}
                taken.append((json.loads(body["Message"]), attributes))
                client("sqs").delete_message(QueueUrl=self.inbox_url, ReceiptHandle=message["ReceiptHandle"])
        return taken


@pytest.fixture
def shop(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    sns, sqs = client("sns"), client("sqs")
    topic = sns.create_topic(Name="order-completed")["TopicArn"]
    inbox = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=inbox, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    monkeypatch.setenv("ORDER_COMPLETED_TOPIC_ARN", topic)
    monkeypatch.setenv("PAYMENT_PROVIDER", "sandbox")
    kept = Shop(tables, inbox)
    items = [("MUG", 3, 1000), ("PEN", 2, 250)]
    kept.put(
        "orders",
        orderId=ORDER_ID,
        userId=CUSTOMER.user_id,
        status="CONFIRMED",
        version=3,
        currency="EUR",
        items=[
            {"productId": p, "productName": p, "quantity": q, "unitPrice": price, "lineTotal": q * price}
            for p, q, price in items
        ],
        subtotal=3500,
        shipping=0,
        tax=0,
        total=3500,
        refunded=0,
        shippingAddress={"street": "1", "city": "C", "zipCode": "1", "country": "DE"},
        paymentToken="sandbox_approve",
        history=[{"status": "CONFIRMED", "at": AT, "by": "workflow"}],
        createdAt=AT,
        updatedAt=AT,
        correlationId="correlation-1",
    )
    lines = [{"productId": p, "quantity": q} for p, q, _ in items]
    kept.put("reservations", orderId=ORDER_ID, lines=lines, status="RESERVED", createdAt=AT, updatedAt=AT)
    for product_id, quantity, _ in items:
        kept.put("stock", productId=product_id, available=10 - quantity, reserved=quantity, sold=0, updatedAt=AT)
    kept.put(
        "payments",
        paymentId=f"pay_{ORDER_ID}",
        orderId=ORDER_ID,
        status="CAPTURED",
        attempts=1,
        amount=3500,
        currency="EUR",
        providerReference="sandbox_charge",
        history=[{"status": "CAPTURED", "at": AT}],
        createdAt=AT,
        updatedAt=AT,
    )
    return kept


def post(handler: Any, body: Any, **request: Any) -> Answer:
    headers = {"X-Correlation-Id": "journey-1", **request.pop("headers", {})}
    return as_admin(handler, path={"orderId": ORDER_ID}, body=body, headers=headers, **request)


def test_an_order_is_shipped_delivered_taken_back_and_refunded(shop: Shop) -> None:
    # When
    first = post(ship_order.handler, {"lines": [{"productId": "MUG", "quantity": 1}], "carrier": "DHL"})
    second = post(ship_order.handler, {})
    deliveries = [post(deliver_order.handler, {"shipmentId": each.body["shipmentId"]}) for each in (first, second)]
    back = post(
        return_order.handler,
        {"lines": [{"productId": "MUG", "quantity": 2}], "restock": True, "reason": "Too small"},
    )
    refund = post(refund_order.handler, {"lines": [{"productId": "MUG", "quantity": 2}], "reason": "Came back"})
    # Then
    answers = [first, second, *deliveries, back, refund]
    assert [each.status for each in answers] == [200] * 6
    assert [each.body["status"] for each in answers] == ["SHIPPED"] * 3 + ["DELIVERED"] * 3
    assert refund.body["refunded"] == 2000
    assert refund.body["allowedActions"] == ["return", "refund"]
    shown = call(get_order.handler, path={"orderId": ORDER_ID}, user=CUSTOMER.user_id).body
    told = {"shipmentId", "returnId", "refundId", "allowedActions"}
    assert {k: v for k, v in refund.body.items() if k not in told} == {k: v for k, v in shown.items() if k not in told}
    assert shown["allowedActions"] == []
    assert [each["status"] for each in shown["shipments"]] == ["DELIVERED", "DELIVERED"]
    assert shown["refunds"] == [
        {
            "refundId": refund.body["refundId"],
            "amount": 2000,
            "lines": [{"productId": "MUG", "quantity": 2}],
            "reason": "Came back",
            "status": "DONE",
            "refundedAt": shown["refunds"][0]["refundedAt"],
        }
    ]
    # And stock, money and reservation say the same
    assert (shop.stock("MUG"), shop.stock("PEN")) == ((9, 0, 1), (8, 0, 2))
    payment = shop.row("payments", paymentId=f"pay_{ORDER_ID}")
    assert (payment["status"], payment["refunded"]) == ("CAPTURED", 2000)
    assert [(each["refundId"], each["amount"], each["state"], each["detail"]) for each in payment["refunds"]] == [
        (refund.body["refundId"], 2000, "DONE", f"sandbox_{refund.body['refundId']}")
    ]
    assert [each["status"] for each in payment["history"]] == ["CAPTURED"] * 3
    moves = shop.row("reservations", orderId=ORDER_ID)["moves"]
    assert [each["kind"] for each in moves] == ["SHIPPED", "SHIPPED", "RETURNED"]
    # And nobody has to look at the order again
    assert not {"openGroup", "checkAfter"} & shop.order().keys()
    # And the world knows
    notices = shop.notices()
    assert [message["type"] for message, _ in notices] == [
        "order.shipped",
        "order.shipped",
        "order.delivered",
        "order.delivered",
        "order.returned",
        "order.refunded",
    ]
    for message, attributes in notices:
        assert attributes == {name: message[name] for name in ("type", "status", "correlationId")}
        assert (message["correlationId"], message["userId"]) == ("journey-1", CUSTOMER.user_id)
    assert "Too small" not in str(notices)
    for message, attributes in notices:
        assert list(order_events.problems(Publication("order-completed", message, attributes))) == []


@pytest.mark.parametrize("handler", [ship_order, deliver_order, return_order, refund_order])
def test_only_administrators_move_orders(shop: Shop, handler: Any) -> None:
    before = shop.order()
    answer = call(handler.handler, path={"orderId": ORDER_ID}, body={}, user=CUSTOMER.user_id)
    assert (answer.status, answer.code) == (403, "FORBIDDEN")
    assert shop.order() == before


def test_an_illegal_move_is_a_409_that_names_the_legal_ones(shop: Shop) -> None:
    answer = post(refund_order.handler, {"amount": 1, "reason": "x"})
    assert (answer.status, answer.code) == (409, "ILLEGAL_ACTION")
    assert answer.body["details"] == [
        {"field": "status", "issue": "is CONFIRMED"},
        {"field": "allowedActions", "issue": "legal next actions: ship, cancel, changeAddress"},
    ]


@pytest.mark.parametrize(
    ("handler", "body", "status", "fields"),
    [
        (ship_order, {"lines": []}, 400, ["lines"]),
        (ship_order, {"lines": [{"productId": "MUG", "quantity": 0}]}, 400, ["lines[0].quantity"]),
        (ship_order, {"lines": [{"productId": "MUG", "quantity": 4}]}, 422, ["lines"]),
        (deliver_order, {"shipmentId": "shp_01JFR0ZEN00000000000000009"}, 409, ["status", "allowedActions"]),
        (return_order, {"lines": [{"productId": "MUG", "quantity": 1}], "reason": "x"}, 400, ["restock"]),
    ],
)
def test_a_bad_request_moves_nothing_and_names_the_field(
    shop: Shop, handler: Any, body: dict[str, Any], status: int, fields: list[str]
) -> None:
    before = shop.order()
    answer = post(handler.handler, body)
    assert (answer.status, answer.fields) == (status, fields)
    assert shop.order() == before


@pytest.mark.parametrize("body", [{"reason": "x"}, {"amount": 1, "lines": [{"productId": "MUG", "quantity": 1}]}])
def test_a_refund_needs_exactly_one_of_amount_and_lines(shop: Shop, body: dict[str, Any]) -> None:
    post(ship_order.handler, {})
    assert post(refund_order.handler, {"reason": "x"} | body).status == 400
    assert shop.order()["refunded"] == 0


def test_one_key_refunds_once_and_says_so(shop: Shop) -> None:
    post(ship_order.handler, {})
    key = {"headers": {"Idempotency-Key": "refund-1"}}
    first, again = (post(refund_order.handler, {"amount": 500, "reason": "x"}, **key) for _ in range(2))
    assert (again.status, again.body) == (200, first.body)
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    other = post(refund_order.handler, {"amount": 501, "reason": "x"}, **key)
    assert (other.status, other.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert shop.order()["refunded"] == 500


def make_due(shop: Shop) -> None:
    client("dynamodb").update_item(
        TableName=shop.tables["orders"],
        Key=to_item({"orderId": ORDER_ID}),
        UpdateExpression="SET checkAfter = :due",
        ExpressionAttributeValues=to_item({":due": AT}),
    )


def run(remaining_ms: int = 200_000) -> dict[str, Any]:
    context = SimpleNamespace(aws_request_id="run-1", get_remaining_time_in_millis=lambda: remaining_ms)
    result: dict[str, Any] = finish_movements.handler({}, context)
    return result


def test_what_the_provider_did_not_answer_is_finished_by_a_later_run(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    log = captured_log(monkeypatch)
    post(ship_order.handler, {})

    def silent(*_: Any, **__: Any) -> str:
        raise PaymentTimeoutError

    answering = SandboxProvider.refund
    monkeypatch.setattr(SandboxProvider, "refund", silent)
    pending = post(refund_order.handler, {"amount": 500, "reason": "x"})
    assert (pending.status, pending.body["refunds"][0]["status"], pending.body["refunded"]) == (200, "PENDING", 0)
    assert shop.order()["openGroup"] == "movements"
    assert run() == {}, "it is not due yet"
    make_due(shop)
    assert run(remaining_ms=29_999) == {}, "no look is begun that may not end"
    assert run() == {"settled": 0, "failed": 0, "left": 1}
    assert run() == {}, "it is put off"
    # When
    monkeypatch.setattr(SandboxProvider, "refund", answering)
    make_due(shop)
    assert run() == {"settled": 1, "failed": 0, "left": 0}
    # Then
    order = shop.order()
    assert (order["refunded"], "checkAfter" in order) == (500, False)
    codes = [json.loads(line).get("event") for line in log.getvalue().splitlines()]
    assert codes.count("MOVEMENT_LEFT_PENDING") == 2
    assert codes.count("MOVEMENTS_FINISHED") == 1
    assert [message["type"] for message, _ in shop.notices()] == ["order.shipped", "order.refunded"]


def test_a_refund_refused_for_good_is_counted_for_the_alarm(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    post(ship_order.handler, {})

    def refuse(*_: Any, **__: Any) -> str:
        raise RefundRefusedError("charge_disputed")

    monkeypatch.setattr(SandboxProvider, "refund", refuse)
    answer = post(refund_order.handler, {"amount": 500, "reason": "x"})
    [refund] = answer.body["refunds"]
    assert (refund["status"], refund["failure"], answer.body["refunded"]) == ("FAILED", "charge_disputed", 0)
    assert "RefundsFailed" in capsys.readouterr().out
    payment = shop.row("payments", paymentId=f"pay_{ORDER_ID}")
    assert (payment["refunded"], payment["refunds"][0]["state"]) == (0, "REFUSED")
    assert order_reason(shop) == {"code": "REFUND_FAILED", "message": "The payment provider refused a refund for good."}


def order_reason(shop: Shop) -> dict[str, str]:
    reason: dict[str, str] = shop.order()["history"][-1]["reason"]
    return reason


def test_an_order_that_cannot_be_finished_keeps_no_other_from_it_and_the_run_fails(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a shipment whose units the stock table does not have
    row = shop.row("stock", productId="MUG")
    shop.put("stock", **(row | {"reserved": 1}))
    answer = post(ship_order.handler, {})
    assert (answer.status, answer.code) == (500, "MOVEMENT_INTERRUPTED")
    assert "do not ask for it again" in answer.body["message"]
    make_due(shop)
    # When, then
    with pytest.raises(SweepIncompleteError):
        run()
    assert run() == {}, "it is put off, and found again later"
    # And once a person has mended the row
    shop.put("stock", **row)
    make_due(shop)
    assert run() == {"settled": 1, "failed": 0, "left": 0}
    assert shop.stock("MUG") == (7, 0, 3)


def test_of_two_writes_on_one_version_the_second_is_refused(shop: Shop) -> None:
    store = DynamoMovementStore(client("dynamodb"), shop.tables["orders"], author=author(shop.tables))
    before = store.find(ORDER_ID)
    assert before is not None
    first, second = (fulfilment.moved(before, shipment(before, number)) for number in (1, 2))
    store.save(before, first, START)
    with pytest.raises(OrderChangedError):
        store.save(before, second, START)
    assert store.find(ORDER_ID) == first
    store.put_off(before, START)
    assert shop.order()["checkAfter"] == "2026-01-02T03:19:05.678Z"


def test_a_movement_comes_back_as_it_was_written(shop: Shop) -> None:
    store = DynamoMovementStore(client("dynamodb"), shop.tables["orders"], author=author(shop.tables))
    before = store.find(ORDER_ID)
    assert before is not None
    whole = replace(
        shipment(before, 1),
        amount=5,
        restock=True,
        shipment_id="shp_2",
        carrier="DHL",
        tracking_number="1",
        reason="r",
        failure="f",
        once=Once("id", "fingerprint"),
    )
    after = fulfilment.moved(before, whole)
    store.save(before, after, START)
    assert store.find(ORDER_ID) == after


def shipment(order: Order, number: int) -> Movement:
    lines = (StockLine("MUG", 1),)
    return Movement(f"shp_{number}", MovementKind.SHIPMENT, OrderStatus.SHIPPED, AT, "c", lines=lines)


class TestAccounts(contract.AccountContract):
    """The payments table keeps the contract of accounts."""

    @pytest.fixture
    def accounts(self, shop: Shop) -> DynamoAccountStore:
        return DynamoAccountStore(client("dynamodb"), shop.tables["payments"])
