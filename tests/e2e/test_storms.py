"""Storms: each order ends once, whatever happens, and afterwards the doctor has nothing to say.

More buyers than pieces, messages that come three times, one request fifty times at once, a stop and a start in the
middle, cancelling against paying.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
import requests

from orderflow.runtime.dynamo import from_item, to_item
from tests.e2e.orderflow_command import Orderflow
from tests.e2e.shop import Shop
from tests.support.contract_document import document
from tools import bench_storm
from tools.target import Target

BUYERS, PIECES = 200, 10
TRIPLED, REPEATS, RACES, RESTARTED = 20, 50, 100, 30
THREADS = 4
LONG_AGO = "2026-01-01T00:00:00.000Z"


class Storm:
    """What the tables and machines say of the orders of one storm."""

    def __init__(self, stack: Any) -> None:
        self.stack = stack
        self.dynamodb = stack.client("dynamodb")

    def orders(self, count: int, *line: Any, shop: Shop) -> list[str]:
        """Place orders of one line at once, as fast as the machine bears, and wait until they have ended."""

        def place(_: int) -> str:
            answer = shop.order(line)
            assert answer.status_code == 202, answer.text
            return answer.json()["orderId"]

        at = self.target()
        _, order_ids = bench_storm.burst(place, count, bench_storm.WINDOW, lambda ids: bench_storm.open_orders(at, ids))
        self.stack.wait_until_idle()
        return order_ids

    def target(self) -> Target:
        return Target(self.stack.local.outputs(), self.stack.local.endpoint)

    def over(self, order_ids: list[str], within_seconds: float = 120) -> None:
        """Wait until no order is open and no execution runs."""
        shop, deadline = self.target(), time.monotonic() + within_seconds
        while left := bench_storm.open_orders(shop, set(order_ids)):
            assert time.monotonic() < deadline, f"{left} of {len(order_ids)} orders are still open"
            time.sleep(0.5)
        self.stack.wait_until_idle()

    def row(self, table: str, **key: str) -> dict[str, Any]:
        name = self.stack.output(f"{table}_table_name")
        answer = self.dynamodb.get_item(TableName=name, Key=to_item(key), ConsistentRead=True)
        return from_item(answer.get("Item", {}))

    def statuses(self, order_ids: list[str]) -> Counter[str]:
        return Counter(self.row("orders", orderId=order_id)["status"] for order_id in order_ids)

    def executions(self, order_ids: list[str]) -> Counter[str]:
        pages = self.stack.client("stepfunctions").get_paginator("list_executions")
        listed = pages.paginate(stateMachineArn=self.stack.output("order_state_machine_arn"))
        names = [execution["name"][:26] for page in listed for execution in page["executions"]]
        return Counter(name for name in names if name in set(order_ids))

    def charges(self, order_id: str) -> int:
        """Return how often the order's payment was taken."""
        history = self.row("payments", paymentId=f"pay_{order_id}").get("history", [])
        return [move["status"] for move in history].count("CAPTURED")

    def queue(self, order_id: str) -> None:
        """Deliver the order's message once more."""
        body = {"orderId": order_id, "correlationId": self.row("orders", orderId=order_id)["correlationId"]}
        self.stack.client("sqs").send_message(
            QueueUrl=self.stack.output("order_queue_url"), MessageBody=json.dumps(body)
        )


@pytest.fixture
def told(capsys) -> Callable[[str, float], None]:
    """Print a storm's figures for whoever runs the tests."""

    def tell(what: str, begun: float) -> None:
        with capsys.disabled():
            print(f"\n  {what}, {time.monotonic() - begun:.1f} s", end=" ")  # noqa: T201 - figures are asked for

    return tell


@pytest.fixture
def storm(stack, orderflow: Orderflow) -> Iterator[Storm]:
    """A storm on an idle shop; after it the doctor must be content."""
    stack.wait_until_idle()
    yield Storm(stack)
    stack.wait_until_idle()
    assert orderflow.findings() == set()


def test_of_two_hundred_buyers_exactly_as_many_are_served_as_there_are_pieces(
    storm: Storm, customer: Shop, admin: Shop, told
) -> None:
    # Given ten pieces
    stock = admin.post("/products/LIMITED-1/stock", {"set": PIECES, "reason": "a storm begins"})
    assert stock.status_code == 200, stock.text
    begun = time.monotonic()
    # When two hundred want one each, at once
    order_ids = storm.orders(BUYERS, "LIMITED-1", 1, shop=customer)
    # Then
    ends = storm.statuses(order_ids)
    told(f"{BUYERS} buyers for {PIECES} pieces: {dict(ends)}", begun)
    assert ends == {"CONFIRMED": PIECES, "REJECTED": BUYERS - PIECES}
    assert customer.stock_of("LIMITED-1") == 0
    assert admin.post("/products/LIMITED-1/stock", {"set": PIECES, "reason": "the storm is over"}).status_code == 200


def test_messages_that_come_three_times_give_one_execution_one_charge_and_one_notice(
    storm: Storm, customer: Shop, inbox, told
) -> None:
    # Given / When each message comes once more while its order is on its way, and once when it is over
    before, begun = customer.stock_of("test_1"), time.monotonic()
    order_ids = []
    for _ in range(TRIPLED):
        order_ids.append(customer.order(("test_1", 1)).json()["orderId"])
        storm.queue(order_ids[-1])
    storm.over(order_ids)
    for order_id in order_ids:
        storm.queue(order_id)
    notices = inbox.all_about(set(order_ids))
    # Then
    told(f"{TRIPLED} orders, each message three times: {len(notices)} notices", begun)
    assert storm.statuses(order_ids) == {"CONFIRMED": TRIPLED}
    assert storm.executions(order_ids) == Counter(order_ids)
    assert {storm.charges(order_id) for order_id in order_ids} == {1}
    assert Counter(notice["eventId"] for notice in notices) == Counter(f"{each}#CONFIRMED" for each in order_ids)
    assert customer.stock_of("test_1") == before - TRIPLED


def test_one_request_sent_fifty_times_at_once_is_one_order(storm: Storm, customer: Shop, told) -> None:
    # Given
    before, begun, key = customer.stock_of("test_1"), time.monotonic(), uuid4().hex
    said: Counter[int] = Counter()

    def until_accepted(_: int) -> requests.Response:
        deadline = time.monotonic() + 90
        while True:
            answer = customer.order(("test_1", 1), headers={"Idempotency-Key": key})
            said[answer.status_code] += 1
            # 502 and 504 are the gateway's: fifty processes at once, and some are not up in time.
            if answer.status_code not in (409, 502, 504):
                return answer
            assert answer.status_code != 409 or int(answer.headers["Retry-After"]) >= 1
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.2)

    # When
    with ThreadPoolExecutor(REPEATS) as pool:
        answers = list(pool.map(until_accepted, range(REPEATS)))
    # Then
    told(f"one request {REPEATS} times at once: {dict(said)}", begun)
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}
    order_id = answers[0].json()["orderId"]
    storm.over([order_id])
    assert [order["orderId"] for order in customer.get("/orders").json()["items"]] == [order_id]
    assert (storm.executions([order_id]), storm.charges(order_id)) == ({order_id: 1}, 1)
    assert customer.stock_of("test_1") == before - 1


def test_a_stop_in_the_middle_and_a_start_lose_no_order(storm: Storm, customer: Shop, told) -> None:
    # Given orders at every stage of their way
    before, begun = customer.stock_of("test_1"), time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda _: customer.order(("test_1", 1)), range(RESTARTED)))
    order_ids = [answer.json()["orderId"] for answer in answers]
    # When everything stops and starts again, and the sweeper looks as it does a quarter of an hour later
    storm.stack.restart({})
    storm = Storm(storm.stack)
    interrupted = storm.statuses(order_ids)
    deadline = time.monotonic() + 120
    sweeper = storm.stack.output("function_names")["sweep_orders"]
    while storm.statuses(order_ids).keys() & {"PENDING", "PROCESSING"}:
        assert time.monotonic() < deadline, storm.statuses(order_ids)
        for order_id in order_ids:
            due(storm, order_id)
        answer = storm.stack.client("lambda").invoke(FunctionName=sweeper, Payload=b"{}")
        assert "FunctionError" not in answer, answer["Payload"].read()
        time.sleep(2)
    # Then
    storm.over(order_ids)
    ends = storm.statuses(order_ids)
    told(f"{RESTARTED} orders and a restart: {dict(interrupted)} became {dict(ends)}", begun)
    assert ends.keys() <= {"CONFIRMED", "FAILED"}
    assert {storm.charges(order_id) for order_id in order_ids} <= {0, 1}
    assert customer.stock_of("test_1") == before - ends["CONFIRMED"]


def test_cancelling_races_with_paying_and_exactly_one_of_them_wins(storm: Storm, customer: Shop, told) -> None:
    # Given a hundred orders, each cancelled at a moment of its own while its workflow (and its owner) pays
    before, begun = customer.stock_of("test_1"), time.monotonic()
    owner_pays = "/pay" in document()["paths"]
    pause = random.Random(7)
    pauses = [pause.uniform(0, 1.5) for _ in range(RACES)]

    def race(number: int) -> tuple[str, int]:
        order_id = customer.order(("test_1", 1)).json()["orderId"]
        with ThreadPoolExecutor(1) as beside:
            if owner_pays:
                headers = {"Idempotency-Key": uuid4().hex}
                paying = beside.submit(customer.post, "/pay", {"orderId": order_id}, headers=headers)
            time.sleep(pauses[number])
            cancelled = customer.call("DELETE", f"/orders/{order_id}").status_code
            if owner_pays:
                assert paying.result().status_code in (200, 202, 409, 422), paying.result().text
        return order_id, cancelled

    # When
    with ThreadPoolExecutor(THREADS) as pool:
        answers = dict(pool.map(race, range(RACES)))
    storm.over(list(answers))
    # Then each is cancelled with everything given back, or confirmed and paid: never both, never neither
    ends = Counter(end_of(storm, order_id) for order_id in answers)
    told(f"{RACES} cancellations against payments: {dict(ends)}, answers {dict(Counter(answers.values()))}", begun)
    assert set(answers.values()) <= {202, 409}
    assert ends.keys() <= {"cancelled, nothing taken", "cancelled, given back", "confirmed and paid"}
    assert ends["confirmed and paid"] == list(answers.values()).count(409)
    assert customer.stock_of("test_1") == before - ends["confirmed and paid"]


def end_of(storm: Storm, order_id: str) -> str:
    order = storm.row("orders", orderId=order_id)
    payment = storm.row("payments", paymentId=f"pay_{order_id}")
    reservation = storm.row("reservations", orderId=order_id)["status"]
    match order["status"], order.get("cancellation"), payment.get("status"), reservation:
        case "CANCELLED", "COMPLETE", "REFUNDED", "RELEASED" if order["refunded"] == order["total"]:
            return "cancelled, given back"
        case "CANCELLED", "COMPLETE", "VOIDED", "RELEASED" if order["refunded"] == 0:
            return "cancelled, nothing taken"
        case "CONFIRMED", None, "CAPTURED", "RESERVED":
            return "confirmed and paid"
    return f"{order['status']} {order.get('cancellation')}, {payment.get('status')}, {reservation}"


def due(storm: Storm, order_id: str) -> None:
    """Make an open order due for a look."""
    with suppress(storm.dynamodb.exceptions.ConditionalCheckFailedException):  # it has ended
        storm.dynamodb.update_item(
            TableName=storm.stack.output("orders_table_name"),
            Key=to_item({"orderId": order_id}),
            UpdateExpression="SET checkAfter = :past",
            ConditionExpression="attribute_exists(openGroup)",
            ExpressionAttributeValues=to_item({":past": LONG_AGO}),
        )
