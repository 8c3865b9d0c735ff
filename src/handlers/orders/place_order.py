"""POST /orders: priced, stored and queued in one round trip."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from orderflow.catalog.price_store import DynamoPriceStore
from orderflow.catalog.pricing import price_items
from orderflow.contract import place_order_request
from orderflow.orders.intake import Intake, OrderRequest
from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.orders.order import Address
from orderflow.orders.order_queue import SqsOrderQueue
from orderflow.orders.pricing import RequestedLine
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.idempotency.keys import IdempotencyKeys
from orderflow.runtime.idempotency.once import once
from orderflow.runtime.idempotency.record_store import DynamoRecords
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    body = place_order_request.validate(request.json())
    key = request.header("Idempotency-Key")
    author = Author(settings.text("AUDIT_TRAIL_TABLE"), caller.user_id, request.request_id)
    accepted = _intake(author).place_order(
        _order_request(body),
        caller,
        once=None if key is None else once(caller.user_id, "POST /orders", key, body),
        correlation_id=request.correlation_id,
    )
    log(LogEvent.ORDER_REPLAYED if accepted.replayed else LogEvent.ORDER_PLACED, order_id=accepted.order_id)
    count("OrdersReplayed" if accepted.replayed else "OrdersPlaced")
    answer = accepted.answer
    return Response(answer.status, answer.body, answer.replayed_headers if accepted.replayed else answer.headers)


def _intake(author: Author) -> Intake:
    dynamodb = client("dynamodb")
    idempotency_table = settings.text("IDEMPOTENCY_TABLE")
    return Intake(
        prices=partial(price_items, store=DynamoPriceStore(dynamodb, settings.text("PRODUCTS_TABLE"))),
        store=DynamoIntakeStore(
            dynamodb, orders=settings.text("ORDERS_TABLE"), idempotency=idempotency_table, author=author
        ),
        queue=SqsOrderQueue(client("sqs"), settings.text("ORDER_QUEUE_URL")),
        keys=IdempotencyKeys(DynamoRecords(dynamodb, idempotency_table), utc_now, new_ulid),
        clock=utc_now,
        ids=new_ulid,
        currency=settings.text("CURRENCY"),
        default_payment_token=settings.optional_text("DEFAULT_PAYMENT_TOKEN"),
    )


def _order_request(body: Mapping[str, Any]) -> OrderRequest:
    address = body["shippingAddress"]
    return OrderRequest(
        lines=tuple(
            RequestedLine(
                product_id=line["productId"],
                quantity=line["quantity"],
                unit_price=line.get("unitPrice"),
                price=Decimal(line["price"]) if "price" in line else None,
            )
            for line in body["items"]
        ),
        shipping_address=Address(address["street"], address["city"], address["zipCode"], address["country"]),
        user_id=body.get("userId"),
        payment_token=body.get("paymentMethod", {}).get("token"),
    )
