"""Orders and feedback with their streams, the queue of changes and the counters, as Terraform would give them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.utilities import dynamo_json_dump

from handlers.analytics import count_changes, forward_changes
from orderflow.analytics.audit_store import DynamoCounterAudit
from orderflow.analytics.counter_store import DynamoCounterStore
from orderflow.analytics.counting import Counting
from orderflow.feedback.audit_store import DynamoFeedbackAudit
from orderflow.feedback.feedback import Feedback
from orderflow.feedback.feedback_store import DynamoFeedbackStore
from orderflow.operations.recounting import Recount
from orderflow.orders.audit_store import DynamoOrderAudit
from orderflow.orders.intake import NewOrder
from orderflow.orders.order import Order
from orderflow.orders.order_records import to_record
from orderflow.runtime.aws import client
from orderflow.runtime.dynamo import to_item
from tests.support.orders import order
from tests.support.tables import create_tables

CONTEXT = SimpleNamespace(aws_request_id="function-request-1", get_remaining_time_in_millis=lambda: 60_000)
REGION = "eu-central-1"
GIVEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class Books:
    """What orders write, on its way to the counters."""

    orders: str
    feedback: str
    analytics: str
    queue_url: str

    def add(self, order_id: str, **fields: Any) -> Order:
        """Store an order in whatever state."""
        made = order(order_id, **fields)
        item = to_item(to_record(NewOrder(made, "correlation-1", "token")))
        client("dynamodb").put_item(TableName=self.orders, Item=item)
        return made

    def change(self, order_id: str, expression: str, **values: Any) -> None:
        """Write to an order as its workflow does."""
        client("dynamodb").update_item(
            TableName=self.orders,
            Key={"orderId": {"S": order_id}},
            UpdateExpression=expression,
            ExpressionAttributeNames={"#status": "status", "#version": "version"}
            if "#status" in expression
            else {"#version": "version"},
            ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
        )

    def confirm(self, order_id: str) -> None:
        moved = "SET #status = :status, #version = #version + :one"
        self.change(order_id, moved, status={"S": "CONFIRMED"}, one={"N": "1"})

    def judge(self, before: Feedback | None, after: Feedback | None, at: datetime = GIVEN) -> None:
        """Write feedback, or remove it, as its own context does; ratings of products are not looked at here."""
        store = DynamoFeedbackStore(client("dynamodb"), self.feedback, ratings=lambda _differences: [])
        assert not store.write(before, after, at)

    def stream(self, name: str = "orders") -> list[dict[str, Any]]:
        """Return the records of a table's stream as Lambda hands them over."""
        [table] = [
            table
            for region in dynamodb_backends[DEFAULT_ACCOUNT_ID].values()
            for each, table in region.tables.items()
            if each == getattr(self, name)
        ]
        assert table.stream_shard is not None
        return [json.loads(dynamo_json_dump(record.to_json())) for record in table.stream_shard.items]

    def forward(self, records: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
        """Forward records (None: all of the stream) and take what was queued off the queue, as records for Lambda."""
        forward_changes.handler({"Records": self.stream() if records is None else records}, CONTEXT)
        taken: list[dict[str, Any]] = []
        while batch := client("sqs").receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages"):
            taken += [{"messageId": each["MessageId"], "body": each["Body"]} for each in batch]
        return taken

    def count(self, records: list[dict[str, Any]]) -> list[str]:
        """Let the counters have queue records; return the messages that failed."""
        answer = count_changes.handler({"Records": records}, CONTEXT)
        return [each["itemIdentifier"] for each in answer["batchItemFailures"]]

    def recount(self, sleep: Callable[[float], None] = lambda _seconds: None) -> Recount:
        """Return the operators' recount of these books."""
        dynamodb = client("dynamodb")
        store = DynamoCounterStore(dynamodb, self.analytics)
        counting = Counting(store, sleep=lambda _seconds: None, again=True)
        audit = DynamoCounterAudit(dynamodb, self.analytics)
        ratings = DynamoFeedbackAudit(dynamodb, self.feedback)
        return Recount(DynamoOrderAudit(dynamodb, self.orders), ratings, audit, counting, sleep=sleep)


@pytest.fixture
def books(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> Books:
    """Give empty books, the environment set as for the functions."""
    tables = create_tables(dynamodb, "orderflow-test", "orders", "feedback", "analytics", streams=True)
    queue_url = client("sqs").create_queue(QueueName="orderflow-test-order-changes")["QueueUrl"]
    for name, value in {
        "ANALYTICS_TABLE": tables["analytics"],
        "CHANGE_QUEUE_URL": queue_url,
        "CURRENCY": "EUR",
    }.items():
        monkeypatch.setenv(name, value)
    return Books(tables["orders"], tables["feedback"], tables["analytics"], queue_url)
