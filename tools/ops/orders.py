"""`orders`: what customers bought and how it went."""

from collections.abc import Iterator
from itertools import chain, islice, takewhile
from typing import Any

import click

from orderflow.operations.timeline import timeline
from orderflow.orders.execution_names import cancellation_names
from orderflow.orders.order import Order
from orderflow.orders.reading import as_json as order_json
from orderflow.orders.reading import get_order
from orderflow.orders.status import OrderStatus
from orderflow.payments.audit import payment_of
from orderflow.runtime.clock import iso
from orderflow.runtime.money import display
from tools.ops import show
from tools.ops.desk import OPERATOR, Desk, with_desk
from tools.ops.writing import json_option

_PAGE = 100
_COLUMNS = ("orderId", "status", "reason", "total", "userId", "createdAt")


@click.group()
def orders() -> None:
    """Orders: list, show, follow."""


@orders.command("list")
@click.option("--status", type=click.Choice([status.value for status in OrderStatus], case_sensitive=False))
@click.option("--user", help="Only this customer's orders (the id of their account).")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@json_option
@with_desk
def list_(desk: Desk, status: str | None, user: str | None, limit: int, as_json: bool) -> None:
    """Newest orders first: a customer's, or those of everybody whose workflow was started.

    An order that never started is in `dlq list`, or `doctor` names it. With --status it examines 1,000 at most.
    """
    wanted = OrderStatus(status.upper()) if status else None
    found = list(islice(_of_customer(desk, user, wanted) if user else _started(desk, wanted), limit))
    show.rows([_line(order) for order in found], _COLUMNS, as_json=as_json, nothing="No such orders.")


def _of_customer(desk: Desk, user: str, status: OrderStatus | None) -> Iterator[Order]:
    before: str | None = None
    while True:
        page, before = desk.orders.page(user, status, _PAGE, before)
        yield from page
        if before is None:
            return


def _started(desk: Desk, status: OrderStatus | None) -> Iterator[Order]:
    for order_id in dict.fromkeys(each.order_id for each in islice(desk.executions.newest(), 1000)):
        order = desk.orders.find(order_id)
        if order and status in (None, order.status):
            yield order


@orders.command("show")
@click.argument("order_id")
@json_option
@with_desk
def show_(desk: Desk, order_id: str, as_json: bool) -> None:
    """One order, with its lines, totals and reason."""
    order = get_order(order_id, OPERATOR, desk.orders)
    if as_json:
        shown = order_json(order, OPERATOR)
        # What an administrator could do by the API is the API's to say.
        shown.pop("allowedActions")
        show.facts(shown, as_json=True)
        return
    amounts = ("subtotal", "discount", "shipping", "tax", "total", "refunded")
    money = {name: display(getattr(order, name), order.currency) for name in amounts}
    show.facts({**_line(order), **money, "version": order.version}, as_json=False)
    lines = [
        {
            "productId": line.product_id,
            "name": line.product_name,
            "quantity": line.quantity,
            "unitPrice": display(line.unit_price, order.currency),
            "lineTotal": display(line.line_total, order.currency),
        }
        for line in order.lines
    ]
    columns = ("productId", "name", "quantity", "unitPrice", "lineTotal")
    show.rows(lines, columns, as_json=False, nothing="No lines.")


@orders.command("timeline")
@click.argument("order_id")
@json_option
@with_desk
def timeline_(desk: Desk, order_id: str, as_json: bool) -> None:
    """Everything that happened to an order: history, executions, cancellation, payment, in the order of time."""
    order = get_order(order_id, OPERATOR, desk.orders)
    record = desk.order_audit.record(order_id)
    # The one named by the order, and the one that works on it when that is another.
    names = dict.fromkeys([order_id, record.execution] if record else [order_id])
    events = chain.from_iterable(desk.executions.events(name) for name in names)
    cancelling = chain.from_iterable(desk.cancellations.events(name) for name in _cancellations(desk, order_id))
    paying = desk.payment_runs.events(order_id)
    moments = timeline(order, events, payment_of(order_id, desk.payments), cancelling, paying)
    found: list[dict[str, Any]] = [
        {"at": iso(moment.at), "source": moment.source, "what": moment.what, "detail": moment.detail}
        for moment in moments
    ]
    show.rows(found, ("at", "source", "what", "detail"), as_json=as_json, nothing="Nothing happened yet.")


def _cancellations(desk: Desk, order_id: str) -> Iterator[str]:
    return takewhile(lambda name: desk.cancellations.status(name) is not None, cancellation_names(order_id))


def _line(order: Order) -> dict[str, Any]:
    reason = order.status_reason
    return {
        "orderId": order.order_id,
        "status": order.status.value,
        "reason": f"{reason.code}: {reason.message}" if reason else None,
        "total": display(order.total, order.currency),
        "userId": order.user_id,
        **({"checkoutSessionId": order.checkout_session_id} if order.checkout_session_id else {}),
        "createdAt": order.created_at,
        "updatedAt": order.updated_at,
    }
