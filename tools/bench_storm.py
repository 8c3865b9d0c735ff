"""A burst of orders while AWS calls fail: `python -m tools.bench_storm [--orders 5000] [--faults 0.05]`.

In one run and under the same faults, first as many orders whose workflow is a single Pass state, then real ones: what
the workflow itself costs. Each accepted order must end, once, and the doctor must be content.
"""

import functools
import itertools
import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import click

from tools import bench_api, record
from tools.faults import Faults
from tools.ops.desk import desk_at
from tools.paths import STACKS
from tools.shop_client import Shop
from tools.stack import Stack
from tools.target import Target
from tools.terminal import ToolError, out, run_tool
from tools.watched import watched

BAR = 4.0
CONFIRMED_BAR = 0.99  # transient faults are what retries are for
THREADS = bench_api.THREADS
# The emulator starts a process for every call that comes while all of a function's are busy, as Lambda does an
# environment. Two cores bear some dozens, so orders wait for others to end instead of for a slice of the processor.
WINDOW = 12
_END_SECONDS = 3600
_LOOK_SECONDS = 0.2
_FLAKY = 0.05  # of the orders: their provider fails twice, then approves
_PASS = {"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}}
_TERMINAL = {"CONFIRMED", "FAILED"}


@dataclass(frozen=True)
class Pace:
    """How long a burst of `orders` took, in seconds since its first request: accepted, 99 % ended, all ended."""

    orders: int
    accepted: float
    most: float
    all: float

    @property
    def rate(self) -> float:
        """Orders per second until 99 % had ended: a message that failed waits for minutes, whatever its workflow."""
        return 0.99 * self.orders / self.most

    def told(self, what: str) -> str:
        return (
            f"{what}: {self.orders} accepted after {self.accepted:.1f} s, 99 % ended after {self.most:.1f} s "
            f"({self.rate:.1f}/s), all after {self.all:.1f} s"
        )


def _placed(customer: Shop, number: int) -> str:
    is_flaky = random.Random(number).random() < _FLAKY
    more = {"paymentMethod": {"token": "sandbox_rate_limited"}} if is_flaky else {}
    return customer.order_for_sure([{"productId": "test_1", "quantity": 1}], **more)


def burst(
    place: Callable[[int], str], count: int, window: int, open_ones: Callable[[set[str]], int]
) -> tuple[Pace, list[str]]:
    """Place `count` orders as fast as at most `window` open ones allow, wait for the last; returns pace and ids.

    `place` gets a number and returns its order's id; `open_ones` counts which of some orders have work left.
    """
    begun, most, accepted, freed = time.monotonic(), 0.0, 0.0, 0
    placed: list[str] = []
    room = threading.Semaphore(window)

    def place_one(number: int) -> None:
        room.acquire()
        placed.append(place(number))

    pool = ThreadPoolExecutor(THREADS)
    asked = [pool.submit(place_one, number) for number in range(count)]
    try:
        while True:
            known = list(placed)
            ended = len(known) - open_ones(set(known))
            taken = time.monotonic() - begun
            if ended > freed:
                room.release(ended - freed)
                freed = ended
            accepted = accepted or (taken if len(known) == count else 0.0)
            most = most or (taken if ended >= 0.99 * count else 0.0)
            if ended == count:
                return Pace(count, accepted, most, taken), known
            for failed in (each for each in asked if each.done() and each.exception()):
                failed.result()
            if taken > _END_SECONDS:
                raise ToolError(f"{count - ended} of {count} orders have not ended after {_END_SECONDS} s.")
            time.sleep(_LOOK_SECONDS)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        room.release(count)


def open_orders(shop: Target, order_ids: set[str]) -> int:
    """Return how many of the orders have work left."""
    pages = (
        shop.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=shop.outputs["orders_table_name"],
            IndexName="by-open",
            KeyConditionExpression="openGroup = :open",
            ExpressionAttributeValues={":open": {"S": "open"}},
            ProjectionExpression="orderId",
        )
    )
    return len(order_ids & {item["orderId"]["S"] for page in pages for item in page["Items"]})


@contextmanager
def one_pass(shop: Target) -> Iterator[Callable[[set[str]], int]]:
    """Let orders start a workflow of one Pass state; yields what counts the orders whose execution has not ended."""
    states, functions = shop.client("stepfunctions"), shop.client("lambda")
    real = states.describe_state_machine(stateMachineArn=shop.outputs["order_state_machine_arn"])
    starter = shop.outputs["function_names"]["start_order_workflow"]
    settings = functions.get_function_configuration(FunctionName=starter)["Environment"]["Variables"]
    machine = states.create_state_machine(
        name=f"{real['name']}-pass-{uuid.uuid4().hex[:8]}", definition=json.dumps(_PASS), roleArn=real["roleArn"]
    )["stateMachineArn"]

    def start(arn: str) -> None:
        changed = {**settings, "ORDER_STATE_MACHINE_ARN": arn}
        functions.update_function_configuration(FunctionName=starter, Environment={"Variables": changed})

    ended: set[str] = set()
    looks = itertools.count()

    def not_ended(order_ids: set[str]) -> int:
        # Newest first: behind a page of known ones only a straggler may be new, so all are looked at now and then.
        thorough = next(looks) % 20 == 0
        pages = states.get_paginator("list_executions").paginate(stateMachineArn=machine, statusFilter="SUCCEEDED")
        for page in pages:
            found = {execution["name"] for execution in page["executions"]} - ended
            ended.update(found)
            if not found and not thorough:
                break
        return len(order_ids - ended)

    start(machine)
    try:
        yield not_ended
    finally:
        start(settings["ORDER_STATE_MACHINE_ARN"])
        states.delete_state_machine(stateMachineArn=machine)


def forget(shop: Target, order_ids: list[str]) -> None:
    """Remove orders that no real workflow has seen: they hold nothing."""
    dynamodb, table = shop.client("dynamodb"), shop.outputs["orders_table_name"]
    for some in _by(25, order_ids):
        wanted = [{"DeleteRequest": {"Key": {"orderId": {"S": order_id}}}} for order_id in some]
        while wanted:
            wanted = dynamodb.batch_write_item(RequestItems={table: wanted})["UnprocessedItems"].get(table, [])


def _by(most: int, order_ids: list[str]) -> Iterator[list[str]]:
    return (order_ids[first : first + most] for first in range(0, len(order_ids), most))


def problems(shop: Target, order_ids: list[str], sold: int) -> tuple[list[str], Counter[str]]:
    """Return what does not hold of the orders, and how they ended."""
    dynamodb, table = shop.client("dynamodb"), shop.outputs["orders_table_name"]
    statuses: Counter[str] = Counter()
    for some in _by(100, sorted(set(order_ids))):
        keys = [{"orderId": {"S": order_id}} for order_id in some]
        items = dynamodb.batch_get_item(RequestItems={table: {"Keys": keys}})["Responses"][table]
        statuses.update(item["status"]["S"] for item in items)
    runs = bench_api.executions(shop, set(order_ids))
    found = []
    if len(set(order_ids)) != len(order_ids) or statuses.total() != len(order_ids) or statuses.keys() - _TERMINAL:
        found.append(f"{len(order_ids)} accepted, {len(set(order_ids))} ids, statuses {dict(statuses)}")
    if statuses["CONFIRMED"] < CONFIRMED_BAR * len(order_ids):
        found.append(f"only {statuses['CONFIRMED']} of {len(order_ids)} were confirmed")
    if runs != Counter(set(order_ids)):
        found.append(f"{runs.total()} executions for {len(order_ids)} orders")
    if sold != statuses["CONFIRMED"]:
        found.append(f"stock moved by {sold}, and {statuses['CONFIRMED']} orders were confirmed")
    doctor = desk_at(shop).doctor(timedelta(minutes=15))
    found += [f"doctor: {each.rule}: {each.subject}: {each.message}" for each in list(doctor.examine())[:10]]
    return found, statuses


def run(stack: Stack, count: int, share: float, window: int = WINDOW) -> list[str]:
    """Run both bursts on a running stack, print their figures, and return what did not hold."""
    faults = Faults(0.0)
    with watched(stack, faults) as shop:
        customer = bench_api.signed_in(shop.outputs["api_endpoint"])
        place = functools.partial(_placed, customer)
        burst(place, THREADS, window, lambda ids: open_orders(shop, ids))  # functions are warm before it counts
        faults.share = share
        with one_pass(shop) as not_ended:
            bare, order_ids = burst(place, count, window, not_ended)
            forget(shop, order_ids)
        before = bench_api.available(customer)
        whole, order_ids = burst(place, count, window, lambda ids: open_orders(shop, ids))
        faults.share = 0.0
        found, statuses = problems(shop, order_ids, before - bench_api.available(customer))
    ratio = bare.rate / whole.rate
    out.print(bare.told("one Pass state"))
    out.print(whole.told("order_processing"))
    out.print(f"ratio {ratio:.2f}, statuses {dict(statuses)}")
    out.print(f"{faults.spoiled.total()} of {faults.seen} calls spoiled: {dict(sorted(faults.spoiled.items()))}")
    if ratio > BAR:
        found.append(f"an order takes {ratio:.2f} times as long as a workflow of one Pass state; the bar is {BAR}")
    return found


@click.command()
@click.option("--orders", type=click.IntRange(10, 20_000), default=5000, show_default=True)
@click.option("--faults", type=click.FloatRange(0, 0.5), default=0.05, show_default=True, help="Share of AWS calls.")
@click.option("--window", type=click.IntRange(1, 20_000), default=WINDOW, show_default=True, help="Open at a time.")
@click.option("--stack", "name", type=click.Choice(["local", "test"]), default="local", show_default=True)
def bench_storm(orders: int, faults: float, window: int, name: str) -> None:
    """A burst of orders with faults, beside one of a workflow of one Pass state."""
    with record.locked(STACKS / name):
        found = run(Stack(name), orders, faults, window)
    if found:
        raise ToolError("; ".join(found))


if __name__ == "__main__":
    run_tool(lambda: bench_storm(standalone_mode=False))
