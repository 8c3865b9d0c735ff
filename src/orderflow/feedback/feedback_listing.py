"""Feedback by product, page by page: a Query on the index of what counts, never a Scan."""

from typing import Any

from orderflow.feedback.feedback import Feedback
from orderflow.feedback.feedback_records import from_rows
from orderflow.feedback.reading import Position
from orderflow.runtime.dynamo import from_item, to_item, translated_errors


class DynamoFeedbackListing:
    """Pages of the index by-product (IAM: dynamodb:Query on it)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def page(self, product_id: str, limit: int, after: Position | None) -> tuple[list[Feedback], Position | None]:
        found: list[Feedback] = []
        while True:
            start = {} if after is None else {"ExclusiveStartKey": to_item(_key(product_id, after))}
            # One more than asked for tells whether there is a next page, so that the last one is not followed by none.
            with translated_errors():
                answer = self._client.query(
                    TableName=self._table,
                    IndexName="by-product",
                    KeyConditionExpression="ratedProduct = :product",
                    ExpressionAttributeValues=to_item({":product": product_id}),
                    ScanIndexForward=False,
                    Limit=limit + 1 - len(found),
                    **start,
                )
            found += [from_rows([from_item(item)]) for item in answer["Items"]]
            if len(found) > limit:
                last = found[limit - 1]
                return found[:limit], Position(last.feedback_id, last.created_at)
            if "LastEvaluatedKey" not in answer:
                return found, None
            last_key = from_item(answer["LastEvaluatedKey"])
            after = Position(last_key["feedbackId"], last_key["createdAt"])


def _key(product_id: str, position: Position) -> dict[str, str]:
    return {
        "ratedProduct": product_id,
        "createdAt": position.created_at,
        "feedbackId": position.feedback_id,
        "productId": product_id,
    }
