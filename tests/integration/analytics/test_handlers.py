"""From the orders table's stream by way of the queue to GET /analytics, on the schemas that Terraform declares."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from handlers.analytics import get_analytics
from orderflow.analytics.change_queue import SqsChangeQueue
from orderflow.analytics.errors import ChangeQueueUnavailableError
from orderflow.orders.order import OrderLine
from orderflow.orders.status import OrderStatus
from orderflow.runtime import aws
from tests.integration.analytics.conftest import Books
from tests.support.counters import change
from tests.support.gateway import as_admin, call

A, B, C = (f"01JFR0ZEN0000000000000000{n}" for n in range(1, 4))
RANGE = {"from": "2026-01-02", "to": "2026-01-03"}


def test_what_becomes_of_orders_is_in_the_figures_of_their_customers_and_of_the_shop(books: Books) -> None:
    # Given
    books.add(A)
    books.add(B, user_id="customer-2", lines=(OrderLine("ITEM002", "B", 3, 750),), status=OrderStatus.DELIVERED)
    books.add(C)
    books.confirm(A)
    books.change(B, "SET refunded = :r, #version = #version + :one", r={"N": "750"}, one={"N": "1"})
    # When
    assert books.count(books.forward()) == []
    # Then
    mine = call(get_analytics.handler, user="customer-1", query=RANGE)
    assert mine.status == 200
    assert mine.body["scope"] == "own"
    assert mine.body["totals"] == {
        "orders": 2,
        "ordersByStatus": {"CONFIRMED": 1, "PENDING": 1},
        "sold": 1,
        "gross": 3998,
        "refunded": 0,
        "revenue": 3998,
        "averageBasket": 3998,
    }
    assert mine.body["topProducts"] == [{"productId": "ITEM001", "quantity": 2}]
    shop = as_admin(get_analytics.handler, query=RANGE).body
    assert (shop["scope"], shop["totals"]["orders"], shop["totals"]["revenue"]) == ("shop", 3, 3998 + 1500)
    assert shop["topProducts"] == [{"productId": "ITEM002", "quantity": 3}, {"productId": "ITEM001", "quantity": 2}]
    assert [(day["day"], day["orders"]) for day in shop["days"]] == [("2026-01-02", 3), ("2026-01-03", 0)]
    own = as_admin(get_analytics.handler, query={**RANGE, "mine": "true"}).body
    assert (own["scope"], own["totals"]["orders"]) == ("own", 0)


def test_moves_within_a_batch_of_the_stream_are_one_message_and_what_counts_nothing_is_none(books: Books) -> None:
    # Given
    books.add(A)
    books.confirm(A)
    books.change(A, "SET executionArn = :a, #version = #version + :one", a={"S": "arn"}, one={"N": "1"})
    # When
    [queued] = books.forward()
    last = books.forward(books.stream()[-1:])
    # Then
    told = json.loads(queued["body"])
    assert (told["subject"], told["version"], told["facts"]["status"]) == (A, 2, "CONFIRMED")
    assert set(told["facts"]) == {"userId", "status", "currency", "total", "refunded", "units"}, "no address travels"
    assert last == []


def test_streams_and_queues_that_deliver_twice_and_late_change_nothing(books: Books) -> None:
    # Given
    books.add(A)
    books.confirm(A)
    first, second = books.stream()
    # When
    for records in ([second], [first], [first, second], [second]):
        assert books.count(books.forward(records) * 2) == []
    # Then
    assert books.recount().verify() == []
    assert as_admin(get_analytics.handler, query=RANGE).body["totals"]["ordersByStatus"] == {"CONFIRMED": 1}


def test_an_order_that_is_removed_by_hand_is_counted_no_more(books: Books) -> None:
    books.add(A)
    books.count(books.forward())
    aws.client("dynamodb").delete_item(TableName=books.orders, Key={"orderId": {"S": A}})
    assert books.count(books.forward(books.stream()[-1:])) == []
    assert as_admin(get_analytics.handler, query=RANGE).body["totals"]["orders"] == 0
    assert books.recount().verify() == []


def test_a_record_that_cannot_be_read_waits_in_the_queue_and_keeps_nothing_else_waiting(books: Books) -> None:
    # Given
    books.add(A)
    broken = {"eventID": "event-1", "dynamodb": {"Keys": {"orderId": {"S": B}}, "NewImage": {"orderId": {"S": B}}}}
    # When
    queued = books.forward([broken, *books.stream()])
    # Then
    [bad] = [each for each in queued if "unreadable" in each["body"]]
    assert json.loads(bad["body"]) == {
        "record": "event-1",
        "keys": {"orderId": {"S": B}},
        "unreadable": "KeyError: 'shippingAddress'",
    }
    assert books.count(queued) == [bad["messageId"]]
    assert books.recount().verify() == []


def test_only_what_cannot_be_counted_comes_back(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a row that would outgrow DynamoDB's 400 KB
    dynamodb = aws.client("dynamodb")
    write = dynamodb.transact_write_items

    def refused(**request: Any) -> Any:
        if any(B in json.dumps(item) for item in request["TransactItems"]):
            reasons = [{"Code": "ValidationError", "Message": "Item size to update has exceeded the maximum"}]
            error = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(error, "TransactWriteItems")
        return write(**request)

    monkeypatch.setattr(dynamodb, "transact_write_items", refused)
    records = [{"messageId": name, "body": change(order_id=name).as_message()} for name in (A, B, C)]
    # When / Then
    assert books.count(records) == [B]
    assert as_admin(get_analytics.handler, query=RANGE).body["totals"]["orders"] == 2


def test_a_table_that_is_down_keeps_every_message(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    def throttled(**_request: Any) -> Any:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "TransactWriteItems")

    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    monkeypatch.setattr("orderflow.analytics.counting._FIRST_PAUSE", 0)
    monkeypatch.setattr(aws.client("dynamodb"), "transact_write_items", throttled)
    assert books.count([{"messageId": "m-1", "body": change(order_id=A).as_message()}]) == ["m-1"]


def test_what_the_queue_does_not_take_of_a_batch_is_sent_again() -> None:
    sent: list[list[str]] = []

    def partly(QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803 - boto3's names
        sent.append([entry["MessageBody"] for entry in Entries])
        return {"Failed": [{"Id": Entries[-1]["Id"]}] if len(sent) == 1 else []}

    SqsChangeQueue(SimpleNamespace(send_message_batch=partly), "url").send([f"m{n}" for n in range(12)])
    assert sent == [[f"m{n}" for n in range(10)], ["m9"], ["m10", "m11"]]


@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "Send"),
        ClientError({"Error": {"Code": "InternalError"}, "ResponseMetadata": {"HTTPStatusCode": 500}}, "Send"),
        ConnectTimeoutError(endpoint_url="https://sqs"),
        None,
    ],
)
def test_a_queue_that_does_not_take_changes_fails_the_batch_so_that_the_stream_keeps_it(failure) -> None:
    def down(**request: Any) -> dict[str, Any]:
        if failure:
            raise failure
        return {"Failed": [{"Id": entry["Id"]} for entry in request["Entries"]]}

    with pytest.raises(ChangeQueueUnavailableError):
        SqsChangeQueue(SimpleNamespace(send_message_batch=down), "url").send(["m1"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "January"}, "from"),
        ({"to": "2026-02-30"}, "to"),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "from"),
        ({"from": "2026-01-01", "to": "2026-02-01"}, "from"),
        ({"mine": "yes"}, "mine"),
        ({"currency": "euro"}, "currency"),
    ],
)
def test_what_is_asked_wrongly_is_a_400_that_names_the_field(books: Books, query: dict[str, str], field: str) -> None:
    answer = call(get_analytics.handler, user="customer-1", query=query)
    assert (answer.status, answer.fields) == (400, [field])


def test_without_parameters_the_last_thirty_days_are_told(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_analytics, "utc_now", lambda: datetime(2026, 1, 31, 23, 59, tzinfo=UTC))
    answer = call(get_analytics.handler, user="customer-1")
    assert (answer.body["from"], answer.body["to"], len(answer.body["days"])) == ("2026-01-02", "2026-01-31", 30)


def test_without_a_token_nothing_is_told(books: Books) -> None:
    assert call(get_analytics.handler).status == 401


def test_a_month_costs_32_queries_of_a_unit_or_less_however_many_orders_there_were(books: Books) -> None:
    # Given
    for number in range(40):
        books.count([{"messageId": "m", "body": change(order_id=f"order-{number}").as_message()}])
    asked: list[float] = []
    dynamodb, query = aws.client("dynamodb"), aws.client("dynamodb").query

    def watched(**request: Any) -> Any:
        answer = query(**request, ReturnConsumedCapacity="TOTAL")
        asked.append(answer["ConsumedCapacity"]["CapacityUnits"])
        return answer

    dynamodb.query = watched
    # When
    as_admin(get_analytics.handler, query={"from": "2026-01-01", "to": "2026-01-31"})
    # Then
    assert len(asked) == 32
    assert max(asked) <= 1
