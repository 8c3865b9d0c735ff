"""Our conformance suite at the checkout's functions, in this process: what it can judge without a stack."""

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from handlers.catalog import create_product
from orderflow.checkout.lenient_client import LENIENT
from orderflow.checkout.pricing.discount_book import DynamoDiscountBook
from orderflow.orders.order_queue import SqsOrderQueue
from orderflow.runtime.dynamo import from_item, to_item
from tests.support.acp import CURRENT, OLDER, published
from tests.support.checkout import keep, key
from tests.support.checkout_server import one_at_a_time, serving
from tests.support.gateway import as_admin
from tests.support.quotes import discount
from tools.own_conformance import running
from tools.own_conformance.agents import Agent
from tools.paths import ROOT

PRODUCTS = ({"productId": "test_1", "price": 500, "stock": 1000}, {"productId": "ITEM002", "price": 750, "stock": 1000},
            {"productId": "CONFORMANCE-SOLD-OUT", "price": 500, "stock": 0})  # fmt: skip
WORKFLOW_SECONDS = 0.3
# Beside webhooks: `make conformance-local` judges those, and what expires, at a running system.
NOT_HERE = {CURRENT: {"idempotency.kept", "expiry.status", "expiry.complete"}, OLDER: {"idempotency.kept"}}


class Workflow:
    """Ends each order a moment after it was queued, as its token says."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def send(self, order_id: str, _correlation_id: str) -> None:
        threading.Timer(WORKFLOW_SECONDS, self._end, (order_id,)).start()

    def _end(self, order_id: str) -> None:
        item = self._dynamodb.get_item(TableName=self._table, Key=to_item({"orderId": order_id}))["Item"]
        order = from_item(item)
        if order["status"] == "PENDING":
            declined = {"status": "PAYMENT_FAILED", "statusReason": {"code": "PAYMENT_DECLINED", "message": "No."}}
            ends = {"sandbox_decline": declined}.get(order["paymentToken"], {"status": "CONFIRMED"})
            order |= {**ends, "version": order["version"] + 1}
            self._dynamodb.put_item(TableName=self._table, Item=to_item(order))


@pytest.fixture
def url(dynamodb: Any, tables: dict[str, str], shop: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the URL of a shop with what the profile buys; its agents' keys are `mine` and `other`."""
    monkeypatch.setattr(BaseClient, "_make_api_call", one_at_a_time(BaseClient._make_api_call))
    monkeypatch.setattr(SqsOrderQueue, "send", lambda _queue, *args: Workflow(dynamodb, tables["orders"]).send(*args))
    monkeypatch.setenv("ORDER_QUEUE_URL", "the order queue")
    monkeypatch.setenv("API_URL", "https://{apiId}.example.com/{stage}")
    monkeypatch.setenv("MERCHANT_ID", "orderflow-local")
    for product in PRODUCTS:
        assert (
            as_admin(create_product.handler, body={"name": "A thing", "category": "samples", **product}).status == 201
        )
    DynamoDiscountBook(dynamodb, tables["discounts"]).add(discount("CONFORMANCE10"))
    clients = {"": LENIENT} | {
        name: keep(dynamodb, tables, key(f"01JFR0ZEN0000000000000000{name[0].upper()}")) for name in ("mine", "other")
    }
    with serving(clients) as url:
        yield url


@published
@pytest.mark.parametrize("version", [CURRENT, OLDER])
def test_what_the_functions_answer_conforms(version: str, url: str, tmp_path: Path) -> None:
    agent = Agent(version, "mine", "mine", "other", "")
    report = tmp_path / "report.json"
    run = running.started(url, agent, Path(os.environ["ORDERFLOW_ACP_SPEC"]), report)
    results = running.results_of(run, report)
    failed = [f"{each['id']}: {each['reason']}" for each in results if each["outcome"] == "fail"]
    assert failed == []
    unjudged = {each["id"] for each in results if each["outcome"] == "not applicable"}
    assert {each for each in unjudged if each.partition(".")[0] not in ("webhook", "delivery")} == NOT_HERE[version]


def test_the_older_gateways_script_visits_the_checkout_where_it_is_lenient(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKOUT_MODE", "lenient")
    done = subprocess.run(
        [ROOT / "test" / "e2e-test.sh", url], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line[:5] for line in done.stdout.splitlines()[:-1]] == ["ok   "] * 7
