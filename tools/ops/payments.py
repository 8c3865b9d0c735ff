"""`payments`: what was charged for an order."""

from typing import Any

import click

from orderflow.payments.audit import payment_of
from orderflow.runtime.money import display
from tools.ops import show
from tools.ops.desk import Desk, with_desk
from tools.ops.writing import json_option


@click.group()
def payments() -> None:
    """Payments of orders."""


@payments.command("show")
@click.argument("order_id")
@json_option
@with_desk
def show_(desk: Desk, order_id: str, as_json: bool) -> None:
    """The payment of an order, with everything that happened to it."""
    record = payment_of(order_id, desk.payments)
    if record is None:
        raise click.ClickException(f"No payment was ever begun for order {order_id}.")
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
