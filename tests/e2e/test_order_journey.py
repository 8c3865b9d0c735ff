"""An order from outside: every ending a customer can meet, and everything the door must refuse."""

import json
import time

import pytest
import requests

from tests.e2e.shop import ADDRESS, SHAPE_AT_THE_GATEWAY, Shop

HAPPY_PATH = ["PENDING", "PROCESSING", "CONFIRMED"]


def statuses(order: dict) -> list[str]:
    return [entry["status"] for entry in order["history"]]


def test_an_accepted_order_is_confirmed_with_the_servers_prices_and_leaves_the_stock(customer: Shop) -> None:
    # Given
    before = customer.stock_of("ITEM001"), customer.stock_of("ITEM002")
    # When
    answer = customer.order(("ITEM001", 1), ("ITEM002", 2))
    # Then
    assert answer.status_code == 202, answer.text
    accepted = answer.json()
    assert (accepted["status"], accepted["total"], accepted["currency"]) == ("PENDING", 1999 + 2 * 750, "EUR")
    order = customer.finished(accepted["orderId"])
    assert (order["status"], statuses(order)) == ("CONFIRMED", HAPPY_PATH)
    assert (order["subtotal"], order["shipping"], order["tax"], order["total"]) == (3499, 0, 0, 3499)
    assert [(line["productId"], line["quantity"], line["unitPrice"], line["lineTotal"]) for line in order["items"]] == [
        ("ITEM001", 1, 1999, 1999),
        ("ITEM002", 2, 750, 1500),
    ]
    assert order["shippingAddress"] == ADDRESS
    assert (customer.stock_of("ITEM001"), customer.stock_of("ITEM002")) == (before[0] - 1, before[1] - 2)


def test_an_order_beyond_the_stock_is_rejected_and_takes_nothing(customer: Shop) -> None:
    before = customer.stock_of("ITEM001"), customer.stock_of("LIMITED-1")
    order = customer.finished(customer.order(("ITEM001", 1), ("LIMITED-1", 11)).json()["orderId"])
    assert (order["status"], order["statusReason"]["code"]) == ("REJECTED", "OUT_OF_STOCK")
    assert statuses(order) == ["PENDING", "PROCESSING", "REJECTED"]
    assert (customer.stock_of("ITEM001"), customer.stock_of("LIMITED-1")) == before


def test_a_declined_payment_ends_the_order_and_gives_the_stock_back(customer: Shop) -> None:
    before = customer.stock_of("ITEM002")
    order = customer.finished(customer.order(("ITEM002", 3), token="sandbox_decline").json()["orderId"])
    assert (order["status"], order["statusReason"]["code"]) == ("PAYMENT_FAILED", "PAYMENT_DECLINED")
    assert customer.stock_of("ITEM002") == before


def test_a_flaky_provider_is_retried_and_the_order_confirmed(customer: Shop) -> None:
    order = customer.finished(customer.order(("test_1", 1), token="sandbox_rate_limited").json()["orderId"], 90)
    assert (order["status"], statuses(order)) == ("CONFIRMED", HAPPY_PATH)


def test_a_provider_that_never_answers_fails_the_order_and_gives_the_stock_back(customer: Shop) -> None:
    before = customer.stock_of("test_1")
    order = customer.finished(customer.order(("test_1", 2), token="sandbox_timeout").json()["orderId"], 180)
    assert (order["status"], order["statusReason"]["code"]) == ("FAILED", "TECHNICAL_FAILURE")
    assert customer.stock_of("test_1") == before


def test_a_duplicated_queue_message_changes_nothing(customer: Shop, stack) -> None:
    # Given a confirmed order
    order_id = customer.order(("test_1", 1)).json()["orderId"]
    first = customer.finished(order_id)
    stock = customer.stock_of("test_1")
    # When its message arrives again
    queue = stack.output("order_queue_url")
    stack.client("sqs").send_message(
        QueueUrl=queue, MessageBody=json.dumps({"orderId": order_id, "correlationId": "duplicate"})
    )
    # Then the queue is drained and the order, its only execution and the stock are as before
    deadline = time.monotonic() + 30
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    while True:
        counts = stack.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        if all(counts[name] == "0" for name in names):
            break
        assert time.monotonic() < deadline, f"the duplicate was not consumed: {counts}"
        time.sleep(0.2)
    machine = stack.output("order_state_machine_arn")
    executions = stack.client("stepfunctions").list_executions(stateMachineArn=machine, maxResults=1000)["executions"]
    assert [e["name"] for e in executions].count(order_id) == 1
    assert customer.get(f"/orders/{order_id}").json() == first
    assert customer.stock_of("test_1") == stock


def test_the_completion_notice_reaches_a_subscriber_with_the_requests_correlation_id(customer: Shop, inbox) -> None:
    placed = customer.order(("ITEM002", 1), headers={"X-Correlation-Id": "from-the-browser-1"})
    order_id = placed.json()["orderId"]
    customer.finished(order_id)
    notice = inbox.wait_for(order_id)
    assert placed.headers["X-Correlation-Id"] == "from-the-browser-1"
    assert {key: notice[key] for key in ("type", "orderId", "status", "total", "currency", "correlationId")} == {
        "type": "order.completed",
        "orderId": order_id,
        "status": "CONFIRMED",
        "total": 750,
        "currency": "EUR",
        "correlationId": "from-the-browser-1",
    }


def test_a_repeated_request_with_one_key_gives_one_order(customer: Shop) -> None:
    headers = {"Idempotency-Key": "once-please"}
    first = customer.order(("test_1", 1), headers=headers)
    again = customer.order(("test_1", 1), headers=headers)
    other = customer.order(("test_1", 2), headers=headers)
    assert (first.status_code, again.status_code, again.json()) == (202, 202, first.json())
    assert other.status_code == 422, other.text
    assert [order["orderId"] for order in customer.get("/orders").json()["items"]] == [first.json()["orderId"]]


def test_orders_are_listed_newest_first_page_by_page(customer: Shop) -> None:
    placed = [customer.order(("test_1", 1)).json()["orderId"] for _ in range(3)]
    first = customer.get("/orders", params={"limit": 2}).json()
    second = customer.get("/orders", params={"limit": 2, "nextToken": first["nextToken"]}).json()
    assert [order["orderId"] for order in first["items"] + second["items"]] == placed[::-1]
    assert "nextToken" not in second


def test_another_customers_order_does_not_exist_for_me(customer: Shop, shop: Shop) -> None:
    order_id = customer.order(("test_1", 1)).json()["orderId"]
    stranger = shop.new_customer()
    answer = stranger.get(f"/orders/{order_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "ORDER_NOT_FOUND")
    assert stranger.get("/orders", params={"userId": customer.user_id}).status_code == 403


def test_an_administrator_sees_any_customers_orders(customer: Shop, admin: Shop) -> None:
    order_id = customer.order(("test_1", 1)).json()["orderId"]
    assert admin.get(f"/orders/{order_id}").status_code == 200
    listed = admin.get("/orders", params={"userId": customer.user_id}).json()["items"]
    assert [order["orderId"] for order in listed] == [order_id]


@pytest.mark.parametrize("token", [None, "garbage", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."])
def test_no_token_or_a_forged_one_is_401_in_our_shape(shop: Shop, token: str | None) -> None:
    answer = Shop(shop.url, token).order(("test_1", 1))
    assert (answer.status_code, set(answer.json())) == (401, SHAPE_AT_THE_GATEWAY)


def test_an_access_token_is_refused_where_an_id_token_is_required(shop: Shop, credentials) -> None:
    email, password = credentials
    tokens = shop.post("/login", {"email": email, "password": password}).json()
    assert Shop(shop.url, tokens["accessToken"]).get("/orders").status_code == 401
    assert Shop(shop.url, f"Bearer {tokens['idToken']}").get("/orders").status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"items": []}, "items"),
        ({"items": [{"productId": "test_1", "quantity": 0}]}, "items[0].quantity"),
        ({"items": [{"productId": "test_1", "quantity": 1000}]}, "items[0].quantity"),
        ({"items": [{"productId": "test_1", "quantity": "1"}]}, "items[0].quantity"),
        ({"items": [{"productId": "test_1", "quantity": 1}] * 51}, "items"),
        ({"shippingAddress": {**ADDRESS, "country": "Germany"}}, "shippingAddress.country"),
        ({"shippingAddress": None}, "shippingAddress"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_bad_body_is_a_400_that_names_the_field(customer: Shop, change: dict, field: str) -> None:
    body = {"items": [{"productId": "test_1", "quantity": 1}], "shippingAddress": ADDRESS, **change}
    answer = customer.post("/orders", body)
    assert answer.status_code == 400, answer.text
    assert field in [detail.get("field") for detail in answer.json()["details"]], answer.text


def test_a_price_that_differs_from_the_catalogue_is_a_409_that_names_it(customer: Shop) -> None:
    lines = [{"productId": "ITEM001", "quantity": 1, "price": 19.98}]
    answer = customer.post("/orders", {"items": lines, "shippingAddress": ADDRESS})
    assert (answer.status_code, answer.json()["code"]) == (409, "PRICE_MISMATCH")
    assert "ITEM001" in answer.text
    assert "1999" in answer.text


def test_an_unknown_product_is_refused_at_the_door(customer: Shop) -> None:
    answer = customer.order(("NO-SUCH-THING", 1))
    assert (answer.status_code, answer.json()["code"]) == (422, "UNKNOWN_PRODUCT")


def test_the_older_client_of_the_scale_up_guide_places_its_order_unchanged(shop: Shop) -> None:
    # Given its registration, sign-in and headers, word for word
    email = f"directcmd{time.time_ns()}@example.com"
    registration = {
        "email": email,
        "password": "CmdP@$$wOrd123!",
        "firstName": "DirectCmd",
        "lastName": "TestUser",
        "phoneNumber": "+11234567890",
    }
    registered = requests.post(f"{shop.url}/register", json=registration, timeout=30).json()
    tokens = requests.post(f"{shop.url}/login", json={k: registration[k] for k in ("email", "password")}, timeout=30)
    headers = {"Authorization": tokens.json()["idToken"], "Content-Type": "application/json"}
    body = {
        "userId": registered["userSub"],
        "items": [
            {"productId": "ITEM001", "productName": "Test Item Alpha", "quantity": 1, "price": 19.99},
            {"productId": "ITEM002", "productName": "Test Item Beta", "quantity": 2, "price": 7.50},
        ],
        "shippingAddress": ADDRESS,
    }
    # When it orders, lists and reads
    created = requests.post(f"{shop.url}/orders", json=body, headers=headers, timeout=30)
    assert created.status_code == 202, created.text
    order_id = created.json()["orderId"]
    listed = requests.get(f"{shop.url}/orders?userId={registered['userSub']}", headers=headers, timeout=30).json()
    read = requests.get(f"{shop.url}/orders/{order_id}", headers=headers, timeout=30).json()
    # Then it finds what it sent
    assert [order["orderId"] for order in listed["items"]] == [order_id]
    assert (read["orderId"], read["total"]) == (order_id, 3499)
