"""POST /products/{productId}/stock: an administrator receives or counts goods."""

from orderflow.catalog.stock_keeping import adjust_stock
from orderflow.catalog.stock_reading import stock_as_json
from orderflow.catalog.stock_store import DynamoStockBook, trail_of
from orderflow.contract import adjust_stock_request
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    body = adjust_stock_request.validate(request.json())
    product_id = request.path("productId")
    author = Author(settings.text("AUDIT_TRAIL_TABLE"), caller.user_id, request.request_id)
    stock = adjust_stock(
        caller,
        product_id,
        change=body.get("change"),
        exact=body.get("set"),
        reason=body["reason"],
        book=DynamoStockBook(
            client("dynamodb"),
            products=settings.text("PRODUCTS_TABLE"),
            stock=settings.text("STOCK_TABLE"),
            entry=trail_of(author, product_id, body["reason"]),
        ),
        clock=utc_now,
    )
    log(LogEvent.STOCK_ADJUSTED, product_id=product_id, change=body.get("change"), counted=body.get("set"))
    return Response(200, stock_as_json(product_id, stock))
