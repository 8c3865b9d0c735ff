"""Compensation of order_processing: what an order reserved is available again, once."""

from collections.abc import Mapping
from typing import Any

from orderflow.catalog.reservation_payload import order_id
from orderflow.catalog.reservation_store import DynamoReservationStore
from orderflow.catalog.reservations import release_stock
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.step import step_handler


@step_handler
def handler(event: Mapping[str, Any]) -> dict[str, Any]:
    order = order_id(event)
    store = DynamoReservationStore(
        client("dynamodb"), reservations=settings.text("RESERVATIONS_TABLE"), stock=settings.text("STOCK_TABLE")
    )
    released = release_stock(order, store=store, clock=utc_now)
    status = "RELEASED" if released else "NOTHING_RESERVED"
    log(LogEvent.STOCK_RELEASED, status=status)
    count("StockReleased" if released else "StockReleaseWithoutReservation")
    return {"orderId": order, "status": status}
