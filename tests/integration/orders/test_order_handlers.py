"""The orders' functions, from API Gateway's event to the tables and the queue."""

import json
from decimal import Decimal
from typing import Any

import pytest

from handlers.orders import get_order, list_orders, place_order
from orderflow.runtime.aws import client
from tests.integration.orders.conftest import ShopOnMoto
from tests.support.gateway import CONTEXT, Answer, as_admin, call, event
from tests.support.log_capture import captured_log
from tests.support.orders import CUSTOMER

ADDRESS = {"street": "456 Test Ave", "city": "CmdVille", "zipCode": "98765", "country": "DE"}
LINE = {"productId": "ITEM001", "quantity": 1}
BODY = {"items": [LINE], "shippingAddress": ADDRESS}


def place(body: Any = None, user: str | None = CUSTOMER.user_id, **request: Any) -> Answer:
    return call(place_order.handler, body=BODY if body is None else body, user=user, **request)


def read(order_id: str, user: str = CUSTOMER.user_id) -> Answer:
    return call(get_order.handler, path={"orderId": order_id}, user=user)


def listed(user: str | None = CUSTOMER.user_id, **query: str) -> Answer:
    return call(list_orders.handler, query=query or None, user=user)


def test_an_order_is_accepted_stored_and_queued_in_one_round_trip(shop: ShopOnMoto) -> None:
    body = {"items": [LINE, {"productId": "ITEM002", "quantity": 2}], "shippingAddress": ADDRESS}
    answer = place(body, headers={"X-Correlation-Id": "journey-1"})
    order_id = answer.body["orderId"]
    assert (answer.status, answer.body) == (
        202,
        {"orderId": order_id, "status": "PENDING", "total": 3499, "currency": "EUR"},
    )
    assert answer.headers["Location"] == f"/orders/{order_id}"
    assert "Idempotent-Replayed" not in answer.headers
    assert shop.order_ids() == [order_id]
    (message,) = shop.messages()
    assert json.loads(message["Body"]) == {"orderId": order_id, "correlationId": "journey-1"}
    assert message["MessageAttributes"]["correlationId"]["StringValue"] == "journey-1"


def test_an_accepted_order_is_read_back_whole_and_without_what_only_processing_may_know(shop: ShopOnMoto) -> None:
    order_id = place().body["orderId"]
    answer = read(order_id)
    assert answer.status == 200
    (entry,) = answer.body["history"]
    at = entry["at"]
    assert answer.body == {
        "orderId": order_id,
        "userId": "customer-1",
        "status": "PENDING",
        "version": 1,
        "currency": "EUR",
        "items": [
            {
                "productId": "ITEM001",
                "productName": "Test Item Alpha",
                "quantity": 1,
                "unitPrice": 1999,
                "lineTotal": 1999,
                "discount": 0,
                "tax": 0,
                "shippedQuantity": 0,
                "returnedQuantity": 0,
            }
        ],
        "subtotal": 1999,
        "shipping": 0,
        "tax": 0,
        "discount": 0,
        "total": 1999,
        "refunded": 0,
        "shipments": [],
        "returns": [],
        "refunds": [],
        "shippingAddress": ADDRESS,
        "history": [{"status": "PENDING", "at": at, "by": "customer"}],
        "allowedActions": ["cancel", "changeAddress"],
        "createdAt": at,
        "updatedAt": at,
    }
    assert listed().body == {"items": [answer.body]}


def test_a_repeated_key_gives_the_first_answer_and_says_so(shop: ShopOnMoto) -> None:
    headers = {"idempotency-key": "once-please"}
    first, again = place(headers=headers), place(headers=headers)
    assert (again.status, again.body) == (202, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert shop.order_ids() == [first.body["orderId"]]


def test_a_repeated_key_with_another_body_is_a_422(shop: ShopOnMoto) -> None:
    headers = {"Idempotency-Key": "once-please"}
    place(headers=headers)
    answer = place({**BODY, "items": [{**LINE, "quantity": 2}]}, headers=headers)
    assert (answer.status, answer.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len(shop.order_ids()) == 1


def test_a_key_belongs_to_its_caller_not_to_the_request(shop: ShopOnMoto) -> None:
    headers = {"Idempotency-Key": "once-please"}
    mine, theirs = place(headers=headers), place(headers=headers, user="customer-2")
    retried = event(body=BODY, headers=headers, user=CUSTOMER.user_id)
    retried["requestContext"]["requestId"] = "request-2"
    again = json.loads(place_order.handler(retried, CONTEXT)["body"])
    assert mine.body["orderId"] != theirs.body["orderId"]
    assert again == mine.body
    assert len(shop.order_ids()) == 2


def test_an_expired_key_that_dynamodb_has_not_deleted_yet_takes_a_new_order(shop: ShopOnMoto) -> None:
    headers = {"Idempotency-Key": "once-please"}
    place(headers=headers)
    table = shop.tables["idempotency"]
    (record,) = client("dynamodb").scan(TableName=table)["Items"]
    client("dynamodb").put_item(TableName=table, Item={**record, "expiresAt": {"N": "1"}})
    assert "Idempotent-Replayed" not in place(headers=headers).headers
    assert len(shop.order_ids()) == 2


def test_a_lost_message_is_sent_again_by_the_repeat(shop: ShopOnMoto, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"Idempotency-Key": "once-please"}
    monkeypatch.setattr("orderflow.orders.order_queue.SqsOrderQueue.send", _queue_is_down)
    failed = place(headers=headers)
    assert (failed.status, failed.code, failed.headers["Retry-After"]) == (503, "ORDER_NOT_QUEUED", "2")
    monkeypatch.undo()
    for name, value in _settings(shop).items():
        monkeypatch.setenv(name, value)
    again = place(headers=headers)
    assert again.status == 202
    assert [json.loads(m["Body"])["orderId"] for m in shop.messages()] == shop.order_ids() == [again.body["orderId"]]


@pytest.mark.parametrize("key", ["x" * 256, "a b", "ä", "", "a\nb"])
def test_a_key_that_is_no_key_is_a_400(shop: ShopOnMoto, key: str) -> None:
    answer = place(headers={"Idempotency-Key": key})
    assert (answer.status, answer.fields) == (400, ["Idempotency-Key"])
    assert shop.order_ids() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("", "body"),
        ("not json", "body"),
        ("[]", "body"),
        ("null", "body"),
        ('{"items": NaN}', "body"),
        ({"shippingAddress": ADDRESS}, "items"),
        ({**BODY, "items": []}, "items"),
        ({**BODY, "items": None}, "items"),
        ({**BODY, "items": [LINE] * 51}, "items"),
        ({**BODY, "items": [None]}, "items[0]"),
        ({**BODY, "items": [{"productId": "ITEM001"}]}, "items[0].quantity"),
        ({**BODY, "items": [{**LINE, "quantity": 0}]}, "items[0].quantity"),
        ({**BODY, "items": [{**LINE, "quantity": 1000}]}, "items[0].quantity"),
        ({**BODY, "items": [{**LINE, "quantity": "1"}]}, "items[0].quantity"),
        ({**BODY, "items": [{**LINE, "quantity": 1.5}]}, "items[0].quantity"),
        ({**BODY, "items": [{**LINE, "quantity": True}]}, "items[0].quantity"),
        ({**BODY, "items": [LINE, {**LINE, "quantity": 999}]}, "items[1].quantity"),
        ({**BODY, "items": [{**LINE, "productId": "../x"}]}, "items[0].productId"),
        ({**BODY, "items": [{**LINE, "price": "19.99"}]}, "items[0].price"),
        ({**BODY, "items": [{**LINE, "unitPrice": 19.99}]}, "items[0].unitPrice"),
        ({**BODY, "items": [{**LINE, "discount": 1}]}, "items[0].discount"),
        ({**BODY, "shippingAddress": None}, "shippingAddress"),
        ({**BODY, "shippingAddress": {**ADDRESS, "country": "Germany"}}, "shippingAddress.country"),
        ({**BODY, "shippingAddress": {**ADDRESS, "street": ""}}, "shippingAddress.street"),
        ({**BODY, "shippingAddress": {k: v for k, v in ADDRESS.items() if k != "city"}}, "shippingAddress.city"),
        ({**BODY, "paymentMethod": {}}, "paymentMethod.token"),
        ({**BODY, "paymentMethod": "sandbox_approve"}, "paymentMethod"),
        ({**BODY, "userId": 1}, "userId"),
        ({**BODY, "status": "CONFIRMED"}, "status"),
    ],
)
def test_a_bad_body_is_a_400_that_names_the_field_and_stores_nothing(shop: ShopOnMoto, body: Any, field: str) -> None:
    answer = place(body)
    assert (answer.status, answer.fields) == (400, [field]), answer.body
    assert shop.order_ids() == []


def test_an_order_without_a_way_to_pay_is_a_400_where_there_is_no_default(
    shop: ShopOnMoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEFAULT_PAYMENT_TOKEN", "")
    answer = place()
    assert (answer.status, answer.code, answer.fields) == (400, "PAYMENT_METHOD_MISSING", ["paymentMethod"])
    assert place({**BODY, "paymentMethod": {"token": "sandbox_approve"}}).status == 202


@pytest.mark.parametrize("price", [{"price": 19.99}, {"unitPrice": 1999}, {"price": 19.99, "unitPrice": 1999}])
def test_the_catalogues_price_may_be_sent_in_either_form(shop: ShopOnMoto, price: dict[str, Any]) -> None:
    assert place({**BODY, "items": [{**LINE, **price}]}).status == 202


@pytest.mark.parametrize("price", ['"price": 19.98', '"price": 19.990000000000000000000000000001', '"unitPrice": 1'])
def test_another_price_is_a_409_naming_product_given_and_current_price(shop: ShopOnMoto, price: str) -> None:
    body = json.dumps(BODY).replace('"quantity": 1', f'"quantity": 1, {price}')
    answer = place(body)
    assert (answer.status, answer.code) == (409, "PRICE_MISMATCH")
    (detail,) = answer.body["details"]
    assert "ITEM001" in detail["issue"]
    assert "1999 minor units" in detail["issue"]
    assert str(Decimal(price.split()[1])) in detail["issue"]
    assert shop.order_ids() == []


def test_an_unknown_product_is_a_422_that_names_it(shop: ShopOnMoto) -> None:
    answer = place({**BODY, "items": [LINE, {"productId": "NO-SUCH", "quantity": 1}]})
    assert (answer.status, answer.code) == (422, "UNKNOWN_PRODUCT")
    assert "NO-SUCH" in answer.body["message"]


def test_ordering_as_somebody_else_is_a_403_except_for_administrators(shop: ShopOnMoto) -> None:
    foreign = {**BODY, "userId": "customer-2"}
    refused = place(foreign)
    assert (refused.status, refused.code, shop.order_ids()) == (403, "NOT_YOUR_ORDERS", [])
    assert as_admin(place_order.handler, body=foreign).status == 202
    assert [item["userId"]["S"] for item in shop.orders()] == ["customer-2"]


@pytest.mark.parametrize("handler", [place_order.handler, list_orders.handler, get_order.handler])
@pytest.mark.parametrize("claims", [{"user": None}, {"user": "customer-1", "token_use": "access"}])
def test_no_identity_or_an_access_token_is_a_401(shop: ShopOnMoto, handler: Any, claims: dict[str, Any]) -> None:
    answer = call(handler, body=BODY, path={"orderId": "01JFR0ZEN00000000000000001"}, **claims)
    assert (answer.status, answer.code) == (401, "NOT_AUTHENTICATED")


@pytest.mark.parametrize("order_id", ["theirs", "01JFR0ZEN00000000000000001", "x", "%2e%2e", "', DROP TABLE"])
def test_a_foreign_order_and_one_that_is_not_there_are_the_same_404(shop: ShopOnMoto, order_id: str) -> None:
    if order_id == "theirs":
        order_id = place(user="customer-2").body["orderId"]
    answer = read(order_id)
    assert (answer.status, answer.code) == (404, "ORDER_NOT_FOUND")


def test_an_administrator_reads_and_lists_what_is_anyones(shop: ShopOnMoto) -> None:
    order_id = place().body["orderId"]
    assert as_admin(get_order.handler, path={"orderId": order_id}).status == 200
    answer = as_admin(list_orders.handler, query={"userId": CUSTOMER.user_id})
    assert [order["orderId"] for order in answer.body["items"]] == [order_id]


def test_orders_are_listed_newest_first_page_by_page(shop: ShopOnMoto, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [f"01JFR0ZEN0000000000000000{n}" for n in range(3)]
    numbers = iter(ids)
    monkeypatch.setattr(place_order, "new_ulid", lambda: next(numbers))
    for _ in ids:
        place()
    first = listed(limit="2")
    second = listed(limit="2", nextToken=first.body["nextToken"])
    assert [order["orderId"] for order in first.body["items"] + second.body["items"]] == ids[::-1]
    assert "nextToken" not in second.body
    assert listed(user="customer-2").body == {"items": []}


def test_a_list_is_filtered_by_status(shop: ShopOnMoto) -> None:
    order_id = place().body["orderId"]
    assert [order["orderId"] for order in listed(status="PENDING").body["items"]] == [order_id]
    assert listed(status="FAILED").body == {"items": []}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "LOST"}, "status"),
        ({"status": ""}, "status"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"userId": ""}, "userId"),
        ({"userId": "a b"}, "userId"),
        ({"nextToken": "made up"}, "nextToken"),
        ({"nextToken": ""}, "nextToken"),
    ],
)
def test_a_bad_query_is_a_400_that_names_the_parameter(shop: ShopOnMoto, query: dict[str, str], field: str) -> None:
    answer = as_admin(list_orders.handler, query=query)
    assert (answer.status, answer.fields) == (400, [field]), answer.body


def test_a_customer_lists_only_their_own(shop: ShopOnMoto) -> None:
    assert (listed(userId="customer-2").status, listed(userId=CUSTOMER.user_id).status) == (403, 200)


def test_nothing_secret_or_personal_is_logged(shop: ShopOnMoto, monkeypatch: pytest.MonkeyPatch) -> None:
    log = captured_log(monkeypatch)
    body = {**BODY, "paymentMethod": {"token": "tok_very_secret"}}
    order_id = place(body).body["orderId"]
    read(order_id)
    listed()
    place({**body, "surprise": "tok_very_secret"})
    written = log.getvalue()
    assert order_id in written
    for secret in ("tok_very_secret", "456 Test Ave", "98765"):
        assert secret not in written


def _queue_is_down(*_arguments: object) -> None:
    from orderflow.orders.errors import QueueUnavailableError

    raise QueueUnavailableError("The order queue could not be reached; try again.")


def _settings(shop: ShopOnMoto) -> dict[str, str]:
    tables = {f"{name.upper().replace('-', '_')}_TABLE": table for name, table in shop.tables.items()}
    return {**tables, "ORDER_QUEUE_URL": shop.queue_url, "CURRENCY": "EUR", "DEFAULT_PAYMENT_TOKEN": "sandbox_approve"}
