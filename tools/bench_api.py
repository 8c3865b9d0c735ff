"""How fast orders are taken, and whether a burst loses any: `python -m tools.bench_api [orders]`, on a running stack.

1. POST /orders against GET /health, interleaved in one run: medians, and their ratio against the bar.
2. A burst of orders from several threads, each repeated with its key where the answer left its fate open: all must
   end CONFIRMED, with one execution each, and stock exact.
"""

import statistics
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tools import target
from tools.shop_client import Shop
from tools.terminal import ToolError, out, run_tool

BAR = 2.0
ROUNDS = 60
WARM_UP = 10
THREADS = 8
DRAIN_SECONDS = 300
_LINE = [{"productId": "test_1", "quantity": 1}]


def timed(call: Any, *arguments: Any) -> float:
    begun = time.perf_counter()
    call(*arguments)
    return (time.perf_counter() - begun) * 1000


def compare(customer: Shop) -> float:
    """Print both medians and return POST /orders over GET /health."""
    health: list[float] = []
    orders: list[float] = []
    for round_ in range(WARM_UP + ROUNDS):
        taken = timed(customer.call, "GET", "/health", 200), timed(customer.order, _LINE)
        if round_ >= WARM_UP:
            health.append(taken[0])
            orders.append(taken[1])
    medians = statistics.median(health), statistics.median(orders)
    ratio = medians[1] / medians[0]
    out.print(
        f"GET /health {medians[0]:.1f} ms, POST /orders {medians[1]:.1f} ms, medians of {ROUNDS}: ratio {ratio:.2f}"
    )
    return ratio


def available(customer: Shop) -> int:
    return int(customer.call("GET", "/products/test_1", 200)["available"])


def my_orders(customer: Shop) -> dict[str, str]:
    """Return order id -> status of all the customer's orders, read page by page."""
    found: dict[str, str] = {}
    query = "limit=100"
    while True:
        page = customer.call("GET", f"/orders?{query}", 200)
        found |= {order["orderId"]: order["status"] for order in page["items"]}
        if not page.get("nextToken"):
            return found
        query = f"limit=100&nextToken={page['nextToken']}"


def settle(customer: Shop, expected: int) -> dict[str, str]:
    """Wait until none of the customer's orders is on its way and return them all."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while True:
        orders = my_orders(customer)
        waiting = [order for order, status in orders.items() if status in ("PENDING", "PROCESSING")]
        if len(orders) >= expected and not waiting:
            return orders
        if time.monotonic() > deadline:
            raise ToolError(
                f"{len(waiting)} of {len(orders)} orders have not ended after {DRAIN_SECONDS} s: {waiting[:5]}"
            )
        time.sleep(1)


def executions(shop: target.Target, orders: set[str]) -> Counter[str]:
    """Return how many executions each of these orders has."""
    pages = shop.client("stepfunctions").get_paginator("list_executions")
    listed = pages.paginate(stateMachineArn=shop.outputs["order_state_machine_arn"])
    return Counter(run["name"] for page in listed for run in page["executions"] if run["name"] in orders)


def burst(shop: target.Target, customer: Shop, count: int) -> list[str]:
    """Place `count` orders from several threads at once and return what did not hold."""
    before = available(customer)
    begun = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        accepted = list(pool.map(lambda _: customer.order_for_sure(_LINE), range(count)))
    taken = time.monotonic() - begun
    orders = settle(customer, count)
    done = time.monotonic() - begun
    out.print(f"{count} orders accepted in {taken:.1f} s ({count / taken:.0f}/s), all ended after {done:.1f} s")
    mine = {order: orders.get(order, "missing") for order in accepted}
    statuses, runs = Counter(mine.values()), executions(shop, set(mine))
    sold = before - available(customer)
    out.print(
        f"statuses {dict(statuses)}, executions {sum(runs.values())} of {len(runs)} orders, stock moved by {sold}"
    )
    problems = []
    if len(mine) != count or statuses != {"CONFIRMED": count}:
        problems.append(f"{count} accepted, {len(mine)} ids, statuses {dict(statuses)}")
    if runs != Counter(dict.fromkeys(mine, 1)):
        problems.append(f"{sum(runs.values())} executions for {count} orders")
    if sold != count:
        problems.append(f"stock moved by {sold} instead of {count}")
    return problems


def signed_in(url: str) -> Shop:
    customer = Shop(url)
    customer.login(*customer.register())
    return customer


def main() -> None:
    shop = target.current()
    url = shop.outputs["api_endpoint"]
    customer = signed_in(url)
    ratio = compare(customer)
    settle(customer, WARM_UP + ROUNDS)
    problems = burst(shop, signed_in(url), int(sys.argv[1]) if len(sys.argv) > 1 else 500)
    if ratio > BAR:
        problems.append(f"POST /orders takes {ratio:.2f} times GET /health; the bar is {BAR}")
    if problems:
        raise ToolError("; ".join(problems))


if __name__ == "__main__":
    run_tool(main)
