"""Compensation of payment: gives up an attempt, and lets go of whatever the provider holds or took for it."""

from collections.abc import Mapping
from typing import Any

from orderflow.payments.payment import PaymentStatus
from orderflow.payments.payment_store import DynamoChargeStore
from orderflow.payments.provider_choice import payment_provider
from orderflow.payments.step_payload import order_id, text
from orderflow.payments.voiding import void_payment
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.step import step_handler


@step_handler
def handler(event: Mapping[str, Any]) -> dict[str, Any]:
    payment = void_payment(
        order_id(event),
        requested_by=text(event, "requestedBy"),
        reason=text(event, "reason"),
        store=DynamoChargeStore(client("dynamodb"), settings.text("PAYMENTS_TABLE")),
        provider=payment_provider(settings.text("PAYMENT_PROVIDER")),
        clock=utc_now,
    )
    if payment is None:
        return {"status": "NONE"}
    if payment.status is PaymentStatus.FAILED:
        log(LogEvent.PAYMENT_GIVEN_UP, payment_id=payment.payment_id)
        count("PaymentsGivenUp")
    return {"paymentId": payment.payment_id, "status": payment.status.value}
