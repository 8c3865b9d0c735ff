"""Machines in the shop: let in by their keys and by nothing else, for what and as long as they may."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.e2e.shop import Shop

STOCK = "/products/ITEM001/stock"
CURRENT = "/client-keys/current"
REFUSED = "The client key is unknown, wrong, replaced, expired or revoked; ask an administrator for a valid one."


@pytest.fixture
def issue(admin: Shop) -> Callable[..., dict[str, Any]]:
    """Give a function that issues a key as an administrator does."""

    def issued(**facts: Any) -> dict[str, Any]:
        body = {"name": f"e2e {uuid4().hex}", "scopes": ["stock:read"], **facts}
        answer = admin.post("/client-keys", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return issued


def machine(shop: Shop, key: str) -> Shop:
    return Shop(shop.url, f"Bearer {key}")


def refused(answer: requests.Response, status: int, code: str) -> bool:
    """Tell whether an answer is this refusal, in our error shape and with its request id."""
    body = answer.json()
    assert {"code", "message", "requestId"} <= set(body), answer.text
    assert answer.headers["X-Request-Id"]
    return (answer.status_code, body["code"]) == (status, code)


def test_a_machine_reads_stock_and_what_its_key_may_do(shop: Shop, admin: Shop, issue) -> None:
    issued = issue()
    warehouse = machine(shop, issued["key"])
    stock = warehouse.get(STOCK)
    assert (stock.status_code, stock.json()["available"]) == (200, shop.stock_of("ITEM001"))
    current = warehouse.get(CURRENT)
    assert current.status_code == 200, current.text
    assert (current.json()["keyId"], current.json()["scopes"]) == (issued["keyId"], ["stock:read"])
    seen = admin.get(f"/client-keys/{issued['keyId']}").json()
    assert (seen["status"], "lastUsedAt" in seen, "key" in seen) == ("ACTIVE", True, False)


def test_an_administrator_finds_the_newest_keys_first_and_none_of_their_secrets(admin: Shop, issue) -> None:
    older, newer = issue(), issue()
    first = admin.get("/client-keys", params={"limit": 1}).json()
    second = admin.get("/client-keys", params={"limit": 1, "nextToken": first["nextToken"]}).json()
    assert [page["items"][0]["keyId"] for page in (first, second)] == [newer["keyId"], older["keyId"]]
    assert all(key["key"][-64:] not in str((first, second)) for key in (older, newer))


def test_keys_that_were_never_valid_are_all_the_same_401(shop: Shop, issue) -> None:
    issued = issue()
    secret = issued["key"][-64:]
    wrong = [
        issued["key"].replace(secret, secret[::-1]),
        issued["key"].replace(issued["keyId"], "01JFR0ZEN00000000000000009"),
    ]
    answers = [machine(shop, key).get(path) for key in wrong for path in (STOCK, CURRENT)]
    assert all(refused(answer, 401, "NOT_AUTHENTICATED") for answer in answers)
    assert {answer.json()["message"] for answer in answers} == {REFUSED}


@pytest.mark.parametrize("token", [None, "garbage", "Bearer garbage", "ofk_", "Bearer e30.e30.e30"])
def test_what_is_no_key_is_a_401_as_well(shop: Shop, token: str | None) -> None:
    assert refused(Shop(shop.url, token).get(STOCK), 401, "NOT_AUTHENTICATED")


def test_a_person_is_no_machine_and_a_machine_no_person(shop: Shop, admin: Shop, customer: Shop, issue) -> None:
    key = issue()["key"]
    for token in (admin.token, f"Bearer {admin.token}", customer.token):
        assert refused(Shop(shop.url, token).get(STOCK), 401, "NOT_AUTHENTICATED")
    for token in (key, f"Bearer {key}"):
        for path in ("/orders", "/client-keys"):
            assert refused(Shop(shop.url, token).get(path), 401, "NOT_AUTHENTICATED")
    assert refused(customer.get("/client-keys"), 403, "FORBIDDEN")


def test_a_key_without_the_scope_is_a_403_that_names_it(shop: Shop, issue) -> None:
    probe = machine(shop, issue(scopes=[])["key"])
    answer = probe.get(STOCK)
    assert refused(answer, 403, "INSUFFICIENT_SCOPE")
    assert "'stock:read'" in answer.json()["message"]
    assert probe.get(CURRENT).status_code == 200


def test_a_revoked_key_is_refused_at_once_although_the_gateway_still_knows_it(shop: Shop, admin: Shop, issue) -> None:
    issued = issue()
    warehouse = machine(shop, issued["key"])
    assert warehouse.get(STOCK).status_code == 200
    assert admin.call("DELETE", f"/client-keys/{issued['keyId']}").status_code == 204
    answers = [warehouse.get(STOCK), warehouse.get(CURRENT)]
    assert all(refused(answer, 401, "NOT_AUTHENTICATED") for answer in answers)
    assert {answer.json()["message"] for answer in answers} == {REFUSED}
    assert admin.get(f"/client-keys/{issued['keyId']}").json()["status"] == "REVOKED"
    unused = issue()
    assert admin.call("DELETE", f"/client-keys/{unused['keyId']}").status_code == 204
    assert refused(machine(shop, unused["key"]).get(STOCK), 401, "NOT_AUTHENTICATED")


def test_an_expired_key_is_refused_from_that_second_on(shop: Shop, issue) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=15)
    warehouse = machine(shop, issue(expiresAt=ends.strftime("%Y-%m-%dT%H:%M:%SZ"))["key"])
    assert warehouse.get(STOCK).status_code == 200
    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()))
    assert refused(warehouse.get(STOCK), 401, "NOT_AUTHENTICATED")


def test_both_secrets_of_a_rotated_key_work_until_the_overlap_ends(shop: Shop, admin: Shop, issue) -> None:
    issued = issue()
    old = machine(shop, issued["key"])
    assert old.get(STOCK).status_code == 200
    answer = admin.post(f"/client-keys/{issued['keyId']}/rotate", {"overlapSeconds": 15})
    assert answer.status_code == 200, answer.text
    ends = datetime.fromisoformat(answer.json()["overlapEndsAt"])
    new = machine(shop, answer.json()["key"])
    assert [old.get(STOCK).status_code, new.get(STOCK).status_code] == [200, 200]
    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()) + 0.1)
    assert refused(old.get(STOCK), 401, "NOT_AUTHENTICATED")
    assert new.get(STOCK).status_code == 200
    # Without an overlap, for a secret that somebody else has seen.
    answer = admin.post(f"/client-keys/{issued['keyId']}/rotate", {"overlapSeconds": 0})
    assert refused(new.get(STOCK), 401, "NOT_AUTHENTICATED")
    assert machine(shop, answer.json()["key"]).get(STOCK).status_code == 200


def test_a_key_above_its_rate_gets_a_429_and_goes_on_after_retry_after(shop: Shop, issue) -> None:
    other = machine(shop, issue()["key"])
    warehouse = machine(shop, issue(ratePerMinute=2)["key"])
    # Two minutes at the most are met by so few requests, so the fifth is above the rate of one of them.
    answers = [warehouse.get(STOCK) for _ in range(5)]
    limited = [answer for answer in answers if answer.status_code != 200]
    assert limited
    assert all(refused(answer, 429, "TOO_MANY_REQUESTS") for answer in limited)
    wait = int(limited[-1].headers["Retry-After"])
    assert 1 <= wait <= 60
    assert other.get(STOCK).status_code == 200
    time.sleep(wait)
    assert warehouse.get(STOCK).status_code == 200


def test_the_gateway_asks_once_about_a_key_and_again_about_another(stack, shop: Shop, issue) -> None:
    """Every request is looked at by its function; the authorizer is asked when the gateway does not know the key."""
    key = issue()
    warehouse = machine(shop, key["key"])
    for path in (STOCK, CURRENT, STOCK):
        assert warehouse.get(path).status_code == 200
    assert _authorizations(stack, key["keyId"], within_seconds=10) == 1


def _authorizations(stack, key_id: str, within_seconds: float) -> int:
    """Return how often the authorizer said that it let this key in, once it said so at all."""
    name = stack.output("function_names")["authorize_client"]
    deadline = time.monotonic() + within_seconds
    while True:
        found = stack.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        said = [each for each in found if key_id in each["message"] and "CLIENT_AUTHORIZED" in each["message"]]
        if said or time.monotonic() > deadline:
            return len(said)
        time.sleep(0.5)


def test_every_change_of_a_key_is_in_the_audit_trail_without_its_secret(stack, admin: Shop, issue) -> None:
    issued = issue()
    admin.post(f"/client-keys/{issued['keyId']}/rotate", {"overlapSeconds": 0})
    admin.call("DELETE", f"/client-keys/{issued['keyId']}")
    found = stack.client("dynamodb").query(
        TableName=stack.output("audit_trail_table_name"),
        KeyConditionExpression="subject = :subject",
        ExpressionAttributeValues={":subject": {"S": f"permission#{issued['keyId']}"}},
    )["Items"]
    assert [entry["action"]["S"] for entry in found] == [
        f"permission.{done}" for done in ("granted", "rotated", "revoked")
    ]
    assert len({entry["by"]["S"] for entry in found}) == 1
    assert issued["key"][-64:] not in str(found)
