"""The edge, as a browser and someone in a hurry see it: who may read, what every answer carries, what is too much."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from orderflow.contract import answer_headers
from tests.e2e.conftest import Stack
from tests.e2e.shop import SHAPE_AT_THE_GATEWAY, Shop
from tests.support.contract_document import Operation, document, operations

OURS = "http://localhost:5173"  # terraform/env/local.tfvars
FOREIGN = "https://evil.example"
SAMPLES = {"orderId": "01JGKQ5T9ZXA3V0M2N4P6R8S1T", "paymentId": "pay_01JGKQ5T9ZXA3V0M2N4P6R8S1T"}

every_route = pytest.mark.parametrize("path", document()["paths"])
every_operation = pytest.mark.parametrize("operation", [pytest.param(o, id=o.name) for o in operations()])


def url(path: str) -> str:
    """Return a path with ids that could exist in the place of its parameters."""
    return re.sub(r"\{(\w+)\}", lambda name: SAMPLES.get(name[1], "SAMPLE-1"), path)


def bare(shop: Shop, operation: Operation, origin: str) -> requests.Response:
    """Send the emptiest request of an operation, without identity, from a page of `origin`."""
    body = {"json": {}} if operation.method in ("post", "put", "patch") else {}
    return Shop(shop.url).call(operation.method.upper(), url(operation.path), headers={"Origin": origin}, **body)


def carries_the_headers_of_every_answer(answer: requests.Response, operation: Operation | None = None) -> bool:
    own = answer_headers.OWN.get(operation.name, {}) if operation else {}
    return {**answer_headers.EVERY, **own}.items() <= answer.headers.items()


@every_route
def test_a_preflight_names_the_methods_of_its_route_and_our_origin(shop: Shop, path: str) -> None:
    answer = shop.call("OPTIONS", url(path), headers={"Origin": OURS, "Access-Control-Request-Method": "GET"})
    methods = {operation.method.upper() for operation in operations() if operation.path == path}
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert set(answer.headers["Access-Control-Allow-Methods"].split(",")) == methods | {"OPTIONS"}
    assert {"Authorization", "Content-Type", "Idempotency-Key", "X-Correlation-Id"} <= set(
        answer.headers["Access-Control-Allow-Headers"].split(",")
    )
    assert carries_the_headers_of_every_answer(answer)


@every_route
def test_a_preflight_allows_no_other_origin(shop: Shop, path: str) -> None:
    answer = shop.call("OPTIONS", url(path), headers={"Origin": FOREIGN, "Access-Control-Request-Method": "GET"})
    assert answer.headers["Access-Control-Allow-Origin"] == OURS


@every_operation
def test_our_page_may_read_every_answer_also_a_refusal(shop: Shop, operation: Operation) -> None:
    answer = bare(shop, operation, OURS)
    assert answer.headers["Access-Control-Allow-Origin"] == OURS, answer.text
    exposed = answer.headers["Access-Control-Expose-Headers"].split(",")
    assert {"X-Request-Id", "Retry-After", "Sunset"} <= set(exposed)
    assert carries_the_headers_of_every_answer(answer, operation), answer.headers
    assert answer.status_code < 500


@every_operation
def test_a_foreign_page_may_read_none(shop: Shop, operation: Operation) -> None:
    # The gateway's own answers name our origin to everybody; a browser compares.
    assert bare(shop, operation, FOREIGN).headers.get("Access-Control-Allow-Origin") in (None, OURS)


def test_a_route_that_does_not_exist_answers_in_our_shape_and_with_our_headers(shop: Shop) -> None:
    answer = shop.call("GET", "/nothing/here", headers={"Origin": OURS})
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert carries_the_headers_of_every_answer(answer)


def test_a_body_over_the_limit_is_a_413_that_says_how_much_is_taken(shop: Shop) -> None:
    answer = shop.post("/login", {"email": "a@example.com", "password": "x" * 300_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "REQUEST_TOO_LARGE")
    assert "262144" in answer.json()["message"]
    assert carries_the_headers_of_every_answer(answer)


def test_health_names_what_it_asked_and_tells_no_more(shop: Shop) -> None:
    answer = shop.get("/health")
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"status", "version", "dependencies"}
    dependencies = answer.json()["dependencies"]
    assert {"ordersTable", "productsTable", "paymentsTable", "orderQueue", "orderWorkflow", "userPool"} <= set(
        dependencies
    )
    assert set(dependencies.values()) == {"ok"}
    assert answer.elapsed.total_seconds() < 3


@pytest.fixture
def slow_health(stack: Stack) -> Iterator[None]:
    """Let GET /health take two requests at once and one a second, as `method_throttling` would set it."""
    gateway = stack.client("apigateway")
    api, stage = stack.output("api_endpoint").split("/restapis/")[1].split("/")[:2]

    def patch(*operations: dict[str, Any]) -> None:
        gateway.update_stage(restApiId=api, stageName=stage, patchOperations=list(operations))

    settings = "/health/GET/throttling"
    patch(
        {"op": "replace", "path": f"{settings}/rateLimit", "value": "1"},
        {"op": "replace", "path": f"{settings}/burstLimit", "value": "2"},
    )
    yield
    patch({"op": "remove", "path": "/health/GET"})


def test_whoever_is_too_fast_is_told_when_to_come_again(shop: Shop, slow_health: None) -> None:
    answers = [shop.call("GET", "/health", headers={"Origin": OURS}) for _ in range(8)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert answers[0].status_code == 200
    assert refused, [answer.status_code for answer in answers]
    for answer in refused:
        assert set(answer.json()) == SHAPE_AT_THE_GATEWAY
        assert answer.json()["code"] == "TOO_MANY_REQUESTS"
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["Access-Control-Allow-Origin"] == OURS
        assert carries_the_headers_of_every_answer(answer)
