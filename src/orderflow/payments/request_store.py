"""Requests to pay, in DynamoDB: each is what the record of its Idempotency-Key keeps, and is forgotten with it."""

from typing import Any

from orderflow.payments.requests import PaymentRequest, request_of
from orderflow.runtime.idempotency.record_store import DynamoRecords


class DynamoPaymentRequests:
    """The keys of POST /pay, apart from all others: they hold payment methods (IAM: dynamodb:GetItem for `find`,
    dynamodb:PutItem for the keys' own writes, both on the payment requests table)."""

    def __init__(self, client: Any, table: str) -> None:
        self.records = DynamoRecords(client, table, key="requestId")

    def find(self, request_id: str) -> PaymentRequest | None:
        record = self.records.find(request_id)
        return request_of(record) if record else None
