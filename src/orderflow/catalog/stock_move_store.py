"""Shipments and returns in DynamoDB: the reservation remembers each, in one transaction with the units."""

from datetime import datetime
from typing import Any

from orderflow.catalog.errors import StockLedgerError
from orderflow.catalog.reservation_store import DynamoReservationStore
from orderflow.catalog.stock import Reservation, StockMove, StockMoveKind
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import TransactionRefusedError, to_item

_WAYS = {StockMoveKind.SHIPPED: ("reserved", "sold"), StockMoveKind.RETURNED: ("sold", "available")}


class DynamoStockMoveStore(DynamoReservationStore):
    """Moves of what orders were given (IAM: dynamodb:GetItem, UpdateItem on reservations; UpdateItem on stock)."""

    def move(self, reservation: Reservation, move: StockMove, at: datetime) -> bool:
        moves = [_record(each) for each in (*reservation.moves, move)]
        values: dict[str, Any] = {":status": reservation.status.value, ":moves": moves, ":at": iso(at)}
        # Only ever appended to, so the number of moves tells whether somebody else appended one.
        unchanged = "attribute_not_exists(moves)"
        if reservation.moves:
            unchanged, values[":read"] = "size(moves) = :read", len(reservation.moves)
        remember = {
            "TableName": self._reservations,
            "Key": to_item({"orderId": reservation.order_id}),
            "UpdateExpression": "SET moves = :moves, updatedAt = :at",
            "ConditionExpression": f"#status = :status AND {unchanged}",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": to_item(values),
        }
        source, target = _WAYS[move.kind]
        units = [self._move(line, source, target, at) for line in move.lines]
        try:
            self._transact([{"Update": remember}, *units])
        except TransactionRefusedError as refused:
            if 0 in refused.failed:
                return False
            raise StockLedgerError(reservation.order_id) from refused
        return True


def _record(move: StockMove) -> dict[str, Any]:
    return {
        "moveId": move.move_id,
        "kind": move.kind.value,
        "lines": [{"productId": line.product_id, "quantity": line.quantity} for line in move.lines],
    }
