"""Discount codes in DynamoDB, as the shop's people keep them."""

from typing import Any

from orderflow.checkout.pricing.discount_keeping import DiscountExistsError
from orderflow.checkout.pricing.discount_records import LISTING, TERMS, from_record, to_record
from orderflow.checkout.pricing.discounts import Discount
from orderflow.runtime.batch import read_items
from orderflow.runtime.dynamo import ConditionFailedError, from_item, to_item, translated_errors


class DynamoDiscountBook:
    """Codes and their terms (IAM: dynamodb:PutItem, GetItem, BatchGetItem, UpdateItem; Query on the index by-code)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def add(self, discount: Discount) -> None:
        try:
            with translated_errors():
                self._client.put_item(
                    TableName=self._table,
                    Item=to_item(to_record(discount)),
                    ConditionExpression="attribute_not_exists(code)",
                )
        except ConditionFailedError:
            # botocore repeats a write whose answer was lost: what stands there may be our own.
            kept = self.find(discount.code)
            if kept is None or to_record(kept) != to_record(discount):
                raise DiscountExistsError(discount.code) from None

    def find(self, code: str) -> Discount | None:
        with translated_errors():
            answer = self._client.get_item(TableName=self._table, Key=_terms(code), ConsistentRead=True)
        return from_record(from_item(answer["Item"])) if "Item" in answer else None

    def listed(self, limit: int) -> list[Discount]:
        # The index has keys only, so that no use of a code is written twice.
        with translated_errors():
            answer = self._client.query(
                TableName=self._table,
                IndexName="by-code",
                KeyConditionExpression="listing = :listing",
                ExpressionAttributeValues=to_item({":listing": LISTING}),
                Limit=limit,
            )
        keys = [{"code": from_item(item)["code"], "holder": TERMS} for item in answer["Items"]]
        rows = read_items(self._client, self._table, keys=keys, attributes=None)
        return sorted(map(from_record, rows), key=lambda discount: discount.code)

    def disable(self, code: str) -> bool:
        try:
            with translated_errors():
                self._client.update_item(
                    TableName=self._table,
                    Key=_terms(code),
                    UpdateExpression="SET enabled = :false",
                    ConditionExpression="attribute_exists(code)",
                    ExpressionAttributeValues=to_item({":false": False}),
                )
        except ConditionFailedError:
            return False
        return True


def _terms(code: str) -> dict[str, Any]:
    return to_item({"code": code, "holder": TERMS})
