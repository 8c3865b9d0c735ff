"""POST /orders/{orderId}/shipments: lines, or everything that is left, leave the shop."""

from collections.abc import Mapping
from typing import Any

from orderflow.catalog.stock import StockLine
from orderflow.catalog.stock_move_store import DynamoStockMoveStore
from orderflow.catalog.stock_moving import StockRoom
from orderflow.contract import ship_order_request
from orderflow.orders.fulfilling import Asked, Fulfilling
from orderflow.orders.movement_store import DynamoMovementStore
from orderflow.orders.notice_topic import SnsNotices
from orderflow.orders.reading import as_json
from orderflow.orders.settling import Settlement
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.idempotency.once import once
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    caller.require_admin()
    body = ship_order_request.validate(request.json())
    order_id, key = request.path("orderId"), request.header("Idempotency-Key")
    author = Author(settings.text("AUDIT_TRAIL_TABLE"), caller.user_id, request.request_id)
    asked = Asked(
        order_id,
        caller,
        request.correlation_id,
        None if key is None else once(caller.user_id, f"POST /orders/{order_id}/shipments", key, body),
    )
    moved = _fulfilling(author).ship(
        asked, _lines(body), carrier=body.get("carrier"), tracking_number=body.get("trackingNumber")
    )
    if moved.carried_out:
        log(LogEvent.MOVEMENT_DONE, order_id=order_id, movement_id=moved.movement.movement_id)
        count("ShipmentsMade")
    elif moved.replayed:
        log(LogEvent.MOVEMENT_REPLAYED, order_id=order_id, movement_id=moved.movement.movement_id)
    else:
        log(LogEvent.MOVEMENT_LEFT_PENDING, order_id=order_id, movement_id=moved.movement.movement_id)
    answer = {"shipmentId": moved.movement.movement_id, **as_json(moved.order, caller)}
    return Response(200, answer, {"Idempotent-Replayed": "true"} if moved.replayed else {})


def _fulfilling(author: Author) -> Fulfilling:
    dynamodb = client("dynamodb")
    store = DynamoMovementStore(dynamodb, settings.text("ORDERS_TABLE"), author=author)
    return Fulfilling(
        orders=store,
        store=store,
        settlement=Settlement(
            store=store,
            notices=SnsNotices(client("sns"), settings.text("ORDER_COMPLETED_TOPIC_ARN")),
            clock=utc_now,
            stock=StockRoom(
                DynamoStockMoveStore(
                    dynamodb, reservations=settings.text("RESERVATIONS_TABLE"), stock=settings.text("STOCK_TABLE")
                ),
                utc_now,
            ),
        ),
        clock=utc_now,
        ids=new_ulid,
    )


def _lines(body: Mapping[str, Any]) -> list[StockLine] | None:
    if "lines" not in body:
        return None
    return [StockLine(line["productId"], line["quantity"]) for line in body["lines"]]
