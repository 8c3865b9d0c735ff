"""Client keys in DynamoDB: the promises of every store, what stands in the table, and what happens under conflict."""

import json
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from orderflow.clients.api_key import digest
from orderflow.clients.changing import Change
from orderflow.clients.key_reader import DynamoKeyReader
from orderflow.clients.key_store import DynamoKeyBook
from orderflow.clients.usage_store import DynamoUsageBook
from orderflow.runtime.dynamo import StoreUnavailableError, TransactionConflictError, from_item
from orderflow.runtime.trail import Author
from tests.support.client_key_contract import HOUR, ClientKeyStoreContract
from tests.support.client_keys import ADMIN, KEY_ID, SECRETS, client_key
from tests.support.frozen import START


class WholeStore(DynamoKeyBook, DynamoKeyReader, DynamoUsageBook):
    """All that the functions of the context do, on one table."""


@pytest.fixture
def store(dynamodb: Any, tables: dict[str, str]) -> WholeStore:
    author = Author(tables["audit-trail"], ADMIN.user_id, "request-1")
    return WholeStore(dynamodb, tables["client-keys"], author)


class TestDynamoKeys(ClientKeyStoreContract):
    @pytest.fixture
    def store(self, store: WholeStore) -> WholeStore:
        return store


def rows(dynamodb: Any, table: str) -> list[dict[str, Any]]:
    return [from_item(item) for item in dynamodb.scan(TableName=table)["Items"]]


def conflict(operation: str) -> ClientError:
    code = "TransactionConflictException" if operation == "UpdateItem" else "TransactionCanceledException"
    reasons = {"CancellationReasons": [{"Code": "TransactionConflict"}]}
    return ClientError({"Error": {"Code": code, "Message": "busy"}, **reasons}, operation)


def test_no_secret_is_in_any_table_and_what_requests_touch_has_not_even_hashes(
    store: WholeStore, dynamodb: Any, tables: dict[str, str]
) -> None:
    key = client_key()
    store.add(key, START)
    store.replace(key, key.rotated(digest(SECRETS[1]), START, HOUR), Change.ROTATED, START)
    told = rows(dynamodb, tables["client-keys"]) + rows(dynamodb, tables["audit-trail"])
    everything = json.dumps(told, default=str)
    assert len(told) == 5
    assert not any(secret in everything for secret in SECRETS)
    touched = [row for row in told if str(row.get("keyId", "")).startswith("use#")] + told[3:]
    assert not any(digest(secret) in json.dumps(touched, default=str) for secret in SECRETS)


def test_each_change_leaves_its_entry_with_who_when_and_what(
    store: WholeStore, dynamodb: Any, tables: dict[str, str]
) -> None:
    key = client_key()
    rotated = key.rotated(digest(SECRETS[1]), START, HOUR)
    store.add(key, START)
    store.replace(key, rotated, Change.ROTATED, START)
    store.replace(rotated, rotated.revoked(START), Change.REVOKED, START)
    entries = sorted(rows(dynamodb, tables["audit-trail"]), key=lambda entry: entry["action"])
    assert [(e["subject"], e["action"], e["by"], e["requestId"]) for e in entries] == [
        (f"permission#{KEY_ID}", f"permission.{action}", "admin-1", "request-1")
        for action in ("granted", "revoked", "rotated")
    ]
    granted, revoked, rotation = entries
    assert (granted["after"]["scopes"], granted["after"]["ratePerMinute"]) == (["stock:read"], 3)
    assert (revoked["before"]["status"], revoked["after"]["status"]) == ("ACTIVE", "REVOKED")
    assert rotation["after"] == {"rotatedAt": "2026-01-02T03:04:05.678Z", "overlapEndsAt": "2026-01-02T04:04:05.678Z"}


def test_a_change_that_is_refused_leaves_no_entry(store: WholeStore, dynamodb: Any, tables: dict[str, str]) -> None:
    key = client_key()
    store.add(key, START)
    stale = replace(key, version=7)
    assert store.replace(stale, stale.revoked(START), Change.REVOKED, START) is False
    assert [entry["action"] for entry in rows(dynamodb, tables["audit-trail"])] == ["permission.granted"]


def test_a_busy_machine_is_got_rid_of_all_the_same(store: WholeStore, dynamodb: Any) -> None:
    key = client_key()
    store.add(key, START)
    write = dynamodb.transact_write_items
    with mock.patch.object(dynamodb, "transact_write_items", side_effect=[conflict("x")] * 19 + [mock.DEFAULT]) as busy:
        busy.return_value = None
        assert store.replace(key, key.revoked(START), Change.REVOKED, START) is True
        write(**busy.call_args.kwargs)
    assert store.find(KEY_ID).revoked_at is not None
    never = mock.patch.object(dynamodb, "transact_write_items", side_effect=[conflict("x")] * 20)
    with never, pytest.raises(TransactionConflictError):
        store.replace(key, key.revoked(START), Change.REVOKED, START)


def test_a_request_in_the_moment_of_a_change_is_counted(store: WholeStore, dynamodb: Any) -> None:
    store.add(client_key(), START)
    update = dynamodb.update_item
    outcomes = iter([conflict("UpdateItem"), conflict("UpdateItem")])

    def busy(**request: Any) -> Any:
        for refused in outcomes:
            raise refused
        return update(**request)

    with mock.patch.object(dynamodb, "update_item", side_effect=busy):
        assert store.count(KEY_ID, START).requests == 1


def test_a_table_that_does_not_answer_lets_nobody_in(store: WholeStore, dynamodb: Any) -> None:
    throttled = ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")
    with mock.patch.object(dynamodb, "update_item", side_effect=throttled), pytest.raises(StoreUnavailableError):
        store.count(KEY_ID, START)
