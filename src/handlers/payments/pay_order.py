"""POST /pay: an order's open amount through the payment workflow, answered in the same request."""

from functools import partial

from orderflow.contract import pay_order_request
from orderflow.orders.payment_terms import read_payment_terms
from orderflow.orders.payment_terms_store import DynamoPaymentTermsStore
from orderflow.payments.paying import Cashier
from orderflow.payments.payment_store import DynamoPayments
from orderflow.payments.payment_workflow import StepFunctionsPayments
from orderflow.payments.request_store import DynamoPaymentRequests
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.idempotency.keys import IdempotencyKeys
from orderflow.runtime.idempotency.once import once, required
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.observability import LogEvent, log

# API Gateway gives up after 29 seconds: what is left over is for a cold start and for one call that hangs.
_PATIENCE_SECONDS = 15


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    body = pay_order_request.validate(request.json())
    key = required(request.header("Idempotency-Key"))
    dynamodb = client("dynamodb")
    requests = DynamoPaymentRequests(dynamodb, settings.text("PAYMENT_REQUESTS_TABLE"))
    cashier = Cashier(
        read_terms=partial(read_payment_terms, store=DynamoPaymentTermsStore(dynamodb, settings.text("ORDERS_TABLE"))),
        keys=IdempotencyKeys(requests.records, utc_now, new_ulid),
        payments=DynamoPayments(dynamodb, settings.text("PAYMENTS_TABLE")),
        workflow=StepFunctionsPayments(client("stepfunctions"), settings.text("PAYMENT_STATE_MACHINE_ARN")),
        patience=_PATIENCE_SECONDS,
    )
    paid = cashier.pay_order(
        body["orderId"],
        body.get("paymentMethod", {}).get("token"),
        caller,
        once=once(caller.user_id, "POST /pay", key, body),
        correlation_id=request.correlation_id,
    )
    log(
        LogEvent.PAYMENT_ANSWERED,
        order_id=body["orderId"],
        payment_id=paid.payment_id,
        outcome=paid.status,
        replayed=paid.replayed,
    )
    answer = paid.answer
    return Response(answer.status, answer.body, answer.replayed_headers if paid.replayed else answer.headers)
