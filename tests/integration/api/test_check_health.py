"""GET /health says whether what the API needs answers, and which does not."""

import os
from collections.abc import Mapping
from typing import Any

import pytest

from handlers.api import check_health
from orderflow.runtime.aws import client
from tests.support.gateway import call

ALL = (
    "ordersTable",
    "idempotencyTable",
    "productsTable",
    "stockTable",
    "paymentsTable",
    "paymentRequestsTable",
    "customersTable",
    "orderQueue",
    "orderWorkflow",
    "paymentWorkflow",
    "userPool",
)
TABLES = {
    "ordersTable": "orders",
    "idempotencyTable": "idempotency",
    "productsTable": "products",
    "stockTable": "stock",
    "paymentsTable": "payments",
    "paymentRequestsTable": "payment-requests",
    "customersTable": "customers",
}


@pytest.fixture(autouse=True)
def needed(moto: None, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Make everything that is asked, and forget what an earlier test found."""
    role = "arn:aws:iam::123456789012:role/machine"
    definition = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
    for name, setting in (("order", "ORDER_STATE_MACHINE_ARN"), ("payment", "PAYMENT_STATE_MACHINE_ARN")):
        made = client("stepfunctions").create_state_machine(name=name, definition=definition, roleArn=role)
        monkeypatch.setenv(setting, made["stateMachineArn"])
    monkeypatch.setenv("ORDER_QUEUE_URL", client("sqs").create_queue(QueueName="orders")["QueueUrl"])
    monkeypatch.setenv("USER_POOL_ID", client("cognito-idp").create_user_pool(PoolName="shop")["UserPool"]["Id"])
    monkeypatch.setenv("SERVICE_VERSION", "1.2.3")
    check_health.failed_now.forget()


def remove(dependency: str, tables: dict[str, str], env: Mapping[str, str]) -> None:
    """Take one dependency away."""
    if dependency in TABLES:
        client("dynamodb").delete_table(TableName=tables[TABLES[dependency]])
    elif dependency == "orderQueue":
        client("sqs").delete_queue(QueueUrl=env["ORDER_QUEUE_URL"])
    elif dependency == "userPool":
        client("cognito-idp").delete_user_pool(UserPoolId=env["USER_POOL_ID"])
    else:
        setting = "ORDER_STATE_MACHINE_ARN" if dependency == "orderWorkflow" else "PAYMENT_STATE_MACHINE_ARN"
        client("stepfunctions").delete_state_machine(stateMachineArn=env[setting])


def test_all_is_well_when_everything_answers() -> None:
    answer = call(check_health.handler)
    assert (answer.status, answer.body) == (
        200,
        {"status": "ok", "version": "1.2.3", "dependencies": dict.fromkeys(ALL, "ok")},
    )


@pytest.mark.parametrize("broken", ALL)
def test_what_does_not_answer_is_named_and_nothing_more_is_told(tables: dict[str, str], broken: str) -> None:
    remove(broken, tables, os.environ)
    answer = call(check_health.handler)
    assert (answer.status, answer.body) == (
        503,
        {"status": "unavailable", "version": "1.2.3", "dependencies": {**dict.fromkeys(ALL, "ok"), broken: "failed"}},
    )


def test_asking_again_at_once_asks_no_dependency(monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(check_health.handler).status == 200

    def asked(*_: Any, **__: Any) -> None:
        raise AssertionError("a dependency was asked again")

    monkeypatch.setattr(check_health, "failed_dependencies", asked)
    assert call(check_health.handler).status == 200
