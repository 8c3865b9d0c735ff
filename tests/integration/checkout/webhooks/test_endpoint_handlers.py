"""The functions of webhook endpoints, from API Gateway's events to the tables and the key."""

from datetime import timedelta
from typing import Any

import pytest

from handlers.checkout import (
    create_webhook_endpoint,
    delete_webhook_endpoint,
    get_webhook_endpoint,
    list_webhook_endpoints,
    rotate_webhook_secret,
    update_webhook_endpoint,
)
from orderflow.checkout.webhooks.endpoint import Endpoint
from orderflow.checkout.webhooks.endpoint_reader import DynamoEndpoints
from orderflow.checkout.webhooks.endpoint_store import DynamoEndpointBook
from orderflow.checkout.webhooks.errors import EndpointUrlTakenError
from orderflow.checkout.webhooks.managing import Change
from orderflow.checkout.webhooks.sealing import KmsSealer
from orderflow.clients.key_store import DynamoKeyBook
from orderflow.runtime import paging
from orderflow.runtime.aws import client
from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import from_item
from orderflow.runtime.trail import Author
from tests.support.client_keys import client_key
from tests.support.frozen import START, FrozenClock
from tests.support.gateway import Answer, as_admin, call
from tests.support.webhooks import CLIENT_ID, ENDPOINT_ID, URL, endpoint

NEW = {"clientId": CLIENT_ID, "url": URL, "description": "Assistant"}


@pytest.fixture(autouse=True)
def key_arn(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    arn = str(client("kms").create_key()["KeyMetadata"]["Arn"])
    secret = client("secretsmanager").create_secret(Name="cursor", SecretString="a secret for cursors in tests")
    monkeypatch.setenv("CURSOR_SECRET_ARN", secret["ARN"])
    monkeypatch.setenv("KMS_KEY_ARN", arn)
    paging.cursor_key.cache_clear()
    return arn


@pytest.fixture(autouse=True)
def client_of_the_endpoints(dynamodb: Any, tables: dict[str, str]) -> None:
    author = Author(tables["audit-trail"], "admin-1", "r-0")
    DynamoKeyBook(dynamodb, tables["client-keys"], author).add(client_key(CLIENT_ID), START)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> FrozenClock:
    stopped = FrozenClock()
    for module in (create_webhook_endpoint, delete_webhook_endpoint, get_webhook_endpoint, list_webhook_endpoints,
                   rotate_webhook_secret, update_webhook_endpoint):  # fmt: skip
        monkeypatch.setattr(module, "utc_now", stopped)
    return stopped


@pytest.fixture
def book(dynamodb: Any, tables: dict[str, str]) -> DynamoEndpointBook:
    return DynamoEndpointBook(dynamodb, tables["webhook-endpoints"], Author(tables["audit-trail"], "admin-1", "r-1"))


def create(**changes: Any) -> Answer:
    return as_admin(create_webhook_endpoint.handler, body={**NEW, **changes})


def created() -> dict[str, Any]:
    answer = create()
    assert answer.status == 201, answer.body
    return answer.body


def get(endpoint_id: str) -> Answer:
    return as_admin(get_webhook_endpoint.handler, path={"endpointId": endpoint_id})


def update(endpoint_id: str, **body: Any) -> Answer:
    return as_admin(update_webhook_endpoint.handler, path={"endpointId": endpoint_id}, body=body)


def rotate(endpoint_id: str, overlap: int) -> Answer:
    return as_admin(rotate_webhook_secret.handler, path={"endpointId": endpoint_id}, body={"overlapSeconds": overlap})


def remove(endpoint_id: str) -> int:
    return as_admin(delete_webhook_endpoint.handler, path={"endpointId": endpoint_id}).status


def stored(endpoint_id: str) -> Endpoint:
    found = DynamoEndpoints(client("dynamodb"), "orderflow-test-webhook-endpoints").find(endpoint_id)
    assert found
    return found


def test_an_endpoint_is_answered_with_its_secret_once_and_without_it_from_then_on() -> None:
    made = created()
    endpoint_id, secret = made["endpointId"], made.pop("secret")
    assert secret.startswith("ofwh_")
    assert get(endpoint_id).body == made
    assert as_admin(list_webhook_endpoints.handler).body == {"items": [made]}
    assert made == {
        "endpointId": endpoint_id, **NEW, "apiVersion": "2026-04-17", "status": "ENABLED", "createdAt": iso(START),
        "updatedAt": iso(START), "version": 1,
    }  # fmt: skip


def test_a_secret_is_kept_encrypted_for_its_endpoint_and_opens_for_no_other(dynamodb: Any, key_arn: str) -> None:
    made = created()
    (kept,) = stored(made["endpointId"]).secrets
    rows = dynamodb.scan(TableName="orderflow-test-webhook-endpoints")["Items"]
    assert made["secret"] not in str(rows)
    sealer = KmsSealer(client("kms"), key_arn)
    assert sealer.open(kept.sealed, made["endpointId"]) == made["secret"]
    with pytest.raises(client("kms").exceptions.InvalidCiphertextException):
        KmsSealer(client("kms"), key_arn).open(kept.sealed, ENDPOINT_ID)


def test_a_repeated_request_makes_no_second_endpoint() -> None:
    made = created()
    again = create()
    assert (again.status, again.body["code"]) == (409, "WEBHOOK_URL_TAKEN")
    assert made["endpointId"] in again.body["message"]
    assert create(clientId="lenient").status == 201


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": "http://agent.example.com/"}, "WEBHOOK_URL_REFUSED"),
        ({"url": "https://169.254.169.254/latest"}, "WEBHOOK_URL_REFUSED"),
        ({"url": "http://127.0.0.1:9000/"}, "WEBHOOK_URL_REFUSED"),
        ({"url": "https://agent.example.com/\n"}, "INVALID_REQUEST"),
        ({"url": "agent.example.com"}, "INVALID_REQUEST"),
        ({"clientId": "somebody"}, "INVALID_REQUEST"),
        ({"apiVersion": "2026-01-30"}, "INVALID_REQUEST"),
        ({"secret": "mine"}, "INVALID_REQUEST"),
        ({"description": ""}, "INVALID_REQUEST"),
    ],
)
def test_bad_input_is_refused_and_nothing_kept(changes: dict[str, Any], code: str) -> None:
    answer = create(**changes)
    assert (answer.status, answer.body["code"]) == (400, code)
    assert as_admin(list_webhook_endpoints.handler).body == {"items": []}


def test_a_client_that_no_key_has_is_named_and_nothing_kept() -> None:
    answer = create(clientId=ENDPOINT_ID)
    assert (answer.status, answer.body["code"]) == (422, "WEBHOOK_CLIENT_UNKNOWN")
    assert [detail["field"] for detail in answer.body["details"]] == ["clientId"]
    assert as_admin(list_webhook_endpoints.handler).body == {"items": []}


def test_the_version_of_an_endpoint_is_chosen_shown_kept_and_changed() -> None:
    made = create(apiVersion="2025-09-29").body
    assert (made["apiVersion"], stored(made["endpointId"]).api_version) == ("2025-09-29", "2025-09-29")
    assert update(made["endpointId"], url=URL, status="DISABLED").body["apiVersion"] == "2025-09-29"
    changed = update(made["endpointId"], url=URL, status="ENABLED", apiVersion="2026-04-17")
    assert (changed.body["apiVersion"], get(made["endpointId"]).body) == ("2026-04-17", changed.body)


def test_an_endpoint_of_before_there_was_a_choice_speaks_the_newer_version(dynamodb: Any) -> None:
    endpoint_id = created()["endpointId"]
    dynamodb.update_item(
        TableName="orderflow-test-webhook-endpoints", Key={"endpointId": {"S": endpoint_id}},
        UpdateExpression="REMOVE apiVersion",
    )  # fmt: skip
    assert get(endpoint_id).body["apiVersion"] == "2026-04-17"


def test_the_local_stack_takes_receivers_on_its_own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_LOOPBACK_ALLOWED", "true")
    made = create(url="http://127.0.0.1:9000/hook")
    assert made.status == 201
    assert update(made.body["endpointId"], url="http://localhost:9000/", status="ENABLED").status == 200


def test_a_changed_url_is_taken_and_the_one_before_free(clock: FrozenClock) -> None:
    endpoint_id = created()["endpointId"]
    clock.advance(minutes=1)
    changed = update(endpoint_id, url=f"{URL}/2", status="DISABLED")
    assert (changed.status, changed.body["url"], changed.body["status"]) == (200, f"{URL}/2", "DISABLED")
    assert (changed.body["version"], changed.body["updatedAt"], "description" in changed.body) == (
        2, iso(START + timedelta(minutes=1)), False,
    )  # fmt: skip
    other = created()["endpointId"]
    taken = update(endpoint_id, url=URL, status="ENABLED")
    assert (taken.status, taken.body["code"]) == (409, "WEBHOOK_URL_TAKEN")
    assert other in taken.body["message"]
    assert get(endpoint_id).body == changed.body


def test_rotating_answers_another_secret_and_says_until_when_the_old_one_signs(clock: FrozenClock) -> None:
    made = created()
    answer = rotate(made["endpointId"], 3600)
    assert (answer.status, answer.body["overlapEndsAt"]) == (200, iso(START + timedelta(hours=1)))
    assert answer.body["secret"] not in (made["secret"], None)
    assert rotate(made["endpointId"], 3600).body["code"] == "WEBHOOK_ENDPOINT_HAS_TOO_MANY_SECRETS"
    clock.advance(hours=1)
    assert "overlapEndsAt" not in get(made["endpointId"]).body


def test_a_removed_endpoint_is_gone_and_its_url_free() -> None:
    endpoint_id = created()["endpointId"]
    assert [remove(endpoint_id), remove(endpoint_id), get(endpoint_id).status] == [204, 404, 404]
    assert create().status == 201


def test_customers_and_machines_manage_nothing() -> None:
    endpoint_id = created()["endpointId"]
    assert call(get_webhook_endpoint.handler, user="customer-1", path={"endpointId": endpoint_id}).status == 403
    assert call(list_webhook_endpoints.handler, user="customer-1").status == 403
    assert call(create_webhook_endpoint.handler, user="customer-1", body=NEW).status == 403


def test_the_trail_tells_of_each_change_and_holds_neither_url_nor_secret(dynamodb: Any) -> None:
    made = created()
    rotate(made["endpointId"], 0)
    update(made["endpointId"], url=f"{URL}/2", status="DISABLED")
    remove(made["endpointId"])
    rows = [from_item(row) for row in dynamodb.scan(TableName="orderflow-test-audit-trail")["Items"]]
    assert sorted(row["action"] for row in rows if row["subject"] != f"permission#{CLIENT_ID}") == [
        "webhook.created", "webhook.deleted", "webhook.rotated", "webhook.updated",
    ]  # fmt: skip
    assert {row["subject"] for row in rows if row["action"].startswith("webhook.")} == {f"webhook#{made['endpointId']}"}
    assert "agent.example.com" not in str(rows)
    assert made["secret"] not in str(rows)


def test_a_write_on_another_version_than_was_read_changes_nothing(book: DynamoEndpointBook) -> None:
    first = endpoint()
    book.add(first, START)
    second = first.rotated("theirs", START, timedelta(0))
    assert book.rewrite(first, second, Change.ROTATED, START) is True
    assert book.rewrite(first, first.gone(START), Change.DISABLED, START) is False
    assert book.remove(first, START) is False
    assert book.find(ENDPOINT_ID) == second


def test_a_stale_change_of_the_url_is_stale_first_and_taken_second(book: DynamoEndpointBook) -> None:
    first, other = endpoint(), endpoint("01JFR0ZEN00000000000000002", url=f"{URL}/2")
    book.add(first, START)
    book.add(other, START)
    moved = first.changed(f"{URL}/2", first.status, None, START)
    with pytest.raises(EndpointUrlTakenError, match=other.endpoint_id):
        book.rewrite(first, moved, Change.UPDATED, START)
    book.rewrite(first, first.gone(START), Change.DISABLED, START)
    assert book.rewrite(first, moved, Change.UPDATED, START) is False


def test_endpoints_of_a_client_are_found_together_whatever_their_state(book: DynamoEndpointBook) -> None:
    ids = [f"01JFR0ZEN0000000000000000{number}" for number in (1, 2, 3)]
    for number, endpoint_id in enumerate(ids):
        book.add(endpoint(endpoint_id, url=f"{URL}/{number}", client_id="lenient" if number == 2 else CLIENT_ID), START)
    assert [each.endpoint_id for each in book.of_client(CLIENT_ID)] == ids[:2]
