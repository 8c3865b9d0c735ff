"""The functions of client keys, from API Gateway's events to the tables, as the gateway puts them together."""

import io
import json
from typing import Any

import pytest

from handlers.catalog import create_product, get_stock
from handlers.clients import (
    authorize_client,
    create_client_key,
    get_client_key,
    get_current_client_key,
    list_client_keys,
    revoke_client_key,
    rotate_client_key,
)
from orderflow.runtime import paging
from orderflow.runtime.aws import client
from orderflow.runtime.caller import Client, client_from_context
from tests.support.client_keys import SECRETS
from tests.support.frozen import FrozenClock
from tests.support.gateway import CONTEXT, Answer, as_admin, call

ARN = "arn:aws:execute-api:eu-central-1:123456789012:abc/local/GET/products/ITEM001/stock"
WAREHOUSE = {"name": "Warehouse", "scopes": ["stock:read"]}
MUG = {"productId": "MUG-01", "name": "Blue mug", "category": "kitchen", "price": 1250, "stock": 40}


@pytest.fixture(autouse=True)
def _environment(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    secret = client("secretsmanager").create_secret(Name="cursor", SecretString="a secret for cursors in tests")
    monkeypatch.setenv("CURSOR_SECRET_ARN", secret["ARN"])
    monkeypatch.setenv("PRODUCT_IMAGES_BUCKET", "orderflow-test-images")
    monkeypatch.setenv("CURRENCY", "EUR")
    paging.cursor_key.cache_clear()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FrozenClock:
    """Give the time that every function of these tests reads."""
    stopped = FrozenClock()
    for module in (authorize_client, create_client_key, get_client_key, get_current_client_key, list_client_keys,
                   revoke_client_key, rotate_client_key, get_stock):  # fmt: skip
        monkeypatch.setattr(module, "utc_now", stopped)
    return stopped


def issued(**changes: Any) -> dict[str, Any]:
    answer = as_admin(create_client_key.handler, body={**WAREHOUSE, **changes})
    assert answer.status == 201, answer.body
    return answer.body


def authorized(key: str) -> Client | None:
    """Return what the gateway keeps of the authorizer's answer: a client, or None for a denial."""
    answer = authorize_client.handler(
        {"type": "TOKEN", "authorizationToken": f"Bearer {key}", "methodArn": ARN}, CONTEXT
    )
    (statement,) = answer["policyDocument"]["Statement"]
    if statement["Effect"] == "Deny":
        return None
    return client_from_context({name: str(value) for name, value in answer["context"].items()})


def stock(machine: Client | None, product_id: str = "MUG-01") -> Answer:
    return call(get_stock.handler, client=machine, path={"productId": product_id})


def rotate(key_id: str, overlap: int) -> Answer:
    return as_admin(rotate_client_key.handler, path={"keyId": key_id}, body={"overlapSeconds": overlap})


def revoke(key_id: str) -> int:
    return as_admin(revoke_client_key.handler, path={"keyId": key_id}).status


def test_a_machine_reads_stock_with_the_key_that_an_administrator_issued() -> None:
    as_admin(create_product.handler, body=MUG)
    answer = stock(authorized(issued()["key"]))
    assert answer.status == 200
    assert {fact: answer.body[fact] for fact in answer.body if fact != "updatedAt"} == {
        "productId": "MUG-01",
        "available": 40,
        "reserved": 0,
        "sold": 0,
    }


def test_a_product_that_is_not_there_is_a_404_to_machines_too() -> None:
    machine = authorized(issued()["key"])
    assert [stock(machine, each).code for each in ("NO-SUCH", "../etc")] == ["PRODUCT_NOT_FOUND"] * 2


def test_a_key_without_the_scope_may_ask_what_it_is_and_nothing_else() -> None:
    key = issued(scopes=[])
    machine = authorized(key["key"])
    refused = stock(machine)
    assert (refused.status, refused.code) == (403, "INSUFFICIENT_SCOPE")
    current = call(get_current_client_key.handler, client=machine)
    assert (current.status, current.body["keyId"], current.body["scopes"]) == (200, key["keyId"], [])
    assert "key" not in current.body
    assert current.body["lastUsedAt"]


def test_a_wrong_an_unknown_an_expired_and_a_revoked_key_are_denied(clock: FrozenClock) -> None:
    key, short = issued(), issued(name="Short", expiresAt="2026-01-02T03:05:00Z")
    assert authorized(key["key"][:-64] + SECRETS[0]) is None
    assert authorized(key["key"].replace(key["keyId"], "01JFR0ZEN00000000000000009")) is None
    assert authorized(short["key"]) is not None
    clock.advance(minutes=1)
    assert authorized(short["key"]) is None
    assert (revoke(key["keyId"]), revoke(key["keyId"])) == (204, 204)
    assert authorized(key["key"]) is None


def test_what_the_gateway_still_remembers_is_refused_by_the_function_at_once(clock: FrozenClock) -> None:
    # Given answers of the authorizer that API Gateway goes on repeating
    kept = {name: issued(name=name) for name in ("revoked", "rotated")}
    kept["expired"] = issued(name="expired", expiresAt="2026-01-02T03:05:00Z")
    machines = {name: authorized(key["key"]) for name, key in kept.items()}
    # When
    revoke(kept["revoked"]["keyId"])
    rotate(kept["rotated"]["keyId"], 0)
    clock.advance(minutes=1)
    # Then
    answers = [stock(machine) for machine in machines.values()]
    assert [(answer.status, answer.code) for answer in answers] == [(401, "NOT_AUTHENTICATED")] * 3


def test_both_secrets_work_until_the_overlap_is_over(clock: FrozenClock) -> None:
    as_admin(create_product.handler, body=MUG)
    old = issued()
    new = rotate(old["keyId"], 60)
    assert (new.status, new.body["keyId"], new.body["overlapEndsAt"]) == (200, old["keyId"], "2026-01-02T03:05:05.678Z")
    first, second = authorized(old["key"]), authorized(new.body["key"])
    assert [stock(machine).status for machine in (first, second)] == [200, 200]
    clock.advance(seconds=60)
    assert [stock(machine).status for machine in (first, second)] == [401, 200]
    assert (authorized(old["key"]), authorized(new.body["key"])) == (None, second)


def test_a_key_above_its_rate_is_told_when_to_go_on(clock: FrozenClock) -> None:
    as_admin(create_product.handler, body=MUG)
    key = issued(ratePerMinute=2)
    machine, other = authorized(key["key"]), authorized(issued(name="Other")["key"])
    assert [stock(machine).status for _ in range(3)] == [200, 200, 429]
    refused = stock(machine)
    assert (refused.code, refused.headers["Retry-After"]) == ("TOO_MANY_REQUESTS", "55")
    assert stock(other).status == 200
    clock.advance(seconds=55)
    assert stock(machine).status == 200


def test_administrators_see_keys_with_their_state_and_last_use_and_never_a_secret(clock: FrozenClock) -> None:
    first, second = issued(), issued(name="Second")
    stock(authorized(first["key"]))
    revoke(second["keyId"])
    page = as_admin(list_client_keys.handler, query={"limit": "1"})
    rest = as_admin(list_client_keys.handler, query={"limit": "1", "nextToken": page.body["nextToken"]})
    listed = [*page.body["items"], *rest.body["items"]]
    assert [
        (key["keyId"], key["status"], key.get("lastUsedAt")) for key in sorted(listed, key=lambda k: k["name"])
    ] == [
        (second["keyId"], "REVOKED", None),
        (first["keyId"], "ACTIVE", "2026-01-02T03:04:05.678Z"),
    ]
    assert "nextToken" not in rest.body
    one = as_admin(get_client_key.handler, path={"keyId": first["keyId"]})
    assert (one.status, one.body["name"], "key" in one.body, "secrets" in one.body) == (200, "Warehouse", False, False)


@pytest.mark.parametrize(
    "who", [{}, {"user": "customer-1"}, {"user": "admin-1", "groups": "admin", "token_use": "access"}]
)
def test_nobody_but_administrators_with_an_id_token_keeps_keys(who: dict[str, str]) -> None:
    status = 403 if who.get("user") == "customer-1" else 401
    path = {"keyId": issued()["keyId"]}
    answers = [
        call(create_client_key.handler, body={**WAREHOUSE, "name": "Mine"}, **who),
        call(list_client_keys.handler, **who),
        call(get_client_key.handler, path=path, **who),
        call(rotate_client_key.handler, path=path, body={"overlapSeconds": 0}, **who),
        call(revoke_client_key.handler, path=path, **who),
    ]
    assert [answer.status for answer in answers] == [status] * 5


def test_a_machine_keeps_no_keys_not_even_its_own() -> None:
    key = issued()
    machine = authorized(key["key"])
    path = {"keyId": key["keyId"]}
    answers = [
        call(create_client_key.handler, body={**WAREHOUSE, "name": "Mine"}, client=machine),
        call(list_client_keys.handler, client=machine),
        call(get_client_key.handler, path=path, client=machine),
        call(rotate_client_key.handler, path=path, body={"overlapSeconds": 0}, client=machine),
        call(revoke_client_key.handler, path=path, client=machine),
    ]
    assert [answer.status for answer in answers] == [401] * 5


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " x"}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"scopes": ["orders:delete"]}, "scopes[0]"),
        ({"scopes": ["stock:read", "stock:read"]}, "scopes"),
        ({"expiresAt": "tomorrow"}, "expiresAt"),
        ({"expiresAt": "2026-13-01T00:00:00Z"}, "expiresAt"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
        ({"ratePerMinute": 0}, "ratePerMinute"),
        ({"ratePerMinute": 6001}, "ratePerMinute"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_a_key_that_cannot_be_is_refused_with_the_field_that_is_wrong(changes: dict[str, Any], field: str) -> None:
    answer = as_admin(create_client_key.handler, body={**WAREHOUSE, **changes})
    assert (answer.status, answer.fields) == (400, [field])


@pytest.mark.parametrize("overlap", [-1, 2592001, "60", None])
def test_an_overlap_is_within_thirty_days(overlap: Any) -> None:
    assert rotate(issued()["keyId"], overlap).fields == ["overlapSeconds"]


def test_a_taken_name_and_a_key_that_is_over_are_conflicts() -> None:
    key = issued()
    assert as_admin(create_client_key.handler, body=WAREHOUSE).code == "CLIENT_KEY_NAME_TAKEN"
    revoke(key["keyId"])
    assert rotate(key["keyId"], 0).code == "CLIENT_KEY_NOT_ACTIVE"
    assert issued()["keyId"] != key["keyId"]


def test_no_line_of_the_log_and_no_entry_of_the_trail_holds_a_secret(
    logged: io.StringIO, tables: dict[str, str]
) -> None:
    key = issued()
    again = rotate(key["keyId"], 60).body["key"]
    stock(authorized(again))
    authorized(key["key"][:-1] + "0")
    revoke(key["keyId"])
    told = logged.getvalue() + json.dumps(client("dynamodb").scan(TableName=tables["audit-trail"])["Items"])
    assert all(event in told for event in ("CLIENT_KEY_ISSUED", "CLIENT_AUTHORIZED", "CLIENT_KEY_REVOKED", "granted"))
    assert not any(text[-64:-1] in told for text in (key["key"], again))
