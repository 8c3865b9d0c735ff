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
from tests.support.signed_queue import listening
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


PROFILE = """
[{name}]
aws_access_key_id = {key}
aws_secret_access_key = a-secret
"""


def visit(url: str, monkeypatch: pytest.MonkeyPatch, *arguments: str, **environment: str) -> Any:
    """Run the older gateway's script where the checkout is lenient, with the command line of AWS on PATH."""
    monkeypatch.setenv("CHECKOUT_MODE", "lenient")
    path = f"{ROOT / '.venv-workflow' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [ROOT / "test" / "e2e-test.sh", url, *arguments],
        env={**os.environ, "PATH": path, "WITHIN_SECONDS": "30", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_scripts_profile_reads_the_queue_whatever_keys_the_environment_has(
    url: str, dynamodb: Any, tables: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a queue that answers one profile only, and an environment that signs as somebody else
    credentials = tmp_path / "credentials"
    credentials.write_text(
        PROFILE.format(name="default", key="AKIDDEFAULT") + PROFILE.format(name="shop", key="AKIDSHOP")
    )

    def orders() -> list[str]:
        return [from_item(item)["orderId"] for item in dynamodb.scan(TableName=tables["orders"])["Items"]]

    others = {"AWS_ACCESS_KEY_ID": "AKIDOTHER", "AWS_SECRET_ACCESS_KEY": "s", "AWS_MAX_ATTEMPTS": "1"}
    files = {"AWS_SHARED_CREDENTIALS_FILE": str(credentials), "AWS_CONFIG_FILE": os.devnull}
    with listening("AKIDSHOP", orders) as (queue, seen):
        # When / Then
        done = visit(url, monkeypatch, queue, "shop", **others, **files)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "has order_create" in done.stdout.splitlines()[-1]
        assert set(seen) == {"AKIDSHOP"}
        # And without one, or with another, the queue is not read
        for arguments, key in (((queue,), "AKIDOTHER"), ((queue, "default"), "AKIDDEFAULT")):
            seen.clear()
            refused = visit(url, monkeypatch, *arguments, **others, **files)
            assert (refused.returncode, set(seen)) == (1, {key}), refused.stdout + refused.stderr
        assert "by the profile default" in refused.stdout


def test_a_profile_that_is_not_there_is_named(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"), "AWS_CONFIG_FILE": os.devnull}
    with listening("AKIDSHOP", list) as (queue, seen):
        done = visit(url, monkeypatch, queue, "nobody", **nothing)
    assert (done.returncode, seen) == (1, [])
    assert "by the profile nobody" in done.stdout
    assert "nobody" in done.stderr
