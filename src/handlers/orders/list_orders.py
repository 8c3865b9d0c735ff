"""GET /orders: a customer's orders, newest first."""

import re
from typing import Any

from orderflow.orders.order_store import DynamoOrderStore
from orderflow.orders.reading import as_json, list_orders
from orderflow.orders.status import OrderStatus
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler, invalid_field
from orderflow.runtime.aws import client
from orderflow.runtime.paging import cursor_key, page_limit

_USER_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    orders, token = list_orders(
        caller,
        user_id=_user_id(request),
        status=_status(request),
        limit=page_limit(request.query("limit")),
        token=request.query("nextToken"),
        store=DynamoOrderStore(client("dynamodb"), settings.text("ORDERS_TABLE")),
        cursor_key=cursor_key,
    )
    page: dict[str, Any] = {"items": [as_json(order, caller) for order in orders]}
    if token:
        page["nextToken"] = token
    return Response(200, page)


def _user_id(request: Request) -> str | None:
    user_id = request.query("userId")
    if user_id is not None and not _USER_ID.fullmatch(user_id):
        raise invalid_field("userId", "must be a user id (the userSub of POST /register)")
    return user_id


def _status(request: Request) -> OrderStatus | None:
    status = request.query("status")
    if status is None:
        return None
    try:
        return OrderStatus(status)
    except ValueError as error:
        raise invalid_field("status", f"must be one of {', '.join(OrderStatus)}") from error
