"""Discount codes in DynamoDB, as a checkout reads and uses them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from orderflow.checkout.pricing.discount_keeping import CODE
from orderflow.checkout.pricing.discount_records import TERMS, client_holder, from_record
from orderflow.checkout.pricing.discounts import MAX_CODES, Discount, normal
from orderflow.runtime.batch import read_items
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import to_item


class DynamoDiscounts:
    """The codes of one table, with the uses of one client (IAM: dynamodb:BatchGetItem; UpdateItem to use them)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def of(self, codes: Iterable[str], client_id: str) -> dict[str, Discount]:
        """Return those that exist of the first ten codes, by code in capitals, in one read; none costs none."""
        wanted = [code for code in dict.fromkeys(map(normal, codes)) if CODE.fullmatch(code)][:MAX_CODES]
        holders = (TERMS, client_holder(client_id))
        keys = [{"code": code, "holder": holder} for code in wanted for holder in holders]
        # What was used in this very moment must count: a limit that is read late is no limit.
        rows = read_items(self._client, self._table, keys=keys, attributes=None, consistent=True)
        used = {row["code"]: row["timesUsed"] for row in rows if row["holder"] != TERMS}
        return {row["code"]: from_record(row, used.get(row["code"], 0)) for row in rows if row["holder"] == TERMS}

    def used(self, discounts: Iterable[Discount], client_id: str, now: datetime) -> list[dict[str, Any]]:
        """Return what counts one use of each, as elements of TransactItems, two for each discount.

        They refuse the transaction when a limit is reached, a period over or a code disabled by then: whoever priced
        with it prices again.
        """
        return [item for discount in discounts for item in self._use(discount, client_id, now)]

    def given_back(self, codes: Iterable[str], client_id: str) -> list[dict[str, Any]]:
        """Return what takes one use of each back, for the transaction that gives a purchase up."""
        return [
            self._count(normal(code), holder, -1, "timesUsed > :zero", {":zero": 0})
            for code in codes
            for holder in (TERMS, client_holder(client_id))
        ]

    def _use(self, discount: Discount, client_id: str, now: datetime) -> Iterator[dict[str, Any]]:
        yield self._count(
            discount.code,
            TERMS,
            1,
            "enabled = :true AND startsAt <= :now AND (attribute_not_exists(endsAt) OR endsAt > :now)"
            " AND (attribute_not_exists(usageLimit) OR timesUsed < usageLimit)",
            {":true": True, ":now": iso(now)},
        )
        if discount.limit_per_client is None:
            yield self._count(discount.code, client_holder(client_id), 1, None, {})
        else:
            fewer = "attribute_not_exists(timesUsed) OR timesUsed < :limit"
            limit = {":limit": discount.limit_per_client}
            yield self._count(discount.code, client_holder(client_id), 1, fewer, limit)

    def _count(
        self, code: str, holder: str, change: int, condition: str | None, values: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self._table,
                "Key": to_item({"code": code, "holder": holder}),
                "UpdateExpression": "ADD timesUsed :change",
                "ExpressionAttributeValues": to_item({":change": change, **values}),
                **({"ConditionExpression": condition} if condition else {}),
            }
        }
