"""Step of order_processing: charges an order once."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from orderflow.orders.payment_terms import read_payment_terms
from orderflow.orders.payment_terms_store import DynamoPaymentTermsStore
from orderflow.payments.charging import process_payment
from orderflow.payments.errors import PaymentDeclinedError
from orderflow.payments.payment_store import DynamoChargeStore
from orderflow.payments.provider_choice import payment_provider
from orderflow.payments.step_payload import amount, order_id, text
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.step import step_handler


@step_handler
def handler(event: Mapping[str, Any]) -> dict[str, Any]:
    dynamodb = client("dynamodb")
    terms = DynamoPaymentTermsStore(dynamodb, settings.text("ORDERS_TABLE"))
    try:
        payment = process_payment(
            order_id(event),
            amount=amount(event),
            currency=text(event, "currency"),
            read_terms=partial(read_payment_terms, store=terms),
            store=DynamoChargeStore(dynamodb, settings.text("PAYMENTS_TABLE")),
            provider=payment_provider(settings.text("PAYMENT_PROVIDER")),
            clock=utc_now,
        )
    except PaymentDeclinedError as decline:
        log(LogEvent.PAYMENT_DECLINED, decline_code=decline.decline_code)
        count("PaymentsDeclined")
        raise
    log(LogEvent.PAYMENT_CAPTURED, payment_id=payment.payment_id, attempts=payment.attempts)
    count("PaymentsCaptured")
    return {"paymentId": payment.payment_id, "status": payment.status.value}
