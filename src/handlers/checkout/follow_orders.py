"""The consumer of order events: the session that an order was placed for says what became of it."""

from collections.abc import Mapping
from typing import Any

from orderflow.checkout.following import Follower
from orderflow.checkout.order_notices import order_of_a_client
from orderflow.checkout.pricing.discount_store import DynamoDiscounts
from orderflow.checkout.return_store import ReturnStore
from orderflow.checkout.session_store import DynamoSessionStore
from orderflow.checkout.sessions import Ledger
from orderflow.orders.order_store import DynamoOrderStore
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.observability import LogEvent, log, logger, traced


@traced
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Return the messages that failed; the queue keeps those (ReportBatchItemFailures) and forgets the rest."""
    logger.clear_state()
    logger.append_keys(function_request_id=context.aws_request_id, operation="follow_orders")
    dynamodb = client("dynamodb")
    store = DynamoSessionStore(dynamodb, settings.text("CHECKOUT_SESSIONS_TABLE"), idempotency="none")
    discounts = DynamoDiscounts(dynamodb, settings.text("DISCOUNTS_TABLE"))
    orders = DynamoOrderStore(dynamodb, settings.text("ORDERS_TABLE"))
    failed = []
    for record in event["Records"]:
        ledger = Ledger(store, utc_now, new_ulid, by="follow_orders", request_id=record["messageId"])
        follower = Follower(ledger, ReturnStore(store, discounts), orders.find, settings.text("SHOP_URL"))
        try:
            order_id = order_of_a_client(record["body"])
            if order_id:
                written = follower.follow_order(order_id)
        except Exception as error:  # noqa: BLE001 - whatever failed, only this message stays in the queue
            log(LogEvent.MESSAGE_FAILED, exc_info=True, message_id=record["messageId"], error=type(error).__name__)
            failed.append(record["messageId"])
            continue
        if order_id:
            log(LogEvent.SESSION_FOLLOWED, order_id=order_id, written=written)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
