"""Payments in DynamoDB: every move is conditional on the status it leaves, and appended to the history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orderflow.orders.payment_terms import PaymentTerms
from orderflow.payments.moves import PaymentMovedError
from orderflow.payments.payment import Payment, PaymentStatus
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import ConditionFailedError, from_item, to_item, translated_errors


class DynamoPayments:
    """Payments as every step reads them (IAM: dynamodb:GetItem on the payments table)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def find(self, payment_id: str) -> Payment | None:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=to_item({"paymentId": payment_id}), ConsistentRead=True
            )
        return payment_from(from_item(answer["Item"])) if "Item" in answer else None

    def _move(self, payment: Payment, target: PaymentStatus, at: datetime, **facts: str) -> Payment:
        """Move the payment from the status it was read with."""
        told = {name: fact for name, fact in facts.items() if name != "closedAt"}
        entry = {"status": target.value, "at": iso(at), **told}
        changes = {"status": target.value, "updatedAt": iso(at), **facts}
        return self._update(
            payment.payment_id,
            "SET history = list_append(history, :entry), " + ", ".join(f"#{name} = :{name}" for name in changes),
            "#status = :source",
            names={f"#{name}": name for name in changes},
            values={
                ":entry": [entry],
                ":source": payment.status.value,
                **{f":{name}": value for name, value in changes.items()},
            },
        )

    def _update(
        self, payment_id: str, change: str, condition: str, *, names: Mapping[str, str], values: Mapping[str, Any]
    ) -> Payment:
        try:
            with translated_errors():
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=to_item({"paymentId": payment_id}),
                    UpdateExpression=change,
                    ConditionExpression=condition,
                    ExpressionAttributeNames=dict(names),
                    ExpressionAttributeValues=to_item(values),
                    ReturnValues="ALL_NEW",
                )
        except ConditionFailedError as refused:
            current = self.find(payment_id)
            if current is None:
                raise LookupError(f"{payment_id} was refused a move and is not there: somebody deleted it") from refused
            raise PaymentMovedError(current) from refused
        return payment_from(from_item(answer["Attributes"]))


class DynamoChargeStore(DynamoPayments):
    """Payments while they are charged and given up (IAM: also dynamodb:UpdateItem)."""

    def begin_attempt(self, payment_id: str, terms: PaymentTerms, requested_by: str, at: datetime) -> Payment:
        return self._update(
            payment_id,
            "SET orderId = :order, userId = :user, amount = :amount, currency = :currency, requestedBy = :asker, "
            "#status = :authorizing, attempts = if_not_exists(attempts, :none) + :one, "
            "history = if_not_exists(history, :first), "
            "createdAt = if_not_exists(createdAt, :at), updatedAt = :at",
            "attribute_not_exists(paymentId) OR (#status = :authorizing AND requestedBy = :asker)",
            names={"#status": "status"},
            values={
                ":order": terms.order_id,
                ":user": terms.user_id,
                ":amount": terms.amount,
                ":currency": terms.currency,
                ":asker": requested_by,
                ":authorizing": PaymentStatus.AUTHORIZING.value,
                ":none": 0,
                ":one": 1,
                ":first": [{"status": PaymentStatus.AUTHORIZING.value, "at": iso(at)}],
                ":at": iso(at),
            },
        )

    def follow(self, payment: Payment, successor: str, at: datetime) -> None:
        self._update(
            payment.payment_id,
            "SET successor = :successor, updatedAt = :at",
            "#status = :source AND attribute_not_exists(closedAt) AND attribute_not_exists(successor)",
            names={"#status": "status"},
            values={":successor": successor, ":source": payment.status.value, ":at": iso(at)},
        )

    def record_authorized(self, payment_id: str, reference: str, at: datetime) -> Payment:
        authorizing = Payment(payment_id, "", PaymentStatus.AUTHORIZING)
        return self._move(authorizing, PaymentStatus.AUTHORIZED, at, providerReference=reference)

    def record_declined(self, payment: Payment, decline_code: str, at: datetime) -> None:
        self._move(payment, PaymentStatus.DECLINED, at, declineCode=decline_code)

    def begin_voiding(self, payment: Payment, reason: str, at: datetime) -> None:
        self._move(payment, PaymentStatus.VOIDING, at, voidReason=reason)

    def record_failed(self, payment: Payment, at: datetime) -> None:
        self._move(payment, PaymentStatus.FAILED, at)


class DynamoRefundStore(DynamoPayments):
    """Payments while they are closed (IAM: also dynamodb:UpdateItem)."""

    def forbid(self, payment_id: str, order_id: str, reason: str, at: datetime) -> None:
        self._update(
            payment_id,
            "SET orderId = :order, #status = :voided, attempts = :none, refundReason = :reason, history = :first, "
            "createdAt = :at, updatedAt = :at, closedAt = :at",
            "attribute_not_exists(paymentId)",
            names={"#status": "status"},
            values={
                ":order": order_id,
                ":voided": PaymentStatus.VOIDED.value,
                ":none": 0,
                ":reason": reason,
                ":first": [{"status": PaymentStatus.VOIDED.value, "at": iso(at), "refundReason": reason}],
                ":at": iso(at),
            },
        )

    def close(self, payment: Payment, reason: str, at: datetime) -> None:
        self._update(
            payment.payment_id,
            "SET closedAt = :at, updatedAt = :at, refundReason = :reason",
            "#status = :source AND attribute_not_exists(successor)",
            names={"#status": "status"},
            values={":source": payment.status.value, ":reason": reason, ":at": iso(at)},
        )

    def record_voided(self, payment: Payment, reason: str, at: datetime) -> None:
        self._move(payment, PaymentStatus.VOIDED, at, refundReason=reason, closedAt=iso(at))

    def record_refunded(self, payment: Payment, reference: str, reason: str, at: datetime) -> None:
        facts = {"refundReference": reference, "refundReason": reason, "closedAt": iso(at)}
        self._move(payment, PaymentStatus.REFUNDED, at, **facts)


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
        requested_by=record.get("requestedBy"),
        successor=record.get("successor"),
        closed="closedAt" in record,
    )
