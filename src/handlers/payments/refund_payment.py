"""Compensation of orders: gives back what was captured, voids what is unknown, and closes the payment, once."""

from collections.abc import Mapping
from typing import Any

from orderflow.payments.payment_store import DynamoRefundStore
from orderflow.payments.provider_choice import payment_provider
from orderflow.payments.refunding import Outcome, refund_payment
from orderflow.payments.step_payload import order_id, text
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.step import step_handler


@step_handler
def handler(event: Mapping[str, Any]) -> dict[str, Any]:
    payment_id, outcome = refund_payment(
        order_id(event),
        reason=text(event, "reason"),
        store=DynamoRefundStore(client("dynamodb"), settings.text("PAYMENTS_TABLE")),
        provider=payment_provider(settings.text("PAYMENT_PROVIDER")),
        clock=utc_now,
    )
    if outcome is not Outcome.NOTHING_TO_REFUND:
        log(LogEvent.PAYMENT_RETURNED, payment_id=payment_id, outcome=outcome.value)
        count("PaymentsReturned")
    return {"paymentId": payment_id, "status": outcome.value}
