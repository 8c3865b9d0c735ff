"""Payments read from DynamoDB for audits and operators."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orderflow.payments.audit import PaymentMove, PaymentRecord
from orderflow.payments.payment import Payment, PaymentStatus, payment_id_of
from orderflow.payments.payment_store import payment_from
from orderflow.runtime.audit import Page, page_of
from orderflow.runtime.batch import read_batch
from orderflow.runtime.dynamo import from_item, to_item, translated_errors
from orderflow.runtime.scan import pages

_ATTRIBUTES = (
    "paymentId", "orderId", "status", "attempts", "amount", "currency", "providerReference", "declineCode",
    "requestedBy", "successor", "closedAt",
)  # fmt: skip
_DETAILS = ("providerReference", "declineCode", "refundReference", "refundReason", "voidReason")


class DynamoPaymentAudit:
    """The payments' audit (IAM: dynamodb:Scan, BatchGetItem, GetItem on the payments table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def pages(self) -> Iterator[Page[Payment]]:
        for rows in pages(self._client, self._table, _ATTRIBUTES):
            yield page_of(rows, "paymentId", payment_from)

    def payments_of(self, order_ids: Sequence[str]) -> dict[str, Payment]:
        found: dict[str, Payment] = {}
        wanted = [payment_id_of(order_id) for order_id in order_ids]
        while wanted:
            rows = read_batch(
                self._client, self._table, key="paymentId", values=wanted, attributes=_ATTRIBUTES, consistent=True
            )
            read = page_of(rows, "paymentId", payment_from).records
            found |= {each.order_id: each for each in read}
            wanted = [each.successor for each in read if each.successor]
        return found

    def record(self, payment_id: str) -> PaymentRecord | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"paymentId": payment_id}), ConsistentRead=True
            )
        if "Item" not in answer:
            return None
        record = from_item(answer["Item"])
        return PaymentRecord(payment_from(record), tuple(_move(entry) for entry in record["history"]))


def _move(entry: Mapping[str, Any]) -> PaymentMove:
    details = [str(entry[name]) for name in _DETAILS if entry.get(name)]
    return PaymentMove(PaymentStatus(entry["status"]), entry["at"], ", ".join(details) or None)
