"""Step of order_processing: all lines of an order are reserved, or none, once."""

from collections.abc import Mapping
from typing import Any

from orderflow.catalog.price_store import DynamoPriceStore
from orderflow.catalog.reservation_payload import order_id, stock_lines
from orderflow.catalog.reservation_store import DynamoReservationStore
from orderflow.catalog.reservations import reserve_stock
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.step import step_handler


@step_handler
def handler(event: Mapping[str, Any]) -> dict[str, Any]:
    order = order_id(event)
    lines = stock_lines(event)
    dynamodb = client("dynamodb")
    reserve_stock(
        order,
        lines,
        store=DynamoReservationStore(
            dynamodb, reservations=settings.text("RESERVATIONS_TABLE"), stock=settings.text("STOCK_TABLE")
        ),
        prices=DynamoPriceStore(dynamodb, settings.text("PRODUCTS_TABLE")),
        clock=utc_now,
    )
    log(LogEvent.STOCK_RESERVED, lines=len(lines))
    count("StockReserved")
    return {"orderId": order, "status": "RESERVED"}
