"""Orders in review, in DynamoDB: held, decided about, and the token of the execution that waits.

`reviewToken` makes an execution go on, so it is read here and nowhere else.
"""

from datetime import datetime
from typing import Any

from orderflow.orders.review_request import ReviewRequest
from orderflow.orders.review_wait import Verdict, Wait
from orderflow.orders.reviewing import Decision, ReviewOverError
from orderflow.orders.status import Actor, OrderStatus
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import (
    ConditionFailedError,
    TransactionRefusedError,
    attempts,
    from_item,
    to_item,
    translated_errors,
)
from orderflow.runtime.idempotency.once import Once
from orderflow.runtime.trail import Author

_STATUS = {"#status": "status"}
_MOVED = {**_STATUS, "#version": "version"}
_MOVE = "SET #status = :status, #version = #version + :one, updatedAt = :now, history = list_append(history, :entry)"


class DynamoWaitStore:
    """Who waits for a review (IAM: dynamodb:GetItem for `wait`, dynamodb:UpdateItem for `forget`)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def wait(self, order_id: str) -> Wait | None:
        record = self._read(order_id, "#status, reviewToken, reviewDeadline, review", _STATUS)
        if "reviewToken" not in record:
            return None
        verdict = record.get("review", {}).get("verdict")
        return Wait(
            order_id=order_id,
            status=OrderStatus(record["status"]),
            token=record["reviewToken"],
            deadline=record["reviewDeadline"],
            verdict=Verdict(verdict) if verdict else None,
        )

    def forget(self, wait: Wait) -> None:
        self._update(wait.order_id, "REMOVE reviewToken", "reviewToken = :token", {":token": wait.token}, {})

    def _read(self, order_id: str, projection: str, names: dict[str, str]) -> dict[str, Any]:
        with translated_errors():
            answer = self._client.get_item(
                TableName=self._table,
                Key=to_item({"orderId": order_id}),
                ConsistentRead=True,
                ProjectionExpression=projection,
                **({"ExpressionAttributeNames": names} if names else {}),
            )
        return from_item(answer.get("Item", {}))

    def _update(
        self,
        order_id: str,
        update: str,
        condition: str,
        values: dict[str, Any],
        names: dict[str, str],
        answer: str = "UPDATED_NEW",
    ) -> dict[str, Any] | None:
        """Return what was written (or all there is), None when the condition refused."""
        try:
            with translated_errors():
                written = self._client.update_item(
                    TableName=self._table,
                    Key=to_item({"orderId": order_id}),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=to_item(values),
                    ReturnValues=answer,
                    **({"ExpressionAttributeNames": names} if names else {}),
                )
        except ConditionFailedError:
            return None
        return from_item(written.get("Attributes", {}))


class DynamoReviewStore(DynamoWaitStore):
    """Reviews, and the trail of holding and deciding (IAM: dynamodb:GetItem for `wait` and `once_of`,
    dynamodb:UpdateItem for the others, dynamodb:PutItem on the trail)."""

    def __init__(self, client: Any, table: str, *, author: Author) -> None:
        super().__init__(client, table)
        self._author = author

    def hold(self, request: ReviewRequest, at: datetime, deadline: str) -> bool:
        entry = {"status": OrderStatus.REVIEW.value, "at": iso(at), "by": Actor.WORKFLOW.value}
        return self._write(
            request.order_id,
            f"{_MOVE}, reviewToken = :token, reviewDeadline = :deadline",
            "#status = :processing AND executionArn = :execution AND attribute_not_exists(review)",
            {
                **_move(entry, at),
                ":token": request.token,
                ":deadline": deadline,
                ":processing": OrderStatus.PROCESSING.value,
                ":execution": request.execution,
            },
            self._author.put(
                f"order#{request.order_id}",
                "order.held",
                at,
                before={"status": OrderStatus.PROCESSING.value},
                after={"status": OrderStatus.REVIEW.value},
                owner=request.user_id,
            ),
        )

    def renew(self, request: ReviewRequest) -> str | None:
        renewed = self._update(
            request.order_id,
            "SET reviewToken = :token",
            "executionArn = :execution AND (#status = :processing OR #status = :review) "
            "AND attribute_exists(reviewDeadline)",
            {
                ":token": request.token,
                ":execution": request.execution,
                ":processing": OrderStatus.PROCESSING.value,
                ":review": OrderStatus.REVIEW.value,
            },
            _STATUS,
            answer="ALL_NEW",
        )
        return renewed["reviewDeadline"] if renewed else None

    def decide(self, decision: Decision, at: datetime) -> None:
        reason = {"code": f"REVIEW_{decision.verdict.value}", "message": decision.reason}
        # To the customer an order that was decided about is at work again: approved, or on its way to REJECTED.
        entry = {"status": OrderStatus.PROCESSING.value, "at": iso(at), "by": Actor.ADMIN.value, "reason": reason}
        review = {"verdict": decision.verdict.value, "by": decision.by, "at": iso(at), "reason": decision.reason}
        if decision.once:
            review |= {"requestId": decision.once.id, "fingerprint": decision.once.fingerprint}
        decided = self._write(
            decision.order_id,
            f"{_MOVE}, review = :verdict",
            "#status = :review",
            {**_move(entry, at), ":verdict": review, ":review": OrderStatus.REVIEW.value},
            self._author.put(
                f"order#{decision.order_id}",
                "order.reviewed",
                at,
                before={"status": OrderStatus.REVIEW.value},
                after={"status": OrderStatus.PROCESSING.value, "verdict": decision.verdict.value},
                owner=decision.owner,
            ),
        )
        if not decided:
            raise ReviewOverError

    def once_of(self, order_id: str) -> Once | None:
        review = self._read(order_id, "review", {}).get("review", {})
        return Once(review["requestId"], review["fingerprint"]) if "requestId" in review else None

    def _write(self, order_id: str, update: str, condition: str, values: dict[str, Any], entry: dict[str, Any]) -> bool:
        """Return whether the condition held, and the move and its entry were written."""
        move = {
            "TableName": self._table,
            "Key": to_item({"orderId": order_id}),
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": _MOVED,
            "ExpressionAttributeValues": to_item(values),
        }
        try:
            for attempt in attempts():
                with attempt:
                    self._client.transact_write_items(TransactItems=[{"Update": move}, entry])
        except TransactionRefusedError as refused:
            if 0 not in refused.failed:
                raise
            return False
        return True


def _move(entry: dict[str, Any], at: datetime) -> dict[str, Any]:
    return {":status": entry["status"], ":one": 1, ":now": iso(at), ":entry": [entry]}
