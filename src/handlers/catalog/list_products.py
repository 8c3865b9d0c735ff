"""GET /products: one page of what is on sale."""

import re

from orderflow.catalog.browsing import Selection, Sort, list_products, page_as_json
from orderflow.catalog.image_store import S3ImageStore
from orderflow.catalog.product_listing import DynamoProductListing
from orderflow.catalog.product_search import DynamoProductSearch
from orderflow.catalog.stock_reader import DynamoStockReader
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler, invalid_field
from orderflow.runtime.aws import client
from orderflow.runtime.paging import cursor_key, page_limit

_CATEGORY = re.compile(r"[^\x00-\x20\x7f][^\x00-\x1f\x7f]{0,63}")
_SORTS = {sort.value: sort for sort in Sort}


@api_handler
def handler(request: Request) -> Response:
    dynamodb, products = client("dynamodb"), settings.text("PRODUCTS_TABLE")
    items, token = list_products(
        _selection(request),
        limit=page_limit(request.query("limit")),
        token=request.query("nextToken"),
        listing=DynamoProductListing(dynamodb, products),
        search=DynamoProductSearch(dynamodb, words=settings.text("PRODUCT_WORDS_TABLE"), products=products),
        stock=DynamoStockReader(dynamodb, settings.text("STOCK_TABLE")),
        picture=S3ImageStore(lambda: client("s3"), settings.text("PRODUCT_IMAGES_BUCKET")).address,
        cursor_key=cursor_key,
    )
    return Response(200, page_as_json(items, token))


def _selection(request: Request) -> Selection:
    category, search, sort = (request.query(name) for name in ("category", "search", "sort"))
    if category is not None and not _CATEGORY.fullmatch(category):
        raise invalid_field("category", "must be 1 to 64 characters without control characters")
    if search is not None and not 1 <= len(search) <= 100:
        raise invalid_field("search", "must have 1 to 100 characters")
    if sort is not None and sort not in _SORTS:
        raise invalid_field("sort", f"must be one of {', '.join(_SORTS)}")
    return Selection(category, search, _SORTS[sort or "name"])
