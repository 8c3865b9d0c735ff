"""Every five minutes: shipments, deliveries, returns and refunds that were left half-way are carried out."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from orderflow.catalog.stock_move_store import DynamoStockMoveStore
from orderflow.catalog.stock_moving import StockRoom
from orderflow.orders.errors import SweepIncompleteError
from orderflow.orders.finishing import Finisher
from orderflow.orders.movement_store import DynamoMovementStore
from orderflow.orders.notice_topic import SnsNotices
from orderflow.orders.settling import Settlement
from orderflow.payments.partial_refund_store import DynamoAccountStore
from orderflow.payments.partial_refunds import Till
from orderflow.payments.provider_choice import payment_provider
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, count, log, logger
from orderflow.runtime.schedule import scheduled_handler
from orderflow.runtime.trail import Author

# Whoever dies within a look is finished by the next run.
_LONGEST_LOOK_MS = 30_000


@scheduled_handler
def handler(_event: Mapping[str, Any], remaining_ms: Callable[[], int]) -> dict[str, Any]:
    """Return how many movements became what; raises SweepIncompleteError after all when an order failed."""
    finisher = _finisher()
    totals: Counter[str] = Counter()
    broken = 0
    for order_id in finisher.due():
        if remaining_ms() < _LONGEST_LOOK_MS:
            break  # what is left is the first of the next run
        logger.append_keys(order_id=order_id)
        try:
            done = finisher.finish(order_id)
        except Exception as error:  # noqa: BLE001 - one order must not keep the others from moving
            broken += 1
            log(LogEvent.MOVEMENTS_NOT_FINISHED, exc_info=True, error=type(error).__name__)
            continue
        totals.update(settled=done.settled, failed=done.failed, left=done.left)
        if done.settled or done.failed:
            log(LogEvent.MOVEMENTS_FINISHED, settled=done.settled)
            count("StuckOrders")
        if done.left:
            log(LogEvent.MOVEMENT_LEFT_PENDING, left=done.left)
        for _ in range(done.failed):
            log(LogEvent.REFUND_FAILED)
            count("RefundsFailed")
    logger.remove_keys(["order_id"])
    log(LogEvent.MOVEMENTS_LOOKED_AT, found=dict(totals), failed=broken)
    if broken:
        raise SweepIncompleteError(broken)
    return dict(totals)


def _finisher() -> Finisher:
    dynamodb = client("dynamodb")
    store = DynamoMovementStore(
        dynamodb,
        settings.text("ORDERS_TABLE"),
        author=Author(settings.text("AUDIT_TRAIL_TABLE"), "function:finish_movements", "schedule"),
    )
    settlement = Settlement(
        store=store,
        notices=SnsNotices(client("sns"), settings.text("ORDER_COMPLETED_TOPIC_ARN")),
        clock=utc_now,
        stock=StockRoom(
            DynamoStockMoveStore(
                dynamodb, reservations=settings.text("RESERVATIONS_TABLE"), stock=settings.text("STOCK_TABLE")
            ),
            utc_now,
        ),
        till=Till(
            DynamoAccountStore(dynamodb, settings.text("PAYMENTS_TABLE")),
            payment_provider(settings.text("PAYMENT_PROVIDER")),
            utc_now,
        ),
    )
    return Finisher(store=store, settlement=settlement, clock=utc_now)
