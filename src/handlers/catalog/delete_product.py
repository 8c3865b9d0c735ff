"""DELETE /products/{productId}: an administrator withdraws a product from sale."""

from orderflow.catalog.maintenance import delete_product
from orderflow.catalog.product_store import DynamoProductStore
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    product_id = request.path("productId")
    delete_product(
        request.caller,
        product_id,
        store=DynamoProductStore(
            client("dynamodb"),
            settings.text("PRODUCTS_TABLE"),
            author=Author(settings.text("AUDIT_TRAIL_TABLE"), request.caller.user_id, request.request_id),
            words=settings.text("PRODUCT_WORDS_TABLE"),
        ),
        clock=utc_now,
    )
    log(LogEvent.PRODUCT_CHANGED, product_id=product_id, withdrawn=True)
    return Response(204)
