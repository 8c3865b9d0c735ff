"""Reservations and stock in DynamoDB: every move is one transaction."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from orderflow.catalog.errors import OutOfStockError, StockLedgerError, UnknownProductError
from orderflow.catalog.reservations import ReservationExistsError
from orderflow.catalog.stock import Reservation, ReservationStatus, StockLine, StockMove, StockMoveKind
from orderflow.runtime.batch import read_batch
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import (
    ConditionFailedError,
    TransactionConflictError,
    TransactionRefusedError,
    from_item,
    to_item,
    translated_errors,
)

_ATTEMPTS = 4
_FIRST_PAUSE = 0.02  # seconds; doubles at each attempt, with full jitter


class DynamoReservationStore:
    """Reservations in one table, the stock they move in another.

    IAM: dynamodb:GetItem, PutItem, UpdateItem on reservations; UpdateItem, BatchGetItem on stock.
    """

    def __init__(
        self, client: Any, *, reservations: str, stock: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client, self._reservations, self._stock, self._sleep = client, reservations, stock, sleep

    def find(self, order_id: str) -> Reservation | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._reservations, Key=to_item({"orderId": order_id}), ConsistentRead=True
            )
        if "Item" not in answer:
            return None
        return reservation_from(from_item(answer["Item"]))

    def reserve(self, order_id: str, lines: tuple[StockLine, ...], at: datetime) -> None:
        record = self._record(order_id, lines, ReservationStatus.RESERVED, at)
        moves = [self._move(line, "available", "reserved", at) for line in lines]
        try:
            self._transact([{"Put": self._new(record)}, *moves])
        except TransactionRefusedError as refused:
            if 0 in refused.failed:
                raise ReservationExistsError from refused
            short = [lines[index - 1] for index in refused.failed]
            raise self._shortage(short) from refused

    def release(self, reservation: Reservation, at: datetime) -> bool:
        close = {
            "TableName": self._reservations,
            "Key": to_item({"orderId": reservation.order_id}),
            "UpdateExpression": "SET #status = :released, updatedAt = :at",
            "ConditionExpression": "#status = :reserved AND attribute_not_exists(moves)",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": to_item(
                {":released": ReservationStatus.RELEASED.value, ":reserved": reservation.status.value, ":at": iso(at)}
            ),
        }
        moves = [self._move(line, "reserved", "available", at) for line in reservation.lines]
        try:
            self._transact([{"Update": close}, *moves])
        except TransactionRefusedError as refused:
            if 0 in refused.failed:
                return False
            raise StockLedgerError(reservation.order_id) from refused
        return True

    def forbid(self, order_id: str, at: datetime) -> bool:
        try:
            with translated_errors():
                self._client.put_item(**self._new(self._record(order_id, (), ReservationStatus.RELEASED, at)))
        except ConditionFailedError:
            return False
        return True

    def _transact(self, items: Sequence[dict[str, Any]]) -> None:
        # botocore adds a ClientRequestToken, so its own repetitions cannot move stock twice.
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with translated_errors():
                    self._client.transact_write_items(TransactItems=items)
            except TransactionConflictError:
                if attempt == _ATTEMPTS:
                    raise
                self._sleep(random.uniform(0, _FIRST_PAUSE * 2**attempt))
            else:
                return

    def _shortage(self, short: Sequence[StockLine]) -> Exception:
        rows = read_batch(
            self._client,
            self._stock,
            key="productId",
            values=[line.product_id for line in short],
            attributes=("productId",),
            consistent=True,
        )
        kept = {row["productId"] for row in rows}
        unknown = [line.product_id for line in short if line.product_id not in kept]
        return UnknownProductError(unknown) if unknown else OutOfStockError(short[0].product_id, short[0].quantity)

    def _new(self, record: dict[str, Any]) -> dict[str, Any]:
        return {
            "TableName": self._reservations,
            "Item": to_item(record),
            "ConditionExpression": "attribute_not_exists(orderId)",
        }

    @staticmethod
    def _record(order_id: str, lines: tuple[StockLine, ...], status: ReservationStatus, at: datetime) -> dict[str, Any]:
        return {
            "orderId": order_id,
            "lines": [{"productId": line.product_id, "quantity": line.quantity} for line in lines],
            "status": status.value,
            "createdAt": iso(at),
            "updatedAt": iso(at),
        }

    def _move(self, line: StockLine, source: str, target: str, at: datetime) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self._stock,
                "Key": to_item({"productId": line.product_id}),
                "UpdateExpression": "SET #from = #from - :units, #to = #to + :units, updatedAt = :at",
                "ConditionExpression": "#from >= :units",
                "ExpressionAttributeNames": {"#from": source, "#to": target},
                "ExpressionAttributeValues": to_item({":units": line.quantity, ":at": iso(at)}),
            }
        }


def reservation_from(record: Mapping[str, Any]) -> Reservation:
    """Return the reservation in a record of the table."""
    return Reservation(
        order_id=record["orderId"],
        lines=_lines(record),
        status=ReservationStatus(record["status"]),
        moves=tuple(
            StockMove(move["moveId"], StockMoveKind(move["kind"]), _lines(move)) for move in record.get("moves", ())
        ),
    )


def _lines(record: Mapping[str, Any]) -> tuple[StockLine, ...]:
    return tuple(StockLine(line["productId"], line["quantity"]) for line in record["lines"])
