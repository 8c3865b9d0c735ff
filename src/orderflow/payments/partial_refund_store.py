"""Payments in DynamoDB, while parts of them are given back: one conditional write for each thing that is known."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orderflow.payments.partial_refunds import Account, AccountChangedError, PartialRefund, RefundState
from orderflow.payments.payment import PaymentStatus
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import ConditionFailedError, from_item, to_item, translated_errors


class DynamoAccountStore:
    """Payments and their refunds (IAM: dynamodb:GetItem and dynamodb:UpdateItem on the payments table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def find(self, payment_id: str) -> Account | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"paymentId": payment_id}), ConsistentRead=True
            )
        record = from_item(answer["Item"]) if "Item" in answer else {}
        if "amount" not in record:
            return None  # never begun, or closed before it was
        return Account(
            payment_id=record["paymentId"],
            status=PaymentStatus(record["status"]),
            amount=record["amount"],
            currency=record["currency"],
            provider_reference=record.get("providerReference"),
            refunds=tuple(_refund(refund) for refund in record.get("refunds", ())),
            successor=record.get("successor"),
        )

    def save(self, before: Account, after: Account, at: datetime) -> None:
        values: dict[str, Any] = {
            ":from": before.status.value,
            ":status": after.status.value,
            ":refunds": [_record(refund) for refund in after.refunds],
            ":refunded": after.refunded,
            ":at": iso(at),
            ":told": [_entry(refund, after.status, at) for refund in after.refunds if refund not in before.refunds],
        }
        unchanged = "attribute_not_exists(refunds)"
        if before.refunds:
            unchanged, values[":read"] = "refunds = :read", [_record(refund) for refund in before.refunds]
        try:
            with translated_errors():
                self._client.update_item(
                    TableName=self._table,
                    Key=to_item({"paymentId": before.payment_id}),
                    UpdateExpression="SET #status = :status, refunds = :refunds, refunded = :refunded, "
                    "updatedAt = :at, history = list_append(history, :told)",
                    ConditionExpression=f"#status = :from AND {unchanged}",
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues=to_item(values),
                )
        except ConditionFailedError as refused:
            raise AccountChangedError from refused


def _record(refund: PartialRefund) -> dict[str, Any]:
    record = {
        "refundId": refund.refund_id,
        "amount": refund.amount,
        "reason": refund.reason,
        "at": refund.at,
        "state": refund.state.value,
        "detail": refund.detail,
    }
    return {name: value for name, value in record.items() if value is not None}


def _refund(record: Mapping[str, Any]) -> PartialRefund:
    return PartialRefund(
        refund_id=record["refundId"],
        amount=record["amount"],
        reason=record["reason"],
        at=record["at"],
        state=RefundState(record["state"]),
        detail=record.get("detail"),
    )


def _entry(refund: PartialRefund, status: PaymentStatus, at: datetime) -> dict[str, Any]:
    told = f"{refund.refund_id} {refund.state.value} {refund.amount}"
    reference = {"refundReference": refund.detail} if refund.detail else {}
    return {"status": status.value, "at": iso(at), "refundReason": told, **reference}
