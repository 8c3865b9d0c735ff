"""GET /orders/{orderId}: one order with its history."""

from orderflow.orders.order_store import DynamoOrderStore
from orderflow.orders.reading import as_json, get_order
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    store = DynamoOrderStore(client("dynamodb"), settings.text("ORDERS_TABLE"))
    return Response(200, as_json(get_order(request.path("orderId"), caller, store), caller))
