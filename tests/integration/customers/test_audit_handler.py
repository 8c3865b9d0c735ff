"""GET /users/{userId}/audit: one's own changes, newest first; nobody else's, and no names of the shop's people."""

from datetime import timedelta
from typing import Any

import pytest

from handlers.customers import list_audit_entries
from orderflow.runtime import paging
from orderflow.runtime.aws import client
from orderflow.runtime.trail import Entry, put
from tests.support.frozen import START
from tests.support.gateway import Answer, call
from tests.support.users import uuid

ME, SHE, BOSS = uuid(1), uuid(2), uuid(999)


@pytest.fixture(autouse=True)
def _entries(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    secret = client("secretsmanager").create_secret(Name="cursors", SecretString="a key for cursors in tests")
    monkeypatch.setenv("CURSOR_SECRET_ARN", secret["ARN"])
    paging.cursor_key.cache_clear()
    for number, (owner, by) in enumerate([(ME, ME), (ME, BOSS), (ME, "function:ship"), (SHE, SHE)]):
        at = START + timedelta(seconds=number)
        entry = Entry(f"order#{number}", "order.placed", by, at, f"r-{number}", None, {"total": number}, owner)
        client("dynamodb").put_item(**put(tables["audit-trail"], entry)["Put"])


def listed(user_id: str, *, user: str = ME, groups: str = "", **query: str) -> Answer:
    return call(list_audit_entries.handler, path={"userId": user_id}, query=query, user=user, groups=groups)


def test_a_customer_reads_what_was_changed_and_not_who_of_the_shops_people_did_it() -> None:
    answer = listed(ME)
    assert answer.status == 200
    assert [each["by"] for each in answer.body["items"]] == ["function:ship", "shop", ME]
    oldest: dict[str, Any] = answer.body["items"][-1]
    assert len(oldest.pop("entryId")) == 26
    assert oldest == {
        "at": "2026-01-02T03:04:05.678Z",
        "subject": "order#0",
        "action": "order.placed",
        "by": ME,
        "requestId": "r-0",
        "after": {"total": 0},
    }
    assert "nextToken" not in answer.body


def test_administrators_read_anybodys_with_every_name() -> None:
    assert [each["by"] for each in listed(ME, user=BOSS, groups="admin").body["items"]] == ["function:ship", BOSS, ME]
    assert listed(uuid(77), user=BOSS, groups="admin").body == {"items": []}


@pytest.mark.parametrize("user_id", [SHE, uuid(77), "x", ""])
def test_what_is_anothers_does_not_exist(user_id: str) -> None:
    answer = listed(user_id)
    assert (answer.status, answer.code) == (404, "USER_NOT_FOUND")


def test_a_token_goes_on_where_the_page_ended_and_is_of_no_use_to_anybody_else() -> None:
    first = listed(ME, limit="2")
    token = first.body["nextToken"]
    second = listed(ME, limit="2", nextToken=token)
    assert [each["requestId"] for each in first.body["items"] + second.body["items"]] == ["r-2", "r-1", "r-0"]
    assert "nextToken" not in second.body
    for answer in (
        listed(SHE, user=SHE, nextToken=token),
        listed(ME, user=BOSS, groups="admin", nextToken=token),
        listed(ME, nextToken=token[:-2] + "AA"),
    ):
        assert (answer.status, answer.fields) == (400, ["nextToken"])
