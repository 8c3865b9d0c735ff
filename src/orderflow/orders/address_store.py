"""Orders get another address in DynamoDB: one write on the version that was read, together with its audit entry."""

from datetime import datetime
from typing import Any

from orderflow.orders.cancelling import OrderMovedError
from orderflow.orders.order import Order
from orderflow.orders.order_records import address_record
from orderflow.orders.status import READDRESSABLE
from orderflow.runtime.dynamo import TransactionRefusedError, attempts, to_item
from orderflow.runtime.trail import Author

_SOURCES = {f":{status.value.lower()}": status.value for status in READDRESSABLE}


class DynamoAddressStore:
    """Changes addresses (IAM: dynamodb:UpdateItem on the orders table, dynamodb:PutItem on the trail)."""

    def __init__(self, client: Any, table: str, *, author: Author) -> None:
        self._client, self._table, self._author = client, table, author

    def readdress(self, before: Order, after: Order, at: datetime) -> None:
        update = {
            "TableName": self._table,
            "Key": to_item({"orderId": before.order_id}),
            # No history: it tells of moves, and a client who changes its mind for ever must not make the row grow.
            "UpdateExpression": "SET shippingAddress = :address, #version = :version, updatedAt = :now",
            # The version is enough as long as whoever moves an order raises it; what is shipped stays so regardless.
            "ConditionExpression": f"#version = :read AND ({' OR '.join(f'#status = {name}' for name in _SOURCES)})",
            "ExpressionAttributeNames": {"#status": "status", "#version": "version"},
            "ExpressionAttributeValues": to_item(
                {
                    ":address": address_record(after.shipping_address),
                    ":version": after.version,
                    ":now": after.updated_at,
                    ":read": before.version,
                    **_SOURCES,
                }
            ),
        }
        told = self._author.put(
            f"order#{before.order_id}",
            "order.address_changed",
            at,
            before=_facts(before),
            after=_facts(after),
            owner=before.user_id,
        )
        try:
            for attempt in attempts():
                with attempt:
                    self._client.transact_write_items(TransactItems=[{"Update": update}, told])
        except TransactionRefusedError as refused:
            if 0 not in refused.failed:
                raise
            raise OrderMovedError from refused


def _facts(order: Order) -> dict[str, Any]:
    return {"shippingAddress": address_record(order.shipping_address), "version": order.version}
