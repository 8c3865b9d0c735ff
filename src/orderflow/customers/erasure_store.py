"""Deleted profiles removed from DynamoDB before their time."""

from datetime import datetime

from orderflow.customers.user import User
from orderflow.customers.user_records import facts
from orderflow.customers.user_store import DynamoUserReader
from orderflow.runtime.dynamo import TransactionRefusedError, attempts, to_item
from orderflow.runtime.trail import Author


class DynamoErasableUsers(DynamoUserReader):
    """Profiles (IAM: dynamodb:GetItem, DeleteItem; PutItem on the trail)."""

    def purge(self, user: User, at: datetime, author: Author) -> None:
        delete = {
            "TableName": self._table,
            "Key": to_item({"userId": user.user_id}),
            "ConditionExpression": "attribute_exists(deletedAt)",
        }
        told = author.put(f"user#{user.user_id}", "user.erased", at, before=facts(user), owner=user.user_id)
        try:
            for attempt in attempts():
                with attempt:
                    self._client.transact_write_items(TransactItems=[{"Delete": delete}, told])
        except TransactionRefusedError as refused:
            if 0 not in refused.failed:
                raise
            return  # its time came in this very moment
