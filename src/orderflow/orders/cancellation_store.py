"""Orders become CANCELLED in DynamoDB; order_cancellation's CancelOrder makes the same write."""

from datetime import datetime
from typing import Any

from orderflow.orders.cancelling import Cancellation, OrderMovedError
from orderflow.orders.open_orders import GROUP
from orderflow.orders.order import Order
from orderflow.orders.status import CANCELLABLE, OrderStatus
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import TransactionRefusedError, attempts, to_item, translated_errors
from orderflow.runtime.trail import Author

_SOURCES = {f":{status.value.lower()}": status.value for status in CANCELLABLE}


class DynamoCancellationStore:
    """Cancels orders (IAM: dynamodb:UpdateItem on the orders table, dynamodb:PutItem on the trail)."""

    def __init__(self, client: Any, table: str, *, author: Author) -> None:
        self._client, self._table, self._author = client, table, author

    def cancel(self, order: Order, cancellation: Cancellation, at: datetime) -> None:
        reason = {"code": cancellation.reason.code, "message": cancellation.reason.message}
        entry = {
            "status": OrderStatus.CANCELLED.value,
            "at": iso(at),
            "by": cancellation.by.value,
            "reason": reason,
        }
        update = {
            "TableName": self._table,
            "Key": to_item({"orderId": order.order_id}),
            "UpdateExpression": "SET #status = :status, #version = #version + :one, updatedAt = :now, "
            "history = list_append(history, :entry), statusReason = :reason, "
            "openGroup = :group, checkAfter = :now",
            # As it was read, so that the trail's `before` is true; and only from where the machine would cancel it too.
            "ConditionExpression": f"#status = :read AND ({' OR '.join(f'#status = {name}' for name in _SOURCES)})",
            "ExpressionAttributeNames": {"#status": "status", "#version": "version"},
            "ExpressionAttributeValues": to_item(
                {
                    ":status": OrderStatus.CANCELLED.value,
                    ":one": 1,
                    ":now": iso(at),
                    ":entry": [entry],
                    ":reason": reason,
                    ":group": GROUP,
                    ":read": order.status.value,
                    **_SOURCES,
                }
            ),
        }
        told = self._author.put(
            f"order#{order.order_id}",
            "order.cancelled",
            at,
            before={"status": order.status.value},
            after={"status": OrderStatus.CANCELLED.value, "statusReason": cancellation.reason.code},
            owner=order.user_id,
        )
        try:
            for attempt in attempts():
                with attempt:
                    self._client.transact_write_items(TransactItems=[{"Update": update}, told])
        except TransactionRefusedError as refused:
            if 0 not in refused.failed:
                raise
            raise OrderMovedError from refused

    def tell_request(self, order: Order, cancellation: Cancellation, at: datetime) -> None:
        entry = self._author.put(
            f"order#{order.order_id}",
            "order.cancel_requested",
            at,
            before={},
            after={"statusReason": cancellation.reason.code},
            owner=order.user_id,
        )
        with translated_errors():
            self._client.put_item(**entry["Put"])
