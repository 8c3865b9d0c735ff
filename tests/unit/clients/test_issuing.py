"""Keys in the hands of administrators: issued, rotated, revoked and looked at by them alone."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orderflow.clients.answers import as_json, page_as_json
from orderflow.clients.api_key import digest
from orderflow.clients.changing import Change, revoke_client_key
from orderflow.clients.client_key import ClientKey
from orderflow.clients.errors import (
    ClientKeyNotFoundError,
    ExpiryPassedError,
    KeyChangedError,
    KeyNameTakenError,
    KeyNotActiveError,
)
from orderflow.clients.issuing import create_client_key, rotate_client_key
from orderflow.clients.reading import get_client_key, get_own_key, list_client_keys
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso
from orderflow.runtime.errors import ForbiddenError, InvalidRequestError
from tests.support.client_keys import ADMIN, CUSTOMER, KEY_ID, SECRETS, InMemoryKeys, client_key, key_of, machine
from tests.support.frozen import START, CountingIds, FrozenClock

HOUR = timedelta(hours=1)


@pytest.fixture
def keys() -> InMemoryKeys:
    return InMemoryKeys()


def issue(keys: InMemoryKeys, caller: Caller = ADMIN, **given: Any) -> tuple[ClientKey, str]:
    asked: dict[str, Any] = {"ids": CountingIds(), "clock": FrozenClock(), "new_secret": lambda: SECRETS[0], **given}
    name, scopes = asked.pop("name", "Warehouse"), asked.pop("scopes", ["stock:read"])
    return create_client_key(caller, name, scopes, keys=keys, **asked)


def rotate(keys: InMemoryKeys, key_id: str = KEY_ID, caller: Caller = ADMIN, overlap: timedelta = HOUR) -> str:
    clock = FrozenClock()
    return rotate_client_key(caller, key_id, overlap, keys=keys, clock=clock, new_secret=lambda: SECRETS[1])[1]


def revoke(keys: InMemoryKeys, key_id: str = KEY_ID, caller: Caller = ADMIN) -> bool:
    return revoke_client_key(caller, key_id, keys=keys, clock=FrozenClock())


def listed(keys: InMemoryKeys, caller: Caller = ADMIN, limit: int = 20, token: str | None = None) -> Any:
    return list_client_keys(caller, limit=limit, token=token, keys=keys, cursor_key=lambda: b"key")


@pytest.mark.parametrize(
    "act",
    [
        lambda keys: issue(keys, CUSTOMER),
        lambda keys: rotate(keys, caller=CUSTOMER),
        lambda keys: revoke(keys, caller=CUSTOMER),
        lambda keys: get_client_key(CUSTOMER, KEY_ID, keys),
        lambda keys: listed(keys, CUSTOMER),
    ],
    ids=["create", "rotate", "revoke", "get", "list"],
)
def test_only_administrators_have_to_do_with_keys(keys: InMemoryKeys, act: Callable[[InMemoryKeys], Any]) -> None:
    keys.add(client_key(), START)
    with pytest.raises(ForbiddenError):
        act(keys)
    assert (keys.keys[KEY_ID], keys.trail) == (client_key(), [(KEY_ID, Change.GRANTED)])


def test_an_issued_key_is_shown_once_and_kept_as_a_hash(keys: InMemoryKeys) -> None:
    key, text = issue(keys, name=" Warehouse ", expires_at=START + HOUR, rate_per_minute=7)
    assert text == key_of()
    assert keys.keys == {KEY_ID: key}
    assert key == client_key(name="Warehouse", rate_per_minute=7, expires_at=iso(START + HOUR))
    assert keys.trail == [(KEY_ID, Change.GRANTED)]


def test_without_a_rate_a_key_may_make_600_requests_a_minute(keys: InMemoryKeys) -> None:
    assert issue(keys)[0].rate_per_minute == 600


@pytest.mark.parametrize("expires_at", [START, START - HOUR])
def test_a_key_that_would_be_over_already_is_not_issued(keys: InMemoryKeys, expires_at) -> None:
    with pytest.raises(ExpiryPassedError):
        issue(keys, expires_at=expires_at)
    assert keys.keys == {}


def test_a_repeated_request_finds_its_name_taken_and_makes_no_second_key(keys: InMemoryKeys) -> None:
    ids = CountingIds()
    issue(keys, ids=ids)
    with pytest.raises(KeyNameTakenError, match=KEY_ID):
        issue(keys, ids=ids, name="warehouse")
    assert list(keys.keys) == [KEY_ID]


def test_rotating_gives_another_secret_and_the_old_one_its_time(keys: InMemoryKeys) -> None:
    keys.add(client_key(), START)
    assert rotate(keys) == key_of(SECRETS[1])
    assert keys.keys[KEY_ID].validity.secrets == {1: iso(START + HOUR), 2: None}
    assert (keys.keys[KEY_ID].rotated_at, keys.trail[-1]) == (iso(START), (KEY_ID, Change.ROTATED))


def test_a_rotation_that_was_overtaken_is_judged_again_and_loses_nobodys_secret(keys: InMemoryKeys) -> None:
    keys.add(client_key(), START)
    keys.faster = [client_key().rotated(digest(SECRETS[2]), START, HOUR)]
    rotate(keys)
    assert list(keys.keys[KEY_ID].validity.secrets) == [1, 2, 3]


def test_a_key_that_was_revoked_in_the_meantime_stays_revoked(keys: InMemoryKeys) -> None:
    keys.add(client_key(), START)
    keys.faster = [client_key().revoked(START)]
    with pytest.raises(KeyNotActiveError):
        rotate(keys)


def test_whoever_is_overtaken_again_and_again_is_told_to_try_again(keys: InMemoryKeys) -> None:
    keys.add(client_key(), START)
    keys.faster = [replace(client_key(), version=version) for version in range(2, 9)]
    with pytest.raises(KeyChangedError):
        rotate(keys)


def test_revoking_ends_a_key_once_and_repeating_writes_nothing(keys: InMemoryKeys) -> None:
    keys.add(client_key(), START)
    assert [revoke(keys), revoke(keys)] == [True, False]
    assert [change for _, change in keys.trail] == [Change.GRANTED, Change.REVOKED]


@pytest.mark.parametrize("key_id", ["", "x", f"use#{KEY_ID}", KEY_ID.lower(), "../" * 50, "01JFR0ZEN00000000000000009"])
def test_a_key_that_is_not_there_is_a_short_404_everywhere(keys: InMemoryKeys, key_id: str) -> None:
    keys.add(client_key(), START)
    for act in (rotate, revoke, lambda keys, key_id: get_client_key(ADMIN, key_id, keys)):
        with pytest.raises(ClientKeyNotFoundError) as refused:
            act(keys, key_id)
        assert (refused.value.http_status, len(refused.value.message) < 120) == (404, True)


def test_keys_are_listed_page_by_page_with_their_last_use(keys: InMemoryKeys) -> None:
    for number in (1, 2, 3):
        keys.add(client_key(f"01JFR0ZEN0000000000000000{number}"), START)
    keys.count(KEY_ID, START)
    first, token = listed(keys, limit=2)
    second, end = listed(keys, limit=2, token=token)
    assert [[shown.key.key_id[-1] for shown in page] for page in (first, second)] == [["3", "2"], ["1"]]
    assert ([shown.last_used_at for shown in (*first, *second)], end) == ([None, None, iso(START)], None)
    with pytest.raises(InvalidRequestError):
        listed(keys, replace(ADMIN, user_id="admin-2"), token=token)


def test_a_machine_sees_its_own_key(keys: InMemoryKeys) -> None:
    keys.add(client_key(), START)
    assert get_own_key(machine(), keys).key == client_key()


def test_what_is_shown_of_a_key_holds_everything_but_its_secrets() -> None:
    key = client_key(expires_at=iso(START + HOUR)).rotated(digest(SECRETS[1]), START, HOUR)
    shown = as_json(key, START, iso(START))
    assert shown == {
        "keyId": KEY_ID,
        "name": "Warehouse 1",
        "scopes": ["stock:read"],
        "ratePerMinute": 3,
        "owner": "admin-1",
        "status": "ACTIVE",
        "createdAt": iso(START),
        "expiresAt": iso(START + HOUR),
        "rotatedAt": iso(START),
        "overlapEndsAt": iso(START + HOUR),
        "lastUsedAt": iso(START),
    }
    assert not any(digest(secret) in json.dumps(shown) for secret in SECRETS)
    assert page_as_json([], None, START) == {"items": []}
    assert page_as_json([], "token", START) == {"items": [], "nextToken": "token"}
