"""POST /products: an administrator adds a product, with its first stock."""

from orderflow.catalog.browsing import Shown, as_json
from orderflow.catalog.image_store import S3ImageStore
from orderflow.catalog.maintenance import create_product
from orderflow.catalog.product import ProductFacts
from orderflow.catalog.product_store import DynamoProductStore
from orderflow.contract import create_product_request
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    body = create_product_request.validate(request.json())
    stock = body.get("stock", 0)
    product = create_product(
        request.caller,
        body["productId"],
        ProductFacts(
            name=body["name"],
            category=body["category"],
            price=body["price"],
            description=body.get("description", ""),
        ),
        currency=settings.text("CURRENCY"),
        priced_in=body.get("currency"),
        initial_stock=stock,
        image_keys=body.get("imageKeys", ()),
        store=DynamoProductStore(
            client("dynamodb"),
            settings.text("PRODUCTS_TABLE"),
            author=Author(settings.text("AUDIT_TRAIL_TABLE"), request.caller.user_id, request.request_id),
            words=settings.text("PRODUCT_WORDS_TABLE"),
            stock=settings.text("STOCK_TABLE"),
        ),
        clock=utc_now,
    )
    log(LogEvent.PRODUCT_CHANGED, product_id=product.product_id, version=product.version)
    address = S3ImageStore(lambda: client("s3"), settings.text("PRODUCT_IMAGES_BUCKET")).address
    return Response(201, as_json(Shown(product, stock, tuple(address(key) for key in product.image_keys))))
