"""What a customer may see: their orders, newest first, or one of them. Administrators see everyone's."""

import re
from collections.abc import Callable
from typing import Any, Protocol

from orderflow.orders.errors import ForeignOrdersError, OrderNotFoundError
from orderflow.orders.fulfilment import legal_actions
from orderflow.orders.fulfilment_view import fulfilment_as_json, moved_quantities
from orderflow.orders.order import Order
from orderflow.orders.status import OrderStatus
from orderflow.runtime.caller import Caller
from orderflow.runtime.paging import decode_cursor, encode_cursor

_ORDER_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")  # a ULID
_LONGEST_ECHO = 26


class OrderStore(Protocol):
    """Orders as they are read."""

    def find(self, order_id: str) -> Order | None:
        """Return the order as of now."""
        ...

    def page(
        self, user_id: str, status: OrderStatus | None, limit: int, before: str | None
    ) -> tuple[list[Order], str | None]:
        """Return at most `limit` of a customer's orders, newest first, older than the order `before`.

        Also returns the id to go on before, when there may be more. With a status the page may hold fewer, even none,
        and still go on: a fixed number of orders is examined at a time.
        """
        ...


def get_order(order_id: str, caller: Caller, store: OrderStore) -> Order:
    """Return an order of the caller, or any for administrators; raises OrderNotFoundError, also for a stranger's."""
    order = store.find(order_id) if _ORDER_ID.fullmatch(order_id) else None
    if order is None or not (order.user_id == caller.user_id or caller.is_admin):
        raise OrderNotFoundError(order_id[:_LONGEST_ECHO])
    return order


def list_orders(
    caller: Caller,
    *,
    user_id: str | None,
    status: OrderStatus | None,
    limit: int,
    token: str | None,
    store: OrderStore,
    cursor_key: Callable[[], bytes],
) -> tuple[list[Order], str | None]:
    """Return one page of `user_id`'s orders (None: the caller's) and the token of the next.

    Raises ForeignOrdersError, and InvalidRequestError for a token of another list.
    """
    whose = user_id or caller.user_id
    if whose != caller.user_id and not caller.is_admin:
        raise ForeignOrdersError
    scope = {"list": "orders", "userId": whose, "status": status}
    before = decode_cursor(token, scope, cursor_key())["orderId"] if token is not None else None
    orders, further = store.page(whose, status, limit, before)
    return orders, encode_cursor({"orderId": further}, scope, cursor_key()) if further else None


def as_json(order: Order, caller: Caller) -> dict[str, Any]:
    """Return the order as the contract's schema `Order`, for this caller."""
    address = order.shipping_address
    shown: dict[str, Any] = {
        "orderId": order.order_id,
        "userId": order.user_id,
        "status": order.status.value,
        "version": order.version,
        "currency": order.currency,
        "items": [
            {
                "productId": line.product_id,
                "productName": line.product_name,
                "quantity": line.quantity,
                "unitPrice": line.unit_price,
                "lineTotal": line.line_total,
                "discount": line.discount,
                "tax": line.tax,
                **moved,
            }
            for line, moved in zip(order.lines, moved_quantities(order), strict=True)
        ],
        "subtotal": order.subtotal,
        "shipping": order.shipping,
        "tax": order.tax,
        "discount": order.discount,
        "total": order.total,
        "refunded": order.refunded,
        "shippingAddress": {
            "street": address.street,
            "city": address.city,
            "zipCode": address.zip_code,
            "country": address.country,
        },
        "history": [
            {"status": entry.status.value, "at": entry.at, "by": entry.by}
            | ({"reason": entry.reason} if entry.reason else {})
            for entry in order.history
        ],
        "allowedActions": list(legal_actions(order, caller)),
        **fulfilment_as_json(order),
        "createdAt": order.created_at,
        "updatedAt": order.updated_at,
    }
    if order.checkout_session_id:
        shown["checkoutSessionId"] = order.checkout_session_id
    if order.status_reason:
        shown["statusReason"] = {"code": order.status_reason.code, "message": order.status_reason.message}
    return shown
