"""Step of payment: holds what an order owes, once, and asks before it repeats."""

from collections.abc import Mapping
from typing import Any

from orderflow.orders.payment_terms import PaymentTerms, read_payment_terms
from orderflow.orders.payment_terms_store import DynamoPaymentTermsStore
from orderflow.payments.authorizing import authorize_payment
from orderflow.payments.errors import PaymentDeclinedError
from orderflow.payments.payment_store import DynamoChargeStore
from orderflow.payments.provider_choice import payment_provider
from orderflow.payments.request_store import DynamoPaymentRequests
from orderflow.payments.requests import with_its_token
from orderflow.payments.step_payload import amount, order_id, text
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.step import step_handler


@step_handler
def handler(event: Mapping[str, Any]) -> dict[str, Any]:
    dynamodb = client("dynamodb")
    requested_by = text(event, "requestedBy")

    def read_terms(order: str) -> PaymentTerms:
        terms = read_payment_terms(order, DynamoPaymentTermsStore(dynamodb, settings.text("ORDERS_TABLE")))
        requests = DynamoPaymentRequests(dynamodb, settings.text("PAYMENT_REQUESTS_TABLE"))
        return with_its_token(terms, requested_by, requests)

    try:
        payment = authorize_payment(
            order_id(event),
            requested_by=requested_by,
            amount=amount(event),
            currency=text(event, "currency"),
            read_terms=read_terms,
            store=DynamoChargeStore(dynamodb, settings.text("PAYMENTS_TABLE")),
            provider=payment_provider(settings.text("PAYMENT_PROVIDER")),
            clock=utc_now,
        )
    except PaymentDeclinedError as decline:
        log(LogEvent.PAYMENT_DECLINED, decline_code=decline.decline_code)
        count("PaymentsDeclined")
        raise
    log(LogEvent.PAYMENT_AUTHORIZED, payment_id=payment.payment_id, attempts=payment.attempts)
    return {"paymentId": payment.payment_id, "status": payment.status.value}
