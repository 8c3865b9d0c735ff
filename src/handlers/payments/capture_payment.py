"""Step of payment: takes what is held."""

from collections.abc import Mapping
from typing import Any

from orderflow.payments.capturing import capture_payment
from orderflow.payments.errors import PaymentDeclinedError
from orderflow.payments.payment_store import DynamoChargeStore
from orderflow.payments.provider_choice import payment_provider
from orderflow.payments.step_payload import text
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.step import step_handler


@step_handler
def handler(event: Mapping[str, Any]) -> dict[str, Any]:
    try:
        payment = capture_payment(
            text(event, "paymentId"),
            store=DynamoChargeStore(client("dynamodb"), settings.text("PAYMENTS_TABLE")),
            provider=payment_provider(settings.text("PAYMENT_PROVIDER")),
            clock=utc_now,
        )
    except PaymentDeclinedError as decline:
        log(LogEvent.PAYMENT_DECLINED, decline_code=decline.decline_code)
        count("PaymentsDeclined")
        raise
    log(LogEvent.PAYMENT_CAPTURED, payment_id=payment.payment_id)
    count("PaymentsCaptured")
    return {"paymentId": payment.payment_id, "status": payment.status.value}
