"""Payments read from DynamoDB for whom they belong to."""

from typing import Any

from orderflow.payments.payment import PaymentStatus
from orderflow.payments.payment_store import payment_from
from orderflow.payments.reading import ShownPayment
from orderflow.runtime.dynamo import from_item, to_item, translated_errors


class DynamoPaymentReader:
    """Payments with their history (IAM: dynamodb:GetItem on the payments table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def show(self, payment_id: str) -> ShownPayment | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"paymentId": payment_id}), ConsistentRead=True
            )
        if "Item" not in answer:
            return None
        record = from_item(answer["Item"])
        return ShownPayment(
            payment_from(record),
            record.get("userId"),
            tuple((PaymentStatus(entry["status"]), entry["at"]) for entry in record["history"]),
            record["createdAt"],
            record["updatedAt"],
        )
