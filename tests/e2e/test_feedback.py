"""Feedback from outside: who bought judges, once, products show it, and the older client is heard."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import requests

from orderflow.runtime.dynamo import to_item
from tests.e2e.shop import Shop

STARS = [1, 2, 3, 4, 5]


@pytest.fixture
def settle(stack: Any) -> Iterator[Callable[[str], None]]:
    """Give a look at one feedback's order; the schedule is paused meanwhile."""
    scheduler, name = stack.client("scheduler"), stack.output("function_names")["settle_feedback"]
    dynamodb, table = stack.client("dynamodb"), stack.output("feedback_table_name")
    schedule = scheduler.get_schedule(Name=name)
    told = {key: schedule[key] for key in ("Name", "Description", "FlexibleTimeWindow", "ScheduleExpression", "Target")}
    scheduler.update_schedule(**told, State="DISABLED")

    def run(feedback_id: str) -> None:
        # Due at once, not in a minute.
        rows = dynamodb.query(
            TableName=table,
            KeyConditionExpression="feedbackId = :id",
            ExpressionAttributeValues=to_item({":id": feedback_id}),
        )["Items"]
        dynamodb.update_item(
            TableName=table,
            Key={"feedbackId": rows[0]["feedbackId"], "productId": rows[0]["productId"]},
            UpdateExpression="SET checkAfter = :past",
            ExpressionAttributeValues=to_item({":past": "2026-01-01T00:00:00.000Z"}),
        )
        answer = stack.client("lambda").invoke(FunctionName=name, Payload=b"{}")
        assert "FunctionError" not in answer, answer["Payload"].read()

    yield run
    scheduler.update_schedule(**told, State="ENABLED")


@pytest.fixture
def product(admin: Shop) -> str:
    """Put a product of this test's own on sale."""
    product_id = f"JUDGED-{uuid4().hex[:12]}"
    body = {"productId": product_id, "name": "Judged", "category": "e2e", "price": 1200, "stock": 100}
    assert admin.post("/products", body).status_code == 201
    return product_id


def bought(customer: Shop, *products: str) -> str:
    order_id = customer.order(*((product, 1) for product in products)).json()["orderId"]
    assert customer.finished(order_id)["status"] == "CONFIRMED"
    return order_id


def rating(shop: Shop, product: str) -> dict[str, Any] | None:
    answer = shop.get(f"/products/{product}")
    assert answer.status_code == 200, answer.text
    return answer.json().get("rating")


def test_the_older_client_judges_its_order_right_after_placing_it(customer: Shop) -> None:
    # Given the requests of the scale-up guide, one after the other
    items = [
        {"productId": "ITEM001", "productName": "Test Item Alpha", "quantity": 1, "price": 19.99},
        {"productId": "ITEM002", "productName": "Test Item Beta", "quantity": 2, "price": 7.50},
    ]
    address = {"street": "456 Test Ave", "city": "CmdVille", "zipCode": "98765", "country": "DE"}
    order = customer.post("/orders", {"userId": customer.user_id, "items": items, "shippingAddress": address})
    assert order.status_code == 202, order.text
    # When
    answer = customer.post(
        "/feedback",
        {
            "userId": customer.user_id,
            "orderId": order.json()["orderId"],
            "rating": 4,
            "comment": "Testing feedback with direct commands. API Time: 11/21/2026 10:45:00",
            "category": "Direct Test",
        },
    )
    # Then
    assert answer.status_code == 201, answer.text
    assert (answer.json()["rating"], answer.json()["category"]) == (4, "Direct Test")
    [shown] = customer.get("/feedback", params={"orderId": order.json()["orderId"]}).json()["items"]
    assert shown["feedbackId"] == answer.json()["feedbackId"]
    customer.finished(order.json()["orderId"])


def test_feedback_counts_changes_and_goes_with_the_products_of_its_order(shop: Shop, admin: Shop, product: str) -> None:
    # Given two customers who bought the same
    ada, ben = shop.new_customer(), shop.new_customer()
    orders = {who.user_id: bought(who, product) for who in (ada, ben)}
    comment = "Sturdy <script>alert(1)</script> [bold]& quick[/bold]\nTwo lines."
    # When
    given = ada.post("/feedback", {"orderId": orders[ada.user_id], "rating": 5, "comment": comment})
    assert (given.status_code, given.json()["counts"]) == (201, True), given.text
    assert ben.post("/feedback", {"orderId": orders[ben.user_id], "rating": 2}).status_code == 201
    # Then
    assert rating(shop, product) == {"average": 3.5, "count": 2}
    listed = ben.get("/feedback", params={"productId": product}).json()["items"]
    assert sorted(each["rating"] for each in listed) == [2, 5]
    [of_ada] = [each for each in listed if each["rating"] == 5]
    assert of_ada["comment"] == comment
    assert of_ada.keys() == {"feedbackId", "rating", "comment", "createdAt", "updatedAt"}
    # When it is changed, and removed by an administrator
    path = f"/feedback/{given.json()['feedbackId']}"
    assert ben.call("PUT", path, json={"version": 1, "rating": 1}).status_code == 404
    changed = ada.call("PUT", path, json={"version": 1, "rating": 1})
    assert (changed.status_code, changed.json()["version"]) == (200, 2), changed.text
    assert ada.call("PUT", path, json={"version": 1, "rating": 3}).json()["code"] == "VERSION_CONFLICT"
    assert rating(shop, product) == {"average": 1.5, "count": 2}
    assert admin.call("DELETE", path).status_code == 204
    # Then
    assert rating(shop, product) == {"average": 2, "count": 1}
    assert ada.post("/feedback", {"orderId": orders[ada.user_id], "rating": 5}).json()["code"] == "FEEDBACK_EXISTS"


def test_of_twenty_at_once_one_is_kept(customer: Shop, product: str) -> None:
    order_id = bought(customer, product)

    def give(number: int) -> requests.Response:
        return customer.post("/feedback", {"orderId": order_id, "rating": STARS[number % 5]})

    with ThreadPoolExecutor(20) as people:
        answers = list(people.map(give, range(20)))
    [kept] = [answer.json() for answer in answers if answer.status_code == 201]
    # A 503 says that nothing was written and that repeating is safe.
    assert {answer.status_code for answer in answers} <= {201, 409, 503}
    assert rating(customer, product) == {"average": kept["rating"], "count": 1}


def test_many_who_judge_one_product_at_once_are_all_counted(shop: Shop, customer: Shop, product: str) -> None:
    # Given
    orders = [customer.order((product, 1)).json()["orderId"] for _ in range(8)]
    assert {customer.finished(order_id)["status"] for order_id in orders} == {"CONFIRMED"}

    def give(number: int) -> int:
        for _ in range(10):
            body = {"orderId": orders[number], "rating": STARS[number % 5]}
            status = customer.post("/feedback", body).status_code
            if status != 503:
                return status
        return 503

    # When
    with ThreadPoolExecutor(8) as people:
        assert list(people.map(give, range(8))) == [201] * 8
    # Then
    assert rating(shop, product) == {"average": 2.63, "count": 8}
    found, token = [], None
    for _ in range(5):
        page = customer.get(
            "/feedback", params={"productId": product, "limit": 3} | ({"nextToken": token} if token else {})
        )
        found += page.json()["items"]
        token = page.json().get("nextToken")
        if token is None:
            break
    assert len({each["feedbackId"] for each in found}) == len(found) == 8


def test_what_was_not_bought_does_not_count(customer: Shop, product: str, settle: Callable[[str], None]) -> None:
    # Given feedback on an order that counts, until the order is cancelled
    order_id = bought(customer, product)
    given = customer.post("/feedback", {"orderId": order_id, "rating": 1}).json()
    assert rating(customer, product) == {"average": 1, "count": 1}
    assert customer.call("DELETE", f"/orders/{order_id}").status_code == 202
    # When
    settle(given["feedbackId"])
    # Then
    assert rating(customer, product) is None
    assert customer.get("/feedback", params={"productId": product}).json()["items"] == []
    [shown] = customer.get("/feedback", params={"orderId": order_id}).json()["items"]
    assert shown["counts"] is False
    refused = customer.post("/feedback", {"orderId": order_id, "rating": 5})
    assert (refused.status_code, refused.json()["code"]) == (409, "ORDER_NOT_BOUGHT")


def test_feedback_on_the_way_of_an_order_counts_once_the_order_is_confirmed(
    customer: Shop, product: str, settle: Callable[[str], None]
) -> None:
    # Given an order that waits for its provider, and feedback on it
    order_id = customer.order((product, 1), token="sandbox_rate_limited").json()["orderId"]
    given = customer.post("/feedback", {"orderId": order_id, "rating": 5})
    assert (given.status_code, given.json()["counts"]) == (201, False), given.text
    assert rating(customer, product) is None
    # When
    assert customer.finished(order_id, 90)["status"] == "CONFIRMED"
    settle(given.json()["feedbackId"])
    # Then
    assert rating(customer, product) == {"average": 5, "count": 1}


def test_an_order_is_judged_by_its_buyer_only(shop: Shop, customer: Shop, admin: Shop, product: str) -> None:
    order_id = bought(customer, product)
    stranger = shop.new_customer()
    answers = [
        stranger.post("/feedback", {"orderId": order_id, "rating": 1}),
        customer.post("/feedback", {"orderId": order_id, "rating": 1, "userId": stranger.user_id}),
        admin.post("/feedback", {"orderId": order_id, "rating": 1}),
        shop.post("/feedback", {"orderId": order_id, "rating": 1}),
        stranger.get("/feedback", params={"orderId": order_id}),
        customer.get("/feedback"),
        customer.get("/feedback", params={"orderId": order_id, "productId": product}),
    ]
    assert [answer.status_code for answer in answers] == [404, 403, 404, 401, 404, 400, 400]
    assert rating(shop, product) is None
