"""Orders that stopped moving, on the running system: the sweeper makes them finish, once."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orderflow.orders.cancellation_store import DynamoCancellationStore
from orderflow.orders.cancelling import Cancellation
from orderflow.orders.intake import NewOrder
from orderflow.orders.order import Address, HistoryEntry, Order, OrderLine, StatusReason
from orderflow.orders.order_records import to_record
from orderflow.orders.order_store import DynamoOrderStore
from orderflow.orders.status import Actor, OrderStatus
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import from_item, to_item
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.trail import Author
from tests.e2e.shop import Shop

PRODUCT, PRICE, QUANTITY = "ITEM001", 1999, 2
NO_REASON = {"code": "CANCELLED_BY_CUSTOMER", "message": "The customer cancelled the order."}
EXPIRED = "2026-01-01T00:00:00.000Z"


@pytest.fixture
def world(stack) -> Iterator["World"]:
    """Give the world with its schedule paused: each test says itself when the sweeper runs."""
    scheduler = stack.client("scheduler")
    name = stack.output("function_names")["sweep_orders"]
    schedule = scheduler.get_schedule(Name=name)
    given = {
        key: schedule[key] for key in ("Name", "Description", "FlexibleTimeWindow", "ScheduleExpression", "Target")
    }
    scheduler.update_schedule(**given, State="DISABLED")
    yield World(stack)
    scheduler.update_schedule(**given, State="ENABLED")


class World:
    """What the sweeper sees and what a customer does not."""

    def __init__(self, stack: Any) -> None:
        self.stack = stack
        self.dynamodb = stack.client("dynamodb")

    def invoke(self, function: str, payload: dict[str, Any]) -> Any:
        name = self.stack.output("function_names")[function]
        answer = self.stack.client("lambda").invoke(FunctionName=name, Payload=json.dumps(payload))
        result = json.load(answer["Payload"])
        assert "FunctionError" not in answer, result
        return result

    def sweep(self) -> dict[str, int]:
        return self.invoke("sweep_orders", {})

    def pay(self, given: dict[str, str]) -> None:
        """Run the payment workflow as an order's own does, and wait for the capture."""
        machine, payment_id = self.stack.output("payment_state_machine_arn"), f"pay_{given['orderId']}"
        self.stack.client("stepfunctions").start_execution(
            stateMachineArn=machine, name=given["orderId"], input=json.dumps(given)
        )
        wait_until(lambda: self.row("payments", "paymentId", payment_id).get("status") == "CAPTURED")

    def row(self, table: str, key: str, value: str) -> dict[str, Any]:
        name = self.stack.output(f"{table}_table_name")
        answer = self.dynamodb.get_item(TableName=name, Key=to_item({key: value}), ConsistentRead=True)
        return from_item(answer.get("Item", {}))

    def everything_of(self, order_id: str) -> dict[str, Any]:
        machine = self.stack.output("order_state_machine_arn")
        executions = self.stack.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
        return {
            "order": self.row("orders", "orderId", order_id),
            "payment": self.row("payments", "paymentId", f"pay_{order_id}"),
            "reservation": self.row("reservations", "orderId", order_id),
            "stock": self.row("stock", "productId", PRODUCT),
            "executions": sorted(e["name"] for e in executions if e["name"].startswith(order_id)),
        }

    def put_order(self, customer: Shop, **facts: Any) -> str:
        """Store an order as an intake that died before it queued it, an hour ago."""
        at = iso(datetime.now(UTC) - timedelta(hours=1))
        order = Order(
            order_id=new_ulid(),
            user_id=str(customer.user_id),
            lines=(OrderLine(PRODUCT, "Test Item Alpha", QUANTITY, PRICE),),
            currency="EUR",
            shipping_address=Address("456 Test Ave", "CmdVille", "98765", "DE"),
            history=(HistoryEntry(OrderStatus.PENDING, at, "customer"),),
            created_at=at,
            updated_at=at,
        )
        record = {**to_record(NewOrder(order, "stopped", "sandbox_approve")), **facts}
        self.dynamodb.put_item(TableName=self.stack.output("orders_table_name"), Item=to_item(record))
        return order.order_id

    def let_time_pass(self, order_id: str) -> None:
        """Make the order due for a look, as a quarter of an hour would."""
        self.dynamodb.update_item(
            TableName=self.stack.output("orders_table_name"),
            Key=to_item({"orderId": order_id}),
            UpdateExpression="SET checkAfter = :expired",
            ConditionExpression="attribute_exists(openGroup)",
            ExpressionAttributeValues=to_item({":expired": EXPIRED}),
        )


def wait_until(condition: Callable[[], Any], within_seconds: float = 30) -> None:
    deadline = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_seconds} s"
        time.sleep(0.05)


def test_an_order_that_was_never_queued_is_confirmed_after_a_sweep_and_a_second_sweep_changes_nothing(
    customer: Shop, world: World
) -> None:
    # Given intake died between the table and the queue
    available = customer.stock_of(PRODUCT)
    order_id = world.put_order(customer)
    # When
    assert world.sweep() == {"NOT_PICKED_UP": 1}
    # Then
    assert customer.finished(order_id)["status"] == "CONFIRMED"
    assert customer.stock_of(PRODUCT) == available - QUANTITY
    after = world.everything_of(order_id)
    assert {"openGroup", "checkAfter"}.isdisjoint(after["order"])
    assert world.sweep() == {}
    assert world.everything_of(order_id) == after


def test_an_order_whose_execution_was_stopped_fails_with_stock_and_payment_given_back(
    customer: Shop, world: World
) -> None:
    # Given an order whose provider does not answer, stopped by somebody while its payment is tried
    available = customer.stock_of(PRODUCT)
    answer = customer.order((PRODUCT, QUANTITY), token="sandbox_timeout")
    order_id = answer.json()["orderId"]
    wait_until(lambda: world.row("payments", "paymentId", f"pay_{order_id}"))
    execution = world.row("orders", "orderId", order_id)["executionArn"]
    world.stack.client("stepfunctions").stop_execution(executionArn=execution)
    assert customer.stock_of(PRODUCT) == available - QUANTITY
    # When
    world.let_time_pass(order_id)
    assert world.sweep() == {"ABANDONED": 1}
    # Then
    order = customer.finished(order_id)
    assert (order["status"], order["statusReason"]["code"]) == ("FAILED", "PROCESSING_INTERRUPTED")
    after = world.everything_of(order_id)
    assert (after["payment"]["status"], after["reservation"]["status"]) == ("VOIDED", "RELEASED")
    assert customer.stock_of(PRODUCT) == available
    assert after["executions"] == [order_id, f"{order_id}-repair-1"]
    assert world.sweep() == {}
    assert world.everything_of(order_id) == after


def test_a_captured_payment_of_an_order_whose_execution_is_gone_is_refunded(customer: Shop, world: World) -> None:
    # Given an order that is reserved and paid, held by an execution that nobody knows any more
    available = customer.stock_of(PRODUCT)
    gone = world.stack.output("order_state_machine_arn").replace(":stateMachine:", ":execution:") + ":gone"
    order_id = world.put_order(customer, status="PROCESSING", executionArn=gone)
    stored = to_item(world.row("orders", "orderId", order_id))
    step = {"orderId": order_id, "correlationId": "stopped"}
    world.invoke("reserve_stock", {**step, "lines": stored["items"]["L"]})
    world.pay({**step, "requestedBy": "order", "amount": stored["total"]["N"], "currency": "EUR"})
    assert customer.stock_of(PRODUCT) == available - QUANTITY
    # When
    assert world.sweep() == {"ABANDONED": 1}
    # Then
    order = customer.finished(order_id)
    assert (order["status"], order["statusReason"]["code"]) == ("FAILED", "PROCESSING_INTERRUPTED")
    after = world.everything_of(order_id)
    assert (after["payment"]["status"], after["reservation"]["status"]) == ("REFUNDED", "RELEASED")
    assert customer.stock_of(PRODUCT) == available
    assert world.sweep() == {}
    assert world.everything_of(order_id) == after


def test_an_order_whose_execution_runs_is_left_alone(customer: Shop, world: World) -> None:
    # Given an order that is still being tried
    order_id = customer.order((PRODUCT, 1), token="sandbox_timeout").json()["orderId"]
    wait_until(lambda: world.row("payments", "paymentId", f"pay_{order_id}"))
    world.let_time_pass(order_id)
    # When / Then
    assert world.sweep() == {"RUNNING": 1}
    order = customer.finished(order_id)
    assert (order["status"], order["statusReason"]["code"]) == ("FAILED", "TECHNICAL_FAILURE")


def test_sample_orders_of_a_seed_are_placed_once_and_finish(admin: Shop, world: World) -> None:
    # Given / When the same seed runs twice
    event = {"seed": new_ulid(), "count": 3}
    first = world.invoke("generate_orders", event)
    second = world.invoke("generate_orders", event)
    # Then
    assert first == second
    assert (len(set(first["orderIds"])), first["refused"]) == (3, 0)
    orders = [admin.finished(order_id) for order_id in first["orderIds"]]
    assert {order["userId"] for order in orders} == {"generator"}
    assert {order["status"] for order in orders} <= {"CONFIRMED", "REJECTED"}


def test_a_cancelled_order_whose_cancellation_ended_too_early_is_given_back_after_a_sweep(
    customer: Shop, world: World
) -> None:
    # Given a confirmed order that is cancelled, and the execution of its cancellation over without having given back
    available = customer.stock_of(PRODUCT)
    order_id = str(customer.order((PRODUCT, QUANTITY)).json()["orderId"])
    assert customer.finished(order_id)["status"] == "CONFIRMED"
    machine = world.stack.output("order_cancellation_state_machine_arn")
    states = world.stack.client("stepfunctions")
    given = {"orderId": "nothing-to-cancel", "correlationId": "stopped", "by": "customer", "reason": NO_REASON}
    stopped = states.start_execution(stateMachineArn=machine, name=f"cancel-{order_id}", input=json.dumps(given))
    wait_until(lambda: states.describe_execution(executionArn=stopped["executionArn"])["status"] != "RUNNING")
    orders, trail = (world.stack.output(f"{table}_table_name") for table in ("orders", "audit_trail"))
    read = DynamoOrderStore(world.dynamodb, orders).find(order_id)
    assert read is not None
    DynamoCancellationStore(world.dynamodb, orders, author=Author(trail, read.user_id, "stopped")).cancel(
        read, Cancellation(order_id, Actor.CUSTOMER, StatusReason(**NO_REASON), "stopped"), datetime.now(UTC)
    )
    assert customer.stock_of(PRODUCT) == available - QUANTITY
    # When
    assert world.sweep() == {"ABANDONED": 1}
    # Then
    wait_until(lambda: world.row("orders", "orderId", order_id).get("cancellation") == "COMPLETE")
    after = world.everything_of(order_id)
    assert {"openGroup", "checkAfter"}.isdisjoint(after["order"])
    assert (after["payment"]["status"], after["reservation"]["status"]) == ("REFUNDED", "RELEASED")
    assert customer.stock_of(PRODUCT) == available
    assert world.sweep() == {}
    assert world.everything_of(order_id) == after
