"""Requests to pay, in DynamoDB; each is forgotten with its Idempotency-Key."""

from datetime import datetime
from typing import Any

from orderflow.payments.requests import PaymentRequest
from orderflow.runtime.dynamo import ConditionFailedError, from_item, to_item, translated_errors


class DynamoPaymentRequests:
    """Requests (IAM: dynamodb:GetItem for `find`, dynamodb:PutItem for `add` on the payment requests table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def find(self, request_id: str) -> PaymentRequest | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"requestId": request_id}), ConsistentRead=True
            )
        if "Item" not in answer:
            return None
        record = from_item(answer["Item"])
        return PaymentRequest(
            record["requestId"], record["fingerprint"], record["orderId"], record["expiresAt"], record.get("token")
        )

    def add(self, request: PaymentRequest, now: datetime) -> bool:
        record = {
            "requestId": request.request_id,
            "fingerprint": request.fingerprint,
            "orderId": request.order_id,
            "expiresAt": request.expires_at,
            "token": request.token,
        }
        try:
            with translated_errors():
                self._client.put_item(
                    TableName=self._table,
                    Item=to_item(record),
                    ConditionExpression="attribute_not_exists(requestId) OR expiresAt <= :now",
                    ExpressionAttributeValues=to_item({":now": int(now.timestamp())}),
                )
        except ConditionFailedError:
            return False
        return True
