"""PUT /orders/{orderId}: the order is sent elsewhere, as long as nothing of it is shipped."""

from orderflow.checkout.pricing.ordering import priced_region
from orderflow.checkout.pricing.table_files import tables
from orderflow.contract import update_order_request
from orderflow.orders.address_store import DynamoAddressStore
from orderflow.orders.order import Address
from orderflow.orders.order_store import DynamoOrderStore
from orderflow.orders.readdressing import change_address
from orderflow.orders.reading import as_json
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    body = update_order_request.validate(request.json())
    address = body["shippingAddress"]
    dynamodb, table = client("dynamodb"), settings.text("ORDERS_TABLE")
    order = change_address(
        request.path("orderId"),
        caller,
        body["version"],
        Address(address["street"], address["city"], address["zipCode"], address["country"]),
        orders=DynamoOrderStore(dynamodb, table),
        store=DynamoAddressStore(
            dynamodb,
            table,
            author=Author(settings.text("AUDIT_TRAIL_TABLE"), caller.user_id, request.request_id),
        ),
        priced_region=lambda place: priced_region(place, tables(settings.text("PRICE_TABLES")).tax),
        clock=utc_now,
    )
    if order.version != body["version"]:
        log(LogEvent.ORDER_READDRESSED, order_id=order.order_id, version=order.version)
    return Response(200, as_json(order, caller))
