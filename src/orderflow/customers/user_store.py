"""Profiles in DynamoDB, one by one, each with the claim that makes its e-mail address nobody else's.

A claim is an item of the same table, so that profile, claim and trail entry change in one transaction.
"""

from datetime import datetime
from typing import Any

from orderflow.customers.access import CUSTOMER_GROUP
from orderflow.customers.errors import EmailTakenError
from orderflow.customers.user import User
from orderflow.customers.user_errors import UserExistsError
from orderflow.customers.user_records import claim_key, facts, from_record, to_record
from orderflow.runtime.dynamo import TransactionRefusedError, from_item, to_item, translated_errors
from orderflow.runtime.trail import Author

_PROFILE = 0  # where it stands in each transaction


class DynamoUserReader:
    """Profiles of one table as they are (IAM: dynamodb:GetItem)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def find(self, user_id: str) -> User | None:
        item = self._item(user_id)
        return from_record(item) if item else None

    def holder(self, email: str) -> str | None:
        item = self._item(claim_key(email))
        return str(item["holder"]) if item else None

    def _item(self, key: str) -> dict[str, Any] | None:
        with translated_errors():
            answer = self._client.get_item(TableName=self._table, Key=to_item({"userId": key}), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None


class DynamoUserStore(DynamoUserReader):
    """Profiles as an author writes them (IAM: PutItem to add, UpdateItem to change and hide; PutItem on the trail).

    A claim that moves needs PutItem and DeleteItem as well, one that is freed DeleteItem.
    """

    def __init__(self, client: Any, table: str, author: Author) -> None:
        super().__init__(client, table)
        self._author = author

    def add(self, user: User, at: datetime) -> None:
        put = {
            "TableName": self._table,
            "Item": to_item(to_record(user)),
            "ConditionExpression": "attribute_not_exists(userId)",
        }
        try:
            self._write(
                {"Put": put}, self._claim(user), self._told("user.created", None, user, at), self._enrolled(user, at)
            )
        except TransactionRefusedError as refused:
            raise (UserExistsError if _PROFILE in refused.failed else EmailTakenError) from refused

    def change(self, before: User, after: User, at: datetime) -> bool:
        moved = [self._claim(after), self._free(before)] if after.email != before.email else []
        try:
            self._write(self._update(before, after), *moved, self._told("user.updated", before, after, at))
        except TransactionRefusedError as refused:
            if _PROFILE in refused.failed:
                return False
            raise EmailTakenError from refused
        return True

    def hide(self, before: User, after: User, at: datetime) -> bool:
        try:
            told = self._told("user.deleted", before, after, at)
            self._write(self._update(before, after), self._free(before), told)
        except TransactionRefusedError as refused:
            if _PROFILE in refused.failed:
                return False
            raise
        return True

    def _write(self, *items: dict[str, Any]) -> None:
        with translated_errors():
            self._client.transact_write_items(TransactItems=list(items))

    def _told(self, action: str, before: User | None, after: User, at: datetime) -> dict[str, Any]:
        return self._author.put(
            f"user#{after.user_id}",
            action,
            at,
            before=facts(before) if before else None,
            after=facts(after),
            owner=after.user_id,
        )

    def _enrolled(self, user: User, at: datetime) -> dict[str, Any]:
        # Cognito knows no transactions with DynamoDB: whoever gets a profile was put into the group just before.
        return self._author.put(
            f"permission#{user.user_id}",
            "permission.granted",
            at,
            after={"group": CUSTOMER_GROUP},
            owner=user.user_id,
        )

    def _update(self, before: User, after: User) -> dict[str, Any]:
        # Attribute by attribute: a row also holds what is not the profile's to write, such as its picture.
        record = to_record(after)
        del record["userId"]
        kept = {attribute: value for attribute, value in record.items() if value is not None}
        gone = [f"#{attribute}" for attribute in record if attribute not in kept]
        return {
            "Update": {
                "TableName": self._table,
                "Key": to_item({"userId": after.user_id}),
                "UpdateExpression": "SET "
                + ", ".join(f"#{attribute} = :{attribute}" for attribute in kept)
                + (f" REMOVE {', '.join(gone)}" if gone else ""),
                "ConditionExpression": "#version = :expected AND attribute_exists(#listing)",
                "ExpressionAttributeNames": {f"#{attribute}": attribute for attribute in record},
                "ExpressionAttributeValues": to_item(
                    {":expected": before.version, **{f":{attribute}": value for attribute, value in kept.items()}}
                ),
            }
        }

    def _claim(self, user: User) -> dict[str, Any]:
        claim = {"userId": claim_key(user.email), "holder": user.user_id}
        return {"Put": {"Item": to_item(claim), **self._unless_anothers(user)}}

    def _free(self, user: User) -> dict[str, Any]:
        return {"Delete": {"Key": to_item({"userId": claim_key(user.email)}), **self._unless_anothers(user)}}

    def _unless_anothers(self, user: User) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "ConditionExpression": "attribute_not_exists(userId) OR holder = :me",
            "ExpressionAttributeValues": to_item({":me": user.user_id}),
        }
