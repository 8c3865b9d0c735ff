"""Payments in DynamoDB: every move is conditional on the status it leaves, and appended to the history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orderflow.orders.payment_terms import PaymentTerms
from orderflow.payments.charging import PaymentMovedError
from orderflow.payments.payment import Payment, PaymentStatus, payment_id_of
from orderflow.payments.refunding import PaymentContendedError
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import ConditionFailedError, from_item, to_item, translated_errors


class _DynamoPayments:
    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def find(self, payment_id: str) -> Payment | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"paymentId": payment_id}), ConsistentRead=True
            )
        return payment_from(from_item(answer["Item"])) if "Item" in answer else None

    def _move(self, payment_id: str, source: PaymentStatus, target: PaymentStatus, at: datetime, **facts: str) -> None:
        entry = {"status": target.value, "at": iso(at), **facts}
        changes = {"status": target.value, "updatedAt": iso(at), **facts}
        with translated_errors():
            self._client.update_item(
                TableName=self._table,
                Key=to_item({"paymentId": payment_id}),
                UpdateExpression="SET history = list_append(history, :entry), "
                + ", ".join(f"#{name} = :{name}" for name in changes),
                ConditionExpression="#status = :source",
                ExpressionAttributeNames={f"#{name}": name for name in changes},
                ExpressionAttributeValues=to_item(
                    {
                        ":entry": [entry],
                        ":source": source.value,
                        **{f":{name}": value for name, value in changes.items()},
                    }
                ),
            )


class DynamoChargeStore(_DynamoPayments):
    """Payments while they are charged (IAM: dynamodb:GetItem and dynamodb:UpdateItem on the payments table)."""

    def begin_attempt(self, terms: PaymentTerms, at: datetime) -> Payment:
        payment_id = payment_id_of(terms.order_id)
        try:
            with translated_errors():
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=to_item({"paymentId": payment_id}),
                    UpdateExpression="SET orderId = :order, amount = :amount, currency = :currency, "
                    "#status = :authorizing, attempts = if_not_exists(attempts, :none) + :one, "
                    "history = if_not_exists(history, :first), "
                    "createdAt = if_not_exists(createdAt, :at), updatedAt = :at",
                    ConditionExpression="attribute_not_exists(paymentId) OR #status = :authorizing",
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues=to_item(
                        {
                            ":order": terms.order_id,
                            ":amount": terms.amount,
                            ":currency": terms.currency,
                            ":authorizing": PaymentStatus.AUTHORIZING.value,
                            ":none": 0,
                            ":one": 1,
                            ":first": [{"status": PaymentStatus.AUTHORIZING.value, "at": iso(at)}],
                            ":at": iso(at),
                        }
                    ),
                    ReturnValues="ALL_NEW",
                )
        except ConditionFailedError as refused:
            raise PaymentMovedError(self._existing(payment_id)) from refused
        return payment_from(from_item(answer["Attributes"]))

    def record_captured(self, payment_id: str, reference: str, at: datetime) -> None:
        self._leave_authorizing(payment_id, PaymentStatus.CAPTURED, at, providerReference=reference)

    def record_declined(self, payment_id: str, decline_code: str, at: datetime) -> None:
        self._leave_authorizing(payment_id, PaymentStatus.DECLINED, at, declineCode=decline_code)

    def _leave_authorizing(self, payment_id: str, target: PaymentStatus, at: datetime, **facts: str) -> None:
        try:
            self._move(payment_id, PaymentStatus.AUTHORIZING, target, at, **facts)
        except ConditionFailedError as refused:
            raise PaymentMovedError(self._existing(payment_id)) from refused

    def _existing(self, payment_id: str) -> Payment:
        payment = self.find(payment_id)
        if payment is None:
            raise LookupError(f"{payment_id} was refused a move and is not there: somebody deleted it")
        return payment


class DynamoRefundStore(_DynamoPayments):
    """Payments while they are closed (IAM: dynamodb:GetItem and dynamodb:UpdateItem on the payments table)."""

    def forbid(self, order_id: str, reason: str, at: datetime) -> None:
        try:
            with translated_errors():
                self._client.update_item(
                    TableName=self._table,
                    Key=to_item({"paymentId": payment_id_of(order_id)}),
                    UpdateExpression="SET orderId = :order, #status = :voided, attempts = :none, "
                    "refundReason = :reason, history = :first, createdAt = :at, updatedAt = :at",
                    ConditionExpression="attribute_not_exists(paymentId)",
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues=to_item(
                        {
                            ":order": order_id,
                            ":voided": PaymentStatus.VOIDED.value,
                            ":none": 0,
                            ":reason": reason,
                            ":first": [{"status": PaymentStatus.VOIDED.value, "at": iso(at), "refundReason": reason}],
                            ":at": iso(at),
                        }
                    ),
                )
        except ConditionFailedError as refused:
            raise PaymentContendedError from refused

    def record_voided(self, payment_id: str, reason: str, at: datetime) -> None:
        self._close(payment_id, PaymentStatus.AUTHORIZING, PaymentStatus.VOIDED, at, refundReason=reason)

    def record_refunded(self, payment_id: str, reference: str, reason: str, at: datetime) -> None:
        facts = {"refundReference": reference, "refundReason": reason}
        self._close(payment_id, PaymentStatus.CAPTURED, PaymentStatus.REFUNDED, at, **facts)

    def _close(self, payment_id: str, source: PaymentStatus, target: PaymentStatus, at: datetime, **facts: str) -> None:
        try:
            self._move(payment_id, source, target, at, **facts)
        except ConditionFailedError as refused:
            raise PaymentContendedError from refused


def payment_from(record: Mapping[str, Any]) -> Payment:
    """Return the payment in a record of the table."""
    return Payment(
        payment_id=record["paymentId"],
        order_id=record["orderId"],
        status=PaymentStatus(record["status"]),
        attempts=record["attempts"],
        amount=record.get("amount"),
        currency=record.get("currency"),
        provider_reference=record.get("providerReference"),
        decline_code=record.get("declineCode"),
    )
