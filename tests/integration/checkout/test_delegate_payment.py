"""Delegating a payment from API Gateway's event to the tables: a token comes out, and of the card nothing is kept."""

import json
from typing import Any

import pytest

from handlers.checkout import delegate_payment
from orderflow.checkout.vault.token_store import DynamoTokenReader
from tests.support.acp import CURRENT, VAULT, faults, published
from tests.support.checkout import Agent, keep, key
from tests.support.frozen import CountingIds, FrozenClock
from tests.support.gateway import Answer, call
from tests.support.vault import APPROVED, CHALLENGED, DECLINED, request, token

ROUTE = "POST /agentic_commerce/delegate_payment"


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch, clock: FrozenClock) -> None:
    monkeypatch.setattr(delegate_payment, "utc_now", clock)
    monkeypatch.setattr(delegate_payment, "new_ulid", CountingIds())


@pytest.fixture
def reader(dynamodb: Any, tables: dict[str, str]) -> DynamoTokenReader:
    return DynamoTokenReader(dynamodb, tables["payment-tokens"])


def delegate(agent: Agent, body: dict[str, Any], key: str | None = None) -> Answer:
    return agent.post(delegate_payment.handler, ROUTE, body, key=key)


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        (APPROVED, {}),
        (DECLINED, {"payment_token": "sandbox_decline"}),
        (CHALLENGED, {"challenge": True}),
    ],
)
def test_a_test_card_becomes_a_token_of_the_agent_with_its_allowance(
    agent: Agent, vault: None, reader: DynamoTokenReader, number: str, kept: dict[str, Any]
) -> None:
    answer = delegate(agent, request(number))
    assert answer.status == 201
    assert answer.body == {
        "id": answer.body["id"],
        "created": "2026-01-02T03:04:05.678Z",
        "metadata": {"campaign": "q4", "merchant_id": "orderflow-test"},
    }
    assert answer.headers["Request-Id"] == "req-1"
    assert answer.body["id"].startswith("vt_01JFR0ZEN")
    assert reader.find(answer.body["id"]) == token(token_id=answer.body["id"], client_id=agent.client.key_id, **kept)


def test_a_repeat_gets_the_first_token_and_another_body_a_conflict(
    agent: Agent, vault: None, dynamodb: Any, tables: dict[str, str]
) -> None:
    first = delegate(agent, request(), "once")
    again = delegate(agent, request(), "once")
    other = delegate(agent, request(DECLINED), "once")
    assert (again.status, again.body, again.headers["Idempotent-Replayed"]) == (201, first.body, "true")
    assert (other.status, other.body["code"]) == (422, "idempotency_conflict")
    assert dynamodb.scan(TableName=tables["payment-tokens"])["Count"] == 1


def test_nothing_of_the_card_is_in_any_table(
    agent: Agent, vault: None, dynamodb: Any, tables: dict[str, str], logged: Any
) -> None:
    # Given
    body = request(cvc="918", name="Zaphod Beeblebrox")
    # When
    assert delegate(agent, body).status == 201
    # Then
    held = json.dumps([dynamodb.scan(TableName=name)["Items"] for name in tables.values()], default=str)
    assert [part for part in (APPROVED, "918", "Zaphod", "issuing_bank") if part in held + logged.getvalue()] == []


def test_a_card_that_is_none_of_the_test_cards_leaves_no_trace(
    agent: Agent, vault: None, dynamodb: Any, tables: dict[str, str]
) -> None:
    answer = delegate(agent, request("4111111111111111"))
    assert (answer.status, answer.body["code"]) == (422, "invalid_card")
    assert answer.body["param"] == "$.payment_method.number"
    assert dynamodb.scan(TableName=tables["payment-tokens"])["Count"] == 0
    assert dynamodb.scan(TableName=tables["idempotency"])["Count"] == 0


@published
def test_a_refused_card_fits_the_published_schema(agent: Agent, vault: None) -> None:
    assert faults(delegate(agent, request("4111111111111111")).body, "Error", CURRENT, VAULT) == []


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"allowance": {}}, "$.allowance.checkout_session_id"),
        ({"payment_method": "card"}, "$.payment_method"),
        ({"extra": 1}, "$.extra"),
    ],
)
def test_a_body_without_its_shape_is_told_where(agent: Agent, vault: None, change: dict[str, Any], param: str) -> None:
    answer = delegate(agent, {**request(), **change})
    assert (answer.status, answer.body["type"], answer.body["param"]) == (400, "invalid_request", param)


def test_an_older_agent_delegates_as_well(agent: Agent, vault: None) -> None:
    agent.headers = {"API-Version": "2025-09-29"}
    assert delegate(agent, request()).status == 201
    without = delegate(agent, {**request(), "risk_signals": []})
    assert (without.status, without.body["param"]) == (400, "$.risk_signals")


def test_a_key_is_asked_for_unless_the_mode_is_lenient(
    agent: Agent, vault: None, monkeypatch: pytest.MonkeyPatch, reader: DynamoTokenReader
) -> None:
    def without_key() -> Answer:
        headers = dict(agent.headers)
        return call(delegate_payment.handler, route=ROUTE, client=agent.client, body=request(), headers=headers)

    refused = without_key()
    assert (refused.status, refused.body["code"]) == (400, "idempotency_key_required")
    monkeypatch.setenv("CHECKOUT_MODE", "lenient")
    assert reader.find(without_key().body["id"]) is not None


def test_who_may_only_read_delegates_nothing(
    dynamodb: Any, tables: dict[str, str], shop: None, clock: FrozenClock, vault: None
) -> None:
    watcher = Agent(keep(dynamodb, tables, key("01JFR0ZEN0000000000000000C", scopes=("checkout:read",))))
    answer = delegate(watcher, request())
    assert (answer.status, answer.body["code"]) == (403, "insufficient_scope")
