"""GET /health says whether the API's dependencies answer, and which does not."""

from typing import Any

import pytest

from handlers.api.check_health import handler
from orderflow.runtime.aws import client
from tests.support.gateway import call


@pytest.fixture
def queue_url(moto: None, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    url = client("sqs").create_queue(QueueName="orders")["QueueUrl"]
    monkeypatch.setenv("ORDER_QUEUE_URL", url)
    monkeypatch.setenv("SERVICE_VERSION", "1.2.3")
    return str(url)


def test_all_is_well_when_everything_answers(queue_url: str) -> None:
    answer = call(handler)
    assert (answer.status, answer.body) == (
        200,
        {"status": "ok", "version": "1.2.3", "dependencies": {"ordersTable": "ok", "orderQueue": "ok"}},
    )


@pytest.mark.parametrize("broken", ["ordersTable", "orderQueue"])
def test_what_does_not_answer_is_named(queue_url: str, dynamodb: Any, tables: dict[str, str], broken: str) -> None:
    if broken == "ordersTable":
        dynamodb.delete_table(TableName=tables["orders"])
    else:
        client("sqs").delete_queue(QueueUrl=queue_url)
    answer = call(handler)
    dependencies = {"ordersTable": "ok", "orderQueue": "ok", broken: "failed"}
    assert (answer.status, answer.body["status"], answer.body["dependencies"]) == (503, "unavailable", dependencies)
