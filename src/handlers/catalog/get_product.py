"""GET /products/{productId}: one product with its pictures and what can be ordered."""

from orderflow.catalog.browsing import as_json, get_product
from orderflow.catalog.image_store import S3ImageStore
from orderflow.catalog.product_store import DynamoProductReader
from orderflow.catalog.stock_reader import DynamoStockReader
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client


@api_handler
def handler(request: Request) -> Response:
    shown = get_product(
        request.path("productId"),
        store=DynamoProductReader(client("dynamodb"), settings.text("PRODUCTS_TABLE")),
        stock=DynamoStockReader(client("dynamodb"), settings.text("STOCK_TABLE")),
        picture=S3ImageStore(lambda: client("s3"), settings.text("PRODUCT_IMAGES_BUCKET")).address,
    )
    return Response(200, as_json(shown))
