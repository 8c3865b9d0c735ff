"""Feedback in DynamoDB: every write is one transaction with what it changes in the ratings of products."""

import time
from collections.abc import Callable, Mapping, Set
from datetime import datetime
from typing import Any

from orderflow.catalog.rating import Rating
from orderflow.feedback.feedback import Feedback, rating_differences
from orderflow.feedback.feedback_records import DUE_GROUP, are_whole, from_rows, removed_rows, to_rows
from orderflow.feedback.recording import FeedbackMovedError
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import (
    ConditionFailedError,
    StoreUnavailableError,
    TransactionRefusedError,
    attempts,
    from_item,
    to_item,
    translated_errors,
)

_LOOKS = 3

Ratings = Callable[[Mapping[str, Rating]], list[dict[str, Any]]]


class DynamoFeedbackReader:
    """Feedback of one table, by its id (IAM: dynamodb:Query)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def find(self, feedback_id: str) -> Feedback | None:
        for _ in range(_LOOKS):
            rows = self._rows(feedback_id)
            # A Query may meet a transaction half-way, and then answers rows of two revisions, or not all rows.
            if are_whole(rows):
                return from_rows(rows) if rows and "removedAt" not in rows[0] else None
        raise StoreUnavailableError("The feedback is being written right now; try again.")

    def _rows(self, feedback_id: str) -> list[dict[str, Any]]:
        # At most 50 rows of a few kilobytes: below the 1 MB at which a page ends.
        with translated_errors():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="feedbackId = :id",
                ExpressionAttributeValues=to_item({":id": feedback_id}),
                ConsistentRead=True,
            )
        return [from_item(item) for item in answer["Items"]]


class DynamoFeedbackStore(DynamoFeedbackReader):
    """Feedback that is written (IAM: also PutItem; to follow orders, Query on by-due and UpdateItem).

    `ratings` is the catalogue's part of the transaction, an element for each product in the order given.
    """

    def __init__(
        self, client: Any, table: str, *, ratings: Ratings, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        super().__init__(client, table)
        self._ratings, self._sleep = ratings, sleep

    def write(self, before: Feedback | None, after: Feedback | None, at: datetime) -> Set[str]:
        differences = rating_differences(before, after)
        puts = [{"Put": self._put(row, before)} for row in _next_rows(before, after, at)]
        items = [*puts, *(self._ratings(differences) if differences else ())]
        try:
            for attempt in attempts(self._sleep):
                with attempt:
                    # botocore adds a ClientRequestToken, so its own repetitions cannot count twice.
                    self._client.transact_write_items(TransactItems=items)
        except TransactionRefusedError as refused:
            if refused.failed[0] < len(puts):
                raise FeedbackMovedError from refused
            products = list(differences)
            return {products[index - len(puts)] for index in refused.failed}
        return frozenset()

    def due(self, now: datetime, limit: int) -> list[str]:
        with translated_errors():
            answer = self._client.query(
                TableName=self._table,
                IndexName="by-due",
                KeyConditionExpression="dueGroup = :group AND checkAfter <= :now",
                ExpressionAttributeValues=to_item({":group": DUE_GROUP, ":now": iso(now)}),
                ProjectionExpression="feedbackId",
                Limit=limit,
            )
        return [from_item(item)["feedbackId"] for item in answer["Items"]]

    def put_off(self, feedback: Feedback, check_after: str) -> None:
        try:
            with translated_errors():
                self._client.update_item(
                    TableName=self._table,
                    Key=to_item({"feedbackId": feedback.feedback_id, "productId": feedback.product_ids[0]}),
                    UpdateExpression="SET checkAfter = :next",
                    ConditionExpression="revision = :read",
                    ExpressionAttributeValues=to_item({":next": check_after, ":read": feedback.revision}),
                )
        except ConditionFailedError:
            return  # Its giver or another run changed it: theirs stands.

    def _put(self, row: Mapping[str, Any], before: Feedback | None) -> dict[str, Any]:
        put: dict[str, Any] = {"TableName": self._table, "Item": to_item(row)}
        if before is None:
            return {**put, "ConditionExpression": "attribute_not_exists(feedbackId)"}
        values = to_item({":read": before.revision})
        return {**put, "ConditionExpression": "revision = :read", "ExpressionAttributeValues": values}


def _next_rows(before: Feedback | None, after: Feedback | None, at: datetime) -> list[dict[str, Any]]:
    if after is not None:
        return to_rows(after)
    return removed_rows(before, at) if before is not None else []
