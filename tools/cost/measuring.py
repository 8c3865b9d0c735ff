"""What a run of orders used, read from where AWS would meter it: the functions' calls, logs and execution histories."""

import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from orderflow.payments.payment import payment_id_of
from tools.cost.metering import Meter, expression
from tools.cost.units import Index, Item, Read, Write, read_units, size_of, write_units
from tools.shop_client import Shop
from tools.target import Target
from tools.terminal import ToolError

SETTLE_SECONDS = 300
_THREADS = 4
_LINES = [{"productId": "ITEM001", "quantity": 1}, {"productId": "ITEM002", "quantity": 2}]
_REPORT = re.compile(r"REPORT RequestId: .*?Billed Duration: ([\d.]+) ms")
# One ReceiveMessage and one DeleteMessageBatch for each batch that Lambda's poller hands over.
_POLLER_REQUESTS = 2
_CONSUMERS = ("start_order_workflow", "count_changes")
_COUNTED_SECONDS = 3  # from the last change of an order to its counters, and to the last function's log line


@dataclass
class Measured:
    """What the orders used, by the keys of the price list; `functions` has invocations and seconds for the reader."""

    orders: int
    used: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    functions: dict[str, tuple[int, float]] = field(default_factory=dict)
    states: Counter[str] = field(default_factory=Counter)


class Machines:
    """The state machines of a shop: their executions of some orders, and what their states do."""

    def __init__(self, shop: Target) -> None:
        self._client = shop.client("stepfunctions")
        arns = [arn for name, arn in shop.outputs.items() if name.endswith("_state_machine_arn")]
        told = [self._client.describe_state_machine(stateMachineArn=arn) for arn in arns]
        self._states = {each["stateMachineArn"]: json.loads(each["definition"])["States"] for each in told}

    def of_orders(self, order_ids: Iterable[str]) -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
        """Return order id, states and events of each execution whose name tells that it is about one of the orders."""
        wanted = set(order_ids)
        for arn, states in self._states.items():
            for page in self._client.get_paginator("list_executions").paginate(stateMachineArn=arn):
                for execution in page["executions"]:
                    named = re.search(r"[0-9A-HJKMNP-TV-Z]{26}", execution["name"])
                    if named and named[0] in wanted:
                        pages = self._client.get_paginator("get_execution_history").paginate(
                            executionArn=execution["executionArn"], includeExecutionData=False
                        )
                        yield named[0], states, [event for page in pages for event in page["events"]]


def place(customer: Shop, count: int) -> list[str]:
    """Place orders of two lines, a few at a time, and return their ids."""
    with ThreadPoolExecutor(_THREADS) as pool:
        return [answer["orderId"] for answer in pool.map(lambda _: customer.order(_LINES), range(count))]


def settle(shop: Target, order_ids: Iterable[str]) -> None:
    """Wait until none of the orders is open and no execution runs."""
    dynamodb, states = shop.client("dynamodb"), shop.client("stepfunctions")
    machines = [arn for name, arn in shop.outputs.items() if name.endswith("_state_machine_arn")]
    wanted, deadline = set(order_ids), time.monotonic() + SETTLE_SECONDS
    while True:
        pages = dynamodb.get_paginator("query").paginate(
            TableName=shop.outputs["orders_table_name"],
            IndexName="by-open",
            KeyConditionExpression="openGroup = :open",
            ExpressionAttributeValues={":open": {"S": "open"}},
        )
        waiting = wanted & {item["orderId"]["S"] for page in pages for item in page["Items"]}
        running = any(
            states.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"] for arn in machines
        )
        if not waiting and not running:
            return
        if time.monotonic() > deadline:
            raise ToolError(f"{len(waiting)} orders have not ended after {SETTLE_SECONDS} s: {sorted(waiting)[:5]}")
        time.sleep(0.5)


def measure(shop: Target, customer: Shop, meter: Meter, count: int) -> Measured:
    """Run `count` orders from the request to the notice and return what they used; the shop must be warm and idle."""
    meter.reset()
    since = int(time.time() * 1000)
    order_ids = place(customer, count)
    settle(shop, order_ids)
    time.sleep(_COUNTED_SECONDS)
    measured = Measured(count)
    measured.used["apigateway-request"] = count
    accesses = list(meter.accesses)
    accesses += _count_machines(shop, order_ids, measured)
    if (confirmed := measured.states["OrderConfirmed"]) != count:
        raise ToolError(f"Only {confirmed} of {count} orders were confirmed, so this says nothing; see `make ops`.")
    _count_functions(shop, since, measured)
    measured.used["sqs-request"] += meter.calls["sqs:SendMessage"] + meter.calls["sqs:SendMessageBatch"]
    for consumer in _CONSUMERS:
        measured.used["sqs-request"] += _POLLER_REQUESTS * measured.functions.get(consumer, (0, 0))[0]
    count_units(Tables(shop), accesses, measured)
    return measured


def _count_machines(shop: Target, order_ids: list[str], measured: Measured) -> Iterator[Read | Write]:
    """Count states entered and retried, and return what they asked of DynamoDB."""
    for order_id, states, events in Machines(shop).of_orders(order_ids):
        entered = ""
        attempts = 0
        for event in events:
            if event["type"].endswith("StateEntered"):
                entered, attempts = event["stateEnteredEventDetails"]["name"], 0
                measured.used["stepfunctions-transition"] += 1
                measured.states[entered] += 1
            elif event["type"] in ("TaskScheduled", "LambdaFunctionScheduled"):
                attempts += 1
                measured.used["stepfunctions-transition"] += attempts > 1
                yield from _task(states[entered], order_id, measured)


def _task(state: dict[str, Any], order_id: str, measured: Measured) -> Iterator[Read | Write]:
    resource, asked = state["Resource"].rpartition(":::")[2], state.get("Parameters", {})
    match resource:
        case "sns:publish":
            measured.used["sns-publish"] += 1
        case "aws-sdk:cloudwatch:putMetricData":
            measured.used["cloudwatch-put-metric-data"] += 1
        case "dynamodb:getItem":
            yield Read(asked["TableName"], (_key(asked, order_id),), 1 if asked.get("ConsistentRead") else 0.5)
        case "dynamodb:updateItem":
            yield Write(asked["TableName"], _key(asked, order_id), expression=expression(asked))
        case told if told.startswith("dynamodb:"):
            raise ToolError(f"{told} in a workflow is not known here: teach tools/cost/measuring.py to count it.")


def _key(asked: dict[str, Any], order_id: str) -> dict[str, Any]:
    """Return the key that a state's parameters stand for: the order's, or that of its first payment."""
    [name] = asked["Key"]
    return {name: {"S": payment_id_of(order_id) if name == "paymentId" else order_id}}


def _count_functions(shop: Target, since: int, measured: Measured) -> None:
    logs, functions = shop.client("logs"), shop.client("lambda")
    for key, name in shop.outputs["function_names"].items():
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{name}", startTime=since)
        lines = [event["message"] for page in pages for event in page["events"]]
        reports = [float(found[1]) for line in lines if (found := _REPORT.search(line))]
        if not reports:
            continue
        settings = functions.get_function_configuration(FunctionName=name)
        seconds = sum(reports) / 1000
        measured.functions[key] = (len(reports), seconds)
        measured.used["lambda-request"] += len(reports)
        [architecture] = settings.get("Architectures", ["x86_64"])
        measured.used[f"lambda-gb-second-{architecture}"] += seconds * settings["MemorySize"] / 1024
        measured.used["logs-gb"] += sum(len(line.encode()) for line in lines) / 1e9


def count_units(tables: "Tables", accesses: Iterable[Read | Write], measured: Measured) -> None:
    for access in accesses:
        if isinstance(access, Write):
            item = tables.item(access.table, access.key)
            measured.used["dynamodb-write-unit"] += write_units(access, item, tables.indexes(access.table))
        else:
            sizes = [tables.size(access.table, key) for key in access.keys]
            measured.used["dynamodb-read-unit"] += read_units(sizes, access.consistency)


class Tables:
    """The shop's tables as they are after the run."""

    def __init__(self, shop: Target) -> None:
        self._client = shop.client("dynamodb")
        self._described: dict[str, Any] = {}
        self._items: dict[tuple[str, str], Item | None] = {}

    def keys_of(self, table: str) -> tuple[str, ...]:
        return tuple(key["AttributeName"] for key in self._describe(table)["KeySchema"])

    def indexes(self, table: str) -> list[Index]:
        return [
            Index(
                tuple(key["AttributeName"] for key in index["KeySchema"]),
                index["Projection"]["ProjectionType"] == "ALL",
            )
            for index in self._describe(table).get("GlobalSecondaryIndexes", [])
        ]

    def item(self, table: str, key: Item) -> Item | None:
        place = (table, json.dumps(key, sort_keys=True))
        if place not in self._items:
            self._items[place] = self._client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        return self._items[place]

    def size(self, table: str, key: Item) -> int:
        item = self.item(table, key)
        return size_of(item) if item else 0

    def _describe(self, table: str) -> Any:
        if table not in self._described:
            self._described[table] = self._client.describe_table(TableName=table)["Table"]
        return self._described[table]
