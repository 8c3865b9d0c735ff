"""Sample orders: by schedule, seeded with the run's time, or by hand with {"seed", "count"}."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from orderflow.catalog.browsing import products_on_sale
from orderflow.catalog.price_store import DynamoPriceStore
from orderflow.catalog.pricing import price_items
from orderflow.catalog.product_listing import DynamoProductListing
from orderflow.orders.generating import ASSORTMENT, generate_orders, sample_of
from orderflow.orders.intake import Accepted, Intake
from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.orders.order_queue import SqsOrderQueue
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.errors import TransientError
from orderflow.runtime.idempotency.keys import IdempotencyKeys
from orderflow.runtime.idempotency.record_store import DynamoRecords
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.schedule import scheduled_handler
from orderflow.runtime.trail import Author


@scheduled_handler
def handler(event: Mapping[str, Any], _remaining_ms: Callable[[], int]) -> dict[str, Any]:
    """Return the ids of the orders; a repeated seed returns those of the first time, for a day."""
    sample, correlation_id = sample_of(event), f"generator-{new_ulid()}"
    dynamodb = client("dynamodb")
    products_table = settings.text("PRODUCTS_TABLE")
    idempotency_table = settings.text("IDEMPOTENCY_TABLE")
    intake = Intake(
        prices=partial(price_items, store=DynamoPriceStore(dynamodb, products_table)),
        store=DynamoIntakeStore(
            dynamodb,
            orders=settings.text("ORDERS_TABLE"),
            idempotency=idempotency_table,
            author=Author(settings.text("AUDIT_TRAIL_TABLE"), "function:generate_orders", correlation_id),
        ),
        queue=SqsOrderQueue(client("sqs"), settings.text("ORDER_QUEUE_URL")),
        keys=IdempotencyKeys(DynamoRecords(dynamodb, idempotency_table), utc_now, new_ulid),
        clock=utc_now,
        ids=new_ulid,
        currency=settings.text("CURRENCY"),
        default_payment_token=settings.optional_text("DEFAULT_PAYMENT_TOKEN"),
    )
    assortment = products_on_sale(ASSORTMENT, listing=DynamoProductListing(dynamodb, products_table))
    order_ids, refused = [], 0
    for answer in generate_orders(sample, assortment=assortment, intake=intake, correlation_id=correlation_id):
        if isinstance(answer, Accepted):
            log(LogEvent.ORDER_GENERATED, order_id=answer.order_id, replayed=answer.replayed)
            order_ids.append(answer.order_id)
            if not answer.replayed:
                count("OrdersGenerated")
        elif isinstance(answer, TransientError):
            raise answer  # Lambda repeats the run, and the seed makes that the same orders
        else:
            refused += 1
            log(LogEvent.ORDER_NOT_GENERATED, error=type(answer).__name__, error_code=answer.code)
    return {"orderIds": order_ids, "refused": refused}
