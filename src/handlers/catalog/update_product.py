"""PUT /products/{productId}: an administrator changes a product, never its stock."""

from orderflow.catalog.browsing import as_json, show
from orderflow.catalog.image_store import S3ImageStore
from orderflow.catalog.maintenance import update_product
from orderflow.catalog.product_store import DynamoProductStore
from orderflow.catalog.stock_reader import DynamoStockReader
from orderflow.contract import update_product_request
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    body = update_product_request.validate(request.json())
    product = update_product(
        request.caller,
        request.path("productId"),
        body["version"],
        {fact: body[fact] for fact in ("name", "description", "category", "price") if fact in body},
        image_keys=body.get("imageKeys"),
        store=DynamoProductStore(
            client("dynamodb"),
            settings.text("PRODUCTS_TABLE"),
            author=Author(settings.text("AUDIT_TRAIL_TABLE"), request.caller.user_id, request.request_id),
            words=settings.text("PRODUCT_WORDS_TABLE"),
        ),
        clock=utc_now,
    )
    log(LogEvent.PRODUCT_CHANGED, product_id=product.product_id, version=product.version)
    shown = show(
        product,
        stock=DynamoStockReader(client("dynamodb"), settings.text("STOCK_TABLE")),
        picture=S3ImageStore(lambda: client("s3"), settings.text("PRODUCT_IMAGES_BUCKET")).address,
    )
    return Response(200, as_json(shown))
