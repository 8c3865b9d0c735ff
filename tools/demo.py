"""One order from outside, followed live: `python -m tools.demo`.

HTTP for the shop, the caller's AWS credentials to look inside.
"""

import contextlib
import json
import re
import secrets
import time
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.table import Table

from tools import target
from tools.shop_client import Shop
from tools.terminal import ToolError, out, run_tool

ORDER: list[dict[str, Any]] = [{"productId": "ITEM001", "quantity": 1}, {"productId": "ITEM002", "quantity": 2}]
ENDS = frozenset({"CONFIRMED", "REJECTED", "PAYMENT_FAILED", "FAILED", "CANCELLED"})
DEADLINE_SECONDS = 60
_NOTHING = "[dim]-[/]"


def money(minor: int, currency: str) -> str:
    """Render minor units of a currency with two decimals."""
    return f"{minor / 100:,.2f} {currency}"


@contextlib.contextmanager
def subscribed_queue(shop: target.Target, topic: str) -> Iterator[str]:
    """Give a queue that receives what the topic sends from now on; queue and subscription are removed afterwards."""
    sqs, sns = shop.client("sqs"), shop.client("sns")
    queue = sqs.create_queue(QueueName=f"orderflow-demo-{secrets.token_hex(6)}")["QueueUrl"]
    try:
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
        subscription = sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        try:
            yield queue
        finally:
            sns.unsubscribe(SubscriptionArn=subscription)
    finally:
        sqs.delete_queue(QueueUrl=queue)


def notice_for(shop: target.Target, queue: str, order_id: str, deadline: float) -> dict[str, Any]:
    """Return the notice about our order, waiting for it until the deadline (monotonic seconds)."""
    sqs = shop.client("sqs")
    while time.monotonic() < deadline:
        for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=2, MaxNumberOfMessages=10).get(
            "Messages", []
        ):
            notice = json.loads(message["Body"])
            if notice.get("orderId") == order_id:
                return dict(notice)
    raise ToolError(f"No SNS message about order {order_id} arrived within {DEADLINE_SECONDS} s.")


def execution_of(machine: str, order_id: str) -> str:
    """Return the ARN of the order's execution, which is named by the order."""
    return f"{re.sub(':stateMachine:', ':execution:', machine)}:{order_id}"


def states_seen(states: Any, execution: str) -> list[str]:
    """Return the names of the states entered so far, oldest first; empty before the execution exists."""
    try:
        pages = states.get_paginator("get_execution_history").paginate(executionArn=execution)
        events = [event for page in pages for event in page["events"]]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ExecutionDoesNotExist":
            return []
        raise
    return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]


def follow(customer: Shop, shop: target.Target, order_id: str, placed: float) -> dict[str, Any]:
    """Print each state as the order enters it and return the order at its end."""
    states = shop.client("stepfunctions")
    execution = execution_of(shop.outputs["order_state_machine_arn"], order_id)
    shown = 0
    with out.status("waiting for the workflow"):
        while time.monotonic() - placed < DEADLINE_SECONDS:
            order = customer.call("GET", f"/orders/{order_id}", 200)
            seen = states_seen(states, execution)
            for name in seen[shown:]:
                out.print(f"  [cyan]{time.monotonic() - placed:5.1f} s[/]  {name}")
            shown = len(seen)
            if order["status"] in ENDS and states.describe_execution(executionArn=execution)["status"] != "RUNNING":
                for name in states_seen(states, execution)[shown:]:
                    out.print(f"  [cyan]{time.monotonic() - placed:5.1f} s[/]  {name}")
                return dict(order)
            time.sleep(0.1)
    raise ToolError(f"Order {order_id} has not ended after {DEADLINE_SECONDS} s. Look at its execution: {execution}")


def sign_in(customer: Shop, shop: target.Target) -> None:
    """Register and log in; where e-mails must be confirmed (AWS), the caller's credentials confirm this one."""
    email, password = customer.register()
    cognito = shop.client("cognito-idp")
    pool = shop.outputs["cognito_user_pool_id"]
    if cognito.admin_get_user(UserPoolId=pool, Username=email)["UserStatus"] == "UNCONFIRMED":
        cognito.admin_confirm_sign_up(UserPoolId=pool, Username=email)
    customer.login(email, password)
    out.print(f"[green]✓[/] registered and logged in as {email}")


def show_products(customer: Shop) -> dict[str, Any]:
    table = Table(title="GET /products", title_justify="left")
    for column in ("productId", "name", "category"):
        table.add_column(column)
    for column in ("price", "available"):
        table.add_column(column, justify="right")
    products = customer.call("GET", "/products?limit=100", 200)["items"]
    for product in products:
        price = money(product["price"], product["currency"])
        table.add_row(product["productId"], product["name"], product["category"], price, f"{product['available']:,}")
    out.print(table)
    found = {product["productId"]: product for product in products}
    if missing := [line["productId"] for line in ORDER if line["productId"] not in found]:
        raise ToolError(f"{', '.join(missing)} is not in the catalogue: `make seed` creates the sample products.")
    return found


def main() -> None:
    shop = target.current()
    customer = Shop(shop.outputs["api_endpoint"])
    begun = time.monotonic()
    sign_in(customer, shop)
    before = show_products(customer)
    with subscribed_queue(shop, shop.outputs["order_completed_topic_arn"]) as queue:
        placed = time.monotonic()
        accepted = customer.order(ORDER)
        order_id = accepted["orderId"]
        answered = (time.monotonic() - placed) * 1000
        total = money(accepted["total"], accepted["currency"])
        out.print(f"[green]✓[/] POST /orders answered 202 in {answered:.0f} ms: order [bold]{order_id}[/], {total}")
        out.print("\n[bold]The order, state by state[/]")
        order = follow(customer, shop, order_id, placed)
        ended = time.monotonic() - placed
        if order["status"] != "CONFIRMED":
            raise ToolError(f"The order ended {order['status']} instead of CONFIRMED: {order.get('statusReason')}")
        notice = notice_for(shop, queue, order_id, placed + DEADLINE_SECONDS)
    history = Table(title=f"\nGET /orders/{order_id}: history", title_justify="left")
    for column in ("status", "at", "by", "reason"):
        history.add_column(column)
    for entry in order["history"]:
        reason = entry.get("reason")
        history.add_row(entry["status"], entry["at"], entry["by"], json.dumps(reason) if reason else _NOTHING)
    out.print(history)
    stock = Table(title="\nStock", title_justify="left")
    for column in ("productId", "before", "ordered", "after"):
        stock.add_column(column, justify="left" if column == "productId" else "right")
    for line in ORDER:
        product = line["productId"]
        now = customer.call("GET", f"/products/{product}", 200)["available"]
        stock.add_row(product, f"{before[product]['available']:,}", str(line["quantity"]), f"{now:,}")
    out.print(stock)
    out.print("\n[bold]The SNS message that arrived[/]")
    out.print_json(data=notice)
    out.print(
        f"\n[bold green]{order['status']}[/] {ended:.1f} s after POST /orders; "
        f"the whole demo took {time.monotonic() - begun:.1f} s"
    )


if __name__ == "__main__":

    def _main() -> None:
        try:
            main()
        except (BotoCoreError, ClientError) as error:
            raise ToolError(f"AWS refused a look inside: {error}") from None

    run_tool(_main)
