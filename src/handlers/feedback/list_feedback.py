"""GET /feedback: what customers say about a product, or the feedback on one order."""

import re
from typing import Any

from orderflow.feedback.feedback import Feedback
from orderflow.feedback.feedback_listing import DynamoFeedbackListing
from orderflow.feedback.feedback_store import DynamoFeedbackReader
from orderflow.feedback.reading import as_json, list_of_order, list_of_product
from orderflow.orders.order_store import DynamoOrderStore
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler, invalid_field
from orderflow.runtime.aws import client
from orderflow.runtime.paging import cursor_key, page_limit

_PRODUCT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@api_handler
def handler(request: Request) -> Response:
    caller, limit = request.caller, page_limit(request.query("limit"))
    product_id, order_id = request.query("productId"), request.query("orderId")
    if product_id is not None and order_id is not None:
        raise invalid_field("orderId", "must not be sent beside productId: ask for one of them")
    if order_id is not None:
        found, further = _of_order(request, order_id), None
    elif product_id is None:
        raise invalid_field("productId", "or orderId is required")
    elif not _PRODUCT_ID.fullmatch(product_id):
        raise invalid_field("productId", "must be 1 to 64 letters, digits, - and _")
    else:
        found, further = list_of_product(
            product_id,
            caller,
            limit=limit,
            token=request.query("nextToken"),
            listing=DynamoFeedbackListing(client("dynamodb"), settings.text("FEEDBACK_TABLE")),
            cursor_key=cursor_key,
        )
    page: dict[str, Any] = {"items": [as_json(feedback, caller) for feedback in found]}
    return Response(200, {**page, "nextToken": further} if further else page)


def _of_order(request: Request, order_id: str) -> list[Feedback]:
    dynamodb = client("dynamodb")
    return list_of_order(
        order_id,
        request.caller,
        token=request.query("nextToken"),
        orders=DynamoOrderStore(dynamodb, settings.text("ORDERS_TABLE")),
        store=DynamoFeedbackReader(dynamodb, settings.text("FEEDBACK_TABLE")),
        cursor_key=cursor_key,
    )
