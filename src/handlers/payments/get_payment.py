"""GET /payments/{paymentId}: one payment with its history."""

from orderflow.payments.reading import get_payment, shown_as_json
from orderflow.payments.reading_store import DynamoPaymentReader
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    store = DynamoPaymentReader(client("dynamodb"), settings.text("PAYMENTS_TABLE"))
    return Response(200, shown_as_json(get_payment(request.path("paymentId"), caller, store)))
