"""When an operator may give back an order's money or units: when nothing will come of the order any more."""

from orderflow.orders.order import Order
from orderflow.orders.status import OrderStatus
from orderflow.runtime.errors import ConflictError

OWES = frozenset({OrderStatus.REJECTED, OrderStatus.PAYMENT_FAILED, OrderStatus.CANCELLED, OrderStatus.FAILED})
_ON_ITS_WAY = frozenset({OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.REVIEW})


class OrderStillOwedError(ConflictError):
    """The order is on its way or sold: its money and its units belong where they are."""

    code = "ORDER_STILL_OWED"

    def __init__(self, order: Order, advice: str) -> None:
        super().__init__(f"Order {order.order_id} is {order.status}: {advice} Nothing was changed.")


def require_owing(order: Order | None, *, although_sold: bool = False) -> None:
    """Raise OrderStillOwedError unless the order ended without a sale; one that is not there has nothing to keep."""
    if order is None or order.status in OWES:
        return
    if order.status in _ON_ITS_WAY:
        raise OrderStillOwedError(order, "its workflow decides; cancel the order, or `executions retry` it.")
    if not although_sold:
        raise OrderStillOwedError(order, "the customer is to get what was paid for; cancel the order instead.")
