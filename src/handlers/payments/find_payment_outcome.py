"""Step of order_processing: what became of the order's payment, when its execution did not say."""

from collections.abc import Mapping
from typing import Any

from orderflow.payments.outcome import find_payment_outcome
from orderflow.payments.payment_store import DynamoPayments
from orderflow.payments.step_payload import order_id
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.step import step_handler


@step_handler
def handler(event: Mapping[str, Any]) -> dict[str, Any]:
    payments = DynamoPayments(client("dynamodb"), settings.text("PAYMENTS_TABLE"))
    payment = find_payment_outcome(order_id(event), payments)
    return {"paymentId": payment.payment_id, "status": payment.status.value}
