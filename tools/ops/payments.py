"""`payments`: what was charged for an order."""

from typing import Any

import click

from orderflow.operations.giving_back import require_owing
from orderflow.operations.journal import recorded
from orderflow.payments.audit import PaymentRecord, payment_of
from orderflow.payments.payment import PaymentStatus
from orderflow.runtime.money import display
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import changing, confirmed, json_option, operation

# The customer has everything already; repeating would do nothing.
_SETTLED = frozenset({PaymentStatus.DECLINED, PaymentStatus.REFUNDED})


@click.group()
def payments() -> None:
    """Payments of orders."""


@payments.command("show")
@click.argument("order_id")
@json_option
@with_desk
def show_(desk: Desk, order_id: str, as_json: bool) -> None:
    """The payment of an order, with everything that happened to it."""
    record = _payment(desk, order_id)
    payment = record.payment
    known = payment.amount is not None and payment.currency is not None
    facts: dict[str, Any] = {
        "paymentId": payment.payment_id,
        "orderId": payment.order_id,
        "status": payment.status.value,
        "amount": display(payment.amount or 0, payment.currency or "") if known else None,
        "attempts": payment.attempts,
        "providerReference": payment.provider_reference,
        "declineCode": payment.decline_code,
    }
    history = [{"at": move.at, "status": move.status.value, "detail": move.detail} for move in record.history]
    if as_json:
        show.facts({**facts, "amount": payment.amount, "currency": payment.currency, "history": history}, as_json=True)
        return
    show.facts(facts, as_json=False)
    show.rows(history, ("at", "status", "detail"), as_json=False, nothing="No history.")


@payments.command("refund")
@click.argument("order_id")
@click.option("--although-sold", is_flag=True, help="Also when the order is confirmed, shipped or delivered.")
@changing
@with_desk
def refund(
    desk: Desk, order_id: str, although_sold: bool, reason: str, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Give back everything that an order's customer paid, or void what is still open.

    For orders that ended without a sale and could not give it back. It runs the workflow's own refund, once per order.
    """
    before = _brief(_payment(desk, order_id))
    require_owing(desk.orders.find(order_id), although_sold=although_sold)
    if before["status"] in _SETTLED:
        show.say(f"Nothing to give back: the payment is {before['status']}.")
        show.facts({"orderId": order_id, "before": before, "after": before}, as_json=as_json)
        return
    if dry_run:
        show.say("would be given back:")
        show.facts({"orderId": order_id, "before": before}, as_json=as_json)
        return
    confirmed(f"Give back what was paid for order {order_id} ({before['status']})?", yes=yes)
    made = operation(desk, f"order {order_id}", reason)
    with recorded(made, before, journal=desk.journal, clock=desk.clock) as outcome:
        told = desk.steps.run("refund_payment", order_id, made.operation_id)
        outcome.after = {**_brief(_payment(desk, order_id)), "outcome": told}
    show.facts({"orderId": order_id, "before": before, "after": outcome.after}, as_json=as_json)


def _payment(desk: Desk, order_id: str) -> PaymentRecord:
    record = payment_of(order_id, desk.payments)
    if record is None:
        raise click.ClickException(f"No payment was ever begun for order {order_id}.")
    return record


def _brief(record: PaymentRecord) -> dict[str, Any]:
    payment = record.payment
    return {"status": payment.status.value, "amount": payment.amount, "currency": payment.currency}
