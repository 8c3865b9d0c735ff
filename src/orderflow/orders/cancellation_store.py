"""Orders become CANCELLED in DynamoDB; order_cancellation's CancelOrder makes the same write."""

from datetime import datetime
from typing import Any

from orderflow.orders.cancelling import Cancellation, OrderMovedError
from orderflow.orders.open_orders import GROUP
from orderflow.orders.status import CANCELLABLE, OrderStatus
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import ConditionFailedError, to_item, translated_errors

_SOURCES = {f":{status.value.lower()}": status.value for status in CANCELLABLE}


class DynamoCancellationStore:
    """Cancels orders (IAM: dynamodb:UpdateItem on the orders table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def cancel(self, cancellation: Cancellation, at: datetime) -> None:
        reason = {"code": cancellation.reason.code, "message": cancellation.reason.message}
        entry = {
            "status": OrderStatus.CANCELLED.value,
            "at": iso(at),
            "by": cancellation.by.value,
            "reason": reason,
        }
        try:
            with translated_errors():
                self._client.update_item(
                    TableName=self._table,
                    Key=to_item({"orderId": cancellation.order_id}),
                    UpdateExpression="SET #status = :status, #version = #version + :one, updatedAt = :now, "
                    "history = list_append(history, :entry), statusReason = :reason, "
                    "openGroup = :group, checkAfter = :now",
                    ConditionExpression=" OR ".join(f"#status = {placeholder}" for placeholder in _SOURCES),
                    ExpressionAttributeNames={"#status": "status", "#version": "version"},
                    ExpressionAttributeValues=to_item(
                        {
                            ":status": OrderStatus.CANCELLED.value,
                            ":one": 1,
                            ":now": iso(at),
                            ":entry": [entry],
                            ":reason": reason,
                            ":group": GROUP,
                            **_SOURCES,
                        }
                    ),
                )
        except ConditionFailedError as refused:
            raise OrderMovedError from refused
