"""Who is nobody is refused by the function itself, before it asks any store, whatever the edge lets in."""

import importlib
from typing import Any

import pytest

from orderflow.runtime import settings
from tests.support import gateway
from tests.support.authorization import NOBODYS_IDS, OWNERS_IDS, request_for
from tests.support.contract_document import Operation, operations

CLOSED = [operation for operation in operations() if not operation.is_open]
every_closed_operation = pytest.mark.parametrize("operation", [pytest.param(each, id=each.name) for each in CLOSED])


@pytest.fixture(autouse=True)
def any_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every setting that a function reads: some read them before they look who calls."""
    monkeypatch.setattr(settings, "text", lambda name: {"CHECKOUT_MODE": "standard"}.get(name, name))
    monkeypatch.setenv("AWS_REGION", "eu-central-1")


def call(operation: Operation, **identity: Any) -> gateway.Answer:
    """Send the operation's example to its function as the edge does when it lets everything in."""
    ids = NOBODYS_IDS | dict.fromkeys(OWNERS_IDS, "01JFR0ZEN00000000000000009")
    asked = request_for(operation.name, ids)
    (tag,) = operation.facts["tags"]
    handler = importlib.import_module(f"handlers.{tag}.{operation.facts['x-orderflow-function']}").handler
    return gateway.call(handler, body=asked.body, path=ids, query=None, headers=asked.headers, **identity)


def refusal(operation: Operation) -> str:
    """Return the code of who is nobody; the checkout protocol's codes are in lower case."""
    return "not_authenticated" if operation.protocol else "NOT_AUTHENTICATED"


def test_there_are_closed_doors() -> None:
    assert {"GET /orders", "POST /pay", "DELETE /products/{productId}"} <= {operation.name for operation in CLOSED}


@every_closed_operation
def test_without_claims_the_answer_is_401(operation: Operation) -> None:
    answer = call(operation)
    assert (answer.status, answer.code) == (401, refusal(operation))


@every_closed_operation
def test_an_access_token_is_no_id_token(operation: Operation) -> None:
    answer = call(operation, user="customer-1", groups="[admin]", token_use="access")
    assert (answer.status, answer.code) == (401, refusal(operation))
