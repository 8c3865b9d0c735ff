"""The products' ratings in DynamoDB: changed only as a part of the transaction that changes what they are made of."""

from collections.abc import Mapping
from typing import Any

from orderflow.catalog.rating import Rating
from orderflow.runtime.dynamo import to_item


class DynamoRatings:
    """The ratings of the products table (IAM: dynamodb:UpdateItem on it, for whoever runs the transaction)."""

    def __init__(self, table: str) -> None:
        self._table = table

    def changes(self, differences: Mapping[str, Rating]) -> list[dict[str, Any]]:
        """Return one element of TransactItems for each product, in this order, that adds the difference.

        An element is refused when the catalogue has no such product; a withdrawn one keeps its rating. `version` stays:
        it counts the merchant's changes.
        """
        return [self._change(product_id, difference) for product_id, difference in differences.items()]

    def _change(self, product_id: str, difference: Rating) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self._table,
                "Key": to_item({"productId": product_id}),
                # Counting the changes makes two looks at a product comparable: what is added may be taken away again.
                "UpdateExpression": "ADD ratingTotal :total, ratingCount :count, ratingChanges :one",
                "ConditionExpression": "attribute_exists(productId)",
                "ExpressionAttributeValues": to_item({
                    ":total": difference.total, ":count": difference.count, ":one": 1,
                }),
            }
        }  # fmt: skip
