"""GET /products/{productId}/stock: a machine such as a warehouse's reads how much there is of a product."""

from orderflow.catalog.stock_reader import DynamoStockReader
from orderflow.catalog.stock_reading import get_stock, stock_as_json
from orderflow.clients.admission import admitted
from orderflow.clients.client_key import Scope
from orderflow.clients.usage_store import DynamoUsageBook
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now


@api_handler
def handler(request: Request) -> Response:
    usage = DynamoUsageBook(client("dynamodb"), settings.text("CLIENT_KEYS_TABLE"))
    admitted(request.client, Scope.STOCK_READ, usage=usage, clock=utc_now)
    product_id = request.path("productId")
    stock = get_stock(product_id, DynamoStockReader(client("dynamodb"), settings.text("STOCK_TABLE")))
    return Response(200, stock_as_json(product_id, stock))
