"""What stands behind the checkout's functions when an agent pays: tables, tokens, and a workflow that ends orders."""

import json
from typing import Any

from handlers.checkout import follow_orders
from orderflow.checkout.vault.token_store import DynamoVault
from orderflow.runtime.dynamo import from_item, to_item
from tests.support.checkout import Agent
from tests.support.gateway import CONTEXT
from tests.support.vault import token


class Shop:
    """What stands behind the functions: tables, and a workflow that ends an order the moment that it is queued."""

    def __init__(self, dynamodb: Any, tables: dict[str, str]) -> None:
        self.dynamodb, self.tables = dynamodb, tables
        self.queued: list[str] = []
        self.outcome: tuple[str, str | None] | None = ("CONFIRMED", None)

    def send(self, order_id: str, _correlation_id: str) -> None:
        self.queued.append(order_id)
        if self.outcome:
            self.ends(order_id, *self.outcome)

    def ends(self, order_id: str, status: str, reason: str | None = None, *, at: str | None = None) -> None:
        """Write what the order's workflow writes in the end, `at` a moment or as soon as it was placed."""
        order = self.one("orders", orderId=order_id)
        order |= {"status": status, "version": order["version"] + 1, "updatedAt": at or order["updatedAt"]}
        if reason:
            order["statusReason"] = {"code": reason, "message": "Because."}
        self.dynamodb.put_item(TableName=self.tables["orders"], Item=to_item(order))

    def all(self, table: str) -> list[dict[str, Any]]:
        return [from_item(item) for item in self.dynamodb.scan(TableName=self.tables[table])["Items"]]

    def one(self, table: str, **key: str) -> dict[str, Any]:
        item = self.dynamodb.get_item(TableName=self.tables[table], Key=to_item(key))["Item"]
        return dict(from_item(item))

    def grant(self, session: dict[str, Any], agent: Agent, token_id: str = "vt_1", **changes: Any) -> None:  # noqa: S107 - a made-up token's id
        facts = {
            "client_id": agent.client.key_id, "session_id": session["id"], "currency": "eur", "max_amount": 100_000,
        }  # fmt: skip
        vault = DynamoVault(self.dynamodb, self.tables["payment-tokens"], idempotency=self.tables["idempotency"])
        vault.add(token(token_id=token_id, **(facts | changes)))

    def tells(self, order_id: str, user_id: str) -> dict[str, Any]:
        """Hand the notice of an order to the function that follows orders."""
        notice = {"schema": "order-event/1", "orderId": order_id, "userId": user_id}
        records = [{"messageId": "message-1", "body": json.dumps(notice)}]
        answer: dict[str, Any] = follow_orders.handler({"Records": records}, CONTEXT)
        return answer
