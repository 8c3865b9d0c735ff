"""POST /orders under one Idempotency-Key, from the raw answer to what DynamoDB is asked for."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from handlers.orders import place_order
from orderflow.orders.intake import Accepted, Intake
from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.idempotency.errors import RequestInProgressError
from orderflow.runtime.idempotency.keys import IdempotencyKeys
from orderflow.runtime.idempotency.record_store import DynamoRecords
from orderflow.runtime.ids import new_ulid
from tests.integration.orders.conftest import ShopOnMoto
from tests.support.atomic import OneAtATime
from tests.support.gateway import CONTEXT, event
from tests.support.orders import CUSTOMER, InMemoryPrices, InMemoryQueue, keyed, order_request
from tests.support.trail import author

BODY = {
    "items": [{"productId": "ITEM001", "quantity": 1}],
    "shippingAddress": {"street": "456 Test Ave", "city": "CmdVille", "zipCode": "98765", "country": "DE"},
}
THREADS = 8


def place(key: str = "once-please", **headers: str) -> dict[str, Any]:
    request = event(body=BODY, user=CUSTOMER.user_id, headers={"Idempotency-Key": key, **headers})
    return place_order.handler(request, CONTEXT)


def test_a_repeat_gets_status_body_and_headers_of_the_first_byte_for_byte(shop: ShopOnMoto, dynamodb: Any) -> None:
    first = place(**{"X-Correlation-Id": "journey"})
    client("dynamodb").put_item(  # the price changes, and with it what a new answer would say
        TableName=shop.tables["products"],
        Item={
            **client("dynamodb").get_item(TableName=shop.tables["products"], Key={"productId": {"S": "ITEM001"}})[
                "Item"
            ],
            "price": {"N": "1"},
        },
    )
    again = place(**{"X-Correlation-Id": "journey"})
    assert again["statusCode"] == first["statusCode"] == 202
    assert again["body"].encode() == first["body"].encode()
    assert again["headers"] == {**first["headers"], "Idempotent-Replayed": "true"}


def test_an_order_with_a_key_is_one_transaction_of_three_small_writes_and_nothing_else(
    shop: ShopOnMoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Any]] = []
    real = client("dynamodb")

    class Noted:
        def __getattr__(self, name: str) -> Any:
            def call(**request: Any) -> Any:
                asked.append((name, request))
                return getattr(real, name)(**request)

            return call

    monkeypatch.setattr(place_order, "client", lambda name, **_: Noted() if name == "dynamodb" else client(name))
    place(**{"X-Correlation-Id": "c" * 64})
    names = [name for name, _ in asked]
    assert names == ["batch_get_item", "transact_write_items"]
    tables = [each["Put"]["TableName"] for each in asked[-1][1]["TransactItems"]]
    assert tables == [shop.tables[name] for name in ("idempotency", "orders", "audit-trail")]
    # A write is paid for by the kilobyte.
    record = asked[-1][1]["TransactItems"][0]["Put"]["Item"]
    assert len(repr(record)) < 1024


def test_of_many_equal_requests_at_once_one_orders_and_the_others_get_its_answer_or_wait(shop: ShopOnMoto) -> None:
    # Given a function's environments, each with an intake of its own (a handler serves one request at a time)
    dynamodb, names, queue = OneAtATime(client("dynamodb")), shop.tables, InMemoryQueue()
    barrier = threading.Barrier(THREADS)

    def ask(_: int) -> Accepted | RequestInProgressError:
        store = DynamoIntakeStore(
            dynamodb, orders=names["orders"], idempotency=names["idempotency"], author=author(names)
        )
        keys = IdempotencyKeys(DynamoRecords(dynamodb, names["idempotency"]), utc_now, new_ulid)
        intake = Intake(InMemoryPrices(), store, queue, keys, utc_now, new_ulid, "EUR", "sandbox_approve")
        barrier.wait(timeout=20)
        try:
            return intake.place_order(order_request(), CUSTOMER, once=keyed("key"), correlation_id="c")
        except RequestInProgressError as wait:
            return wait

    # When
    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(ask, range(THREADS)))
    # Then
    (order_id,) = shop.order_ids()
    taken = [each for each in answers if isinstance(each, Accepted)]
    (first,) = [each for each in taken if not each.replayed]
    assert {each.answer.body for each in taken} == {first.answer.body}
    assert {each.order_id for each in taken} == {message.order_id for message in queue.messages} == {order_id}
