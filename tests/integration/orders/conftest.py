"""A shop on moto: catalogue, tables, queue and secret, as Terraform would give them to the functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from orderflow.runtime import paging
from orderflow.runtime.aws import client

PRODUCTS = {"ITEM001": ("Test Item Alpha", 1999), "ITEM002": ("Test Item Beta", 750), "test_1": ("Test", 500)}


@dataclass
class ShopOnMoto:
    """What handlers left behind."""

    tables: dict[str, str]
    queue_url: str

    def orders(self) -> list[dict[str, Any]]:
        """Return every stored order, in DynamoDB's JSON."""
        return client("dynamodb").scan(TableName=self.tables["orders"])["Items"]

    def order_ids(self) -> list[str]:
        return sorted(item["orderId"]["S"] for item in self.orders())

    def messages(self) -> list[dict[str, Any]]:
        """Take every message off the queue."""
        taken: list[dict[str, Any]] = []
        while (
            batch := client("sqs")
            .receive_message(
                QueueUrl=self.queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], WaitTimeSeconds=0
            )
            .get("Messages")
        ):
            taken += batch
        return taken


@pytest.fixture
def shop(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[ShopOnMoto]:
    """Give the shop, its environment set as for the functions."""
    for product_id, (name, price) in PRODUCTS.items():
        item = {
            "productId": {"S": product_id},
            "name": {"S": name},
            "price": {"N": str(price)},
            "currency": {"S": "EUR"},
            "status": {"S": "ACTIVE"},
        }
        client("dynamodb").put_item(TableName=tables["products"], Item=item)
    queue_url = client("sqs").create_queue(QueueName="orderflow-test-orders")["QueueUrl"]
    secret = client("secretsmanager").create_secret(Name="cursor", SecretString="a secret for cursors in tests")
    for name, value in {
        "ORDER_QUEUE_URL": queue_url,
        "CURRENCY": "EUR",
        "DEFAULT_PAYMENT_TOKEN": "sandbox_approve",
        "CURSOR_SECRET_ARN": secret["ARN"],
    }.items():
        monkeypatch.setenv(name, value)
    paging.cursor_key.cache_clear()
    yield ShopOnMoto(tables, queue_url)
    paging.cursor_key.cache_clear()
