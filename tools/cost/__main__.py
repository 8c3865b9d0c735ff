"""`make cost`: run orders on the running stack, count what they used, and say what that costs on AWS."""

import json

import click
from rich.table import Table

from tools import record
from tools.cost.bill import ORDERS, Line, PriceList, bill, price_list
from tools.cost.measuring import Measured, Tables, measure, place, settle
from tools.cost.metering import Meter
from tools.paths import STACKS
from tools.shop_client import Shop
from tools.stack import Stack
from tools.target import Target
from tools.terminal import err, out, run_tool
from tools.watched import watched

_WARM_UP = 10
NOT_COUNTED = (
    "Not in it: what does not grow with orders (idle queue polling, the sweeper, metrics, alarms, storage, backups); "
    "what the local AWS does not meter (KMS, traces, access and workflow logs, data transfer, delivery of notices); "
    "a customer's other requests."
)


def run(stack: Stack, count: int) -> Measured:
    """Measure `count` orders on a running stack."""
    meter = Meter(Tables(Target(stack.outputs(), stack.endpoint)).keys_of)
    with watched(stack, meter) as shop:
        customer = Shop(shop.outputs["api_endpoint"])
        customer.login(*customer.register())
        settle(shop, place(customer, _WARM_UP))
        return measure(shop, customer, meter, count)


def _shown(measured: Measured, lines: list[Line], prices: PriceList) -> None:
    table = Table(title=f"USD per {ORDERS:,} orders, {prices.region}, prices as of {prices.as_of}")
    for column in ("item", "per order", "USD each", "USD"):
        table.add_column(column, justify="left" if column == "item" else "right")
    for line in lines:
        each = f"{line.price.usd:g} / {line.price.per:,}"
        table.add_row(line.price.what, f"{line.per_order:.4g}", each, f"{line.usd:.4f}")
    table.add_section()
    table.add_row("together", "", "", f"{sum(line.usd for line in lines):.4f}")
    out.print(table)
    ran = ", ".join(
        f"{key} {calls / measured.orders:.2f} x {seconds / calls * 1000:.0f} ms"
        for key, (calls, seconds) in sorted(measured.functions.items())
    )
    out.print(f"Measured over {measured.orders} confirmed orders. Functions, on this machine: {ran}.")
    out.print(NOT_COUNTED)


@click.command()
@click.option("--orders", type=click.IntRange(1, 1000), default=50, show_default=True, help="Orders to measure.")
@click.option("--stack", "name", type=click.Choice(["local", "test"]), default="local", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def cost(orders: int, name: str, as_json: bool) -> None:
    """USD per 1,000 orders, from the calls that a run of orders makes on the local stack."""
    prices = price_list()
    with record.locked(STACKS / name):
        if as_json:
            out.file = err.file
        measured = run(Stack(name), orders)
    lines = bill(measured.used, measured.orders, prices)
    if not as_json:
        _shown(measured, lines, prices)
        return
    told = {
        "region": prices.region,
        "asOf": prices.as_of,
        "orders": measured.orders,
        "lines": [
            {"item": each.key, "perOrder": each.per_order, "usdPer1000Orders": round(each.usd, 6)} for each in lines
        ],
        "usdPer1000Orders": round(sum(line.usd for line in lines), 6),
    }
    click.echo(json.dumps(told, indent=2))


if __name__ == "__main__":
    run_tool(lambda: cost(standalone_mode=False))
