"""What every store of client keys promises; run on the one in memory and on DynamoDB.

`store` is a fixture of the user: it implements KeyBook, KeyReader and UsageBook, and holds no key.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orderflow.clients.api_key import digest
from orderflow.clients.changing import Change
from orderflow.clients.client_key import Validity
from orderflow.clients.errors import KeyNameTakenError
from orderflow.runtime.clock import iso
from tests.support.client_keys import KEY_ID, SECRETS, client_key
from tests.support.frozen import START

OTHER_ID = "01JFR0ZEN00000000000000002"
HOUR = timedelta(hours=1)


class ClientKeyStoreContract:
    """Inherit it and give a `store`."""

    def test_a_key_comes_back_as_it_was_kept(self, store: Any) -> None:
        key = client_key(expires_at=iso(START + HOUR))
        store.add(key, START)
        assert store.find(KEY_ID) == key
        assert store.find(OTHER_ID) is None

    def test_a_name_is_taken_once_in_any_case_and_nothing_is_kept_of_the_second_key(self, store: Any) -> None:
        store.add(client_key(name="Warehouse Süd"), START)
        with pytest.raises(KeyNameTakenError, match=KEY_ID):
            store.add(client_key(OTHER_ID, name="warehouse SÜD"), START)
        assert store.find(OTHER_ID) is None
        assert store.count(OTHER_ID, START) is None

    def test_a_key_is_written_on_the_version_that_was_read_and_on_no_other(self, store: Any) -> None:
        key = client_key()
        store.add(key, START)
        rotated = key.rotated(digest(SECRETS[1]), START, HOUR)
        assert store.replace(key, rotated, Change.ROTATED, START) is True
        assert store.replace(key, key.revoked(START), Change.REVOKED, START) is False
        assert store.find(KEY_ID) == rotated

    def test_a_revoked_name_is_free_and_its_key_stays_to_be_read(self, store: Any) -> None:
        key = client_key()
        store.add(key, START)
        store.replace(key, key.revoked(START), Change.REVOKED, START)
        store.add(client_key(OTHER_ID, name=key.name), START)
        assert (store.find(KEY_ID).revoked_at, store.find(OTHER_ID).revoked_at) == (iso(START), None)

    def test_keys_are_listed_newest_first_each_once(self, store: Any) -> None:
        ids = [f"01JFR0ZEN0000000000000000{n}" for n in range(1, 6)]
        for key_id in ids:
            store.add(client_key(key_id), START)
        seen, before = [], None
        while True:
            page, before = store.page(2, before)
            seen.append([key.key_id for key in page])
            if before is None:
                break
        assert seen == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]]

    def test_requests_are_counted_a_minute_at_a_time(self, store: Any) -> None:
        store.add(client_key(), START)
        within, later = START + timedelta(seconds=54), START + timedelta(seconds=55)  # 03:04:05.678 + 55 s is 03:05
        counted = [store.count(KEY_ID, at).requests for at in (START, START, within, later, later)]
        assert counted == [1, 2, 3, 1, 2]

    def test_a_clock_that_is_behind_counts_into_the_minute_that_another_began(self, store: Any) -> None:
        store.add(client_key(), START)
        counted = [store.count(KEY_ID, at).requests for at in (START, START - HOUR, START)]
        assert counted == [1, 2, 3]

    def test_the_last_request_is_known_without_another_write(self, store: Any) -> None:
        store.add(client_key(), START)
        store.add(client_key(OTHER_ID), START)
        assert store.last_used([KEY_ID, OTHER_ID]) == {}
        store.count(KEY_ID, START)
        store.count(KEY_ID, START + HOUR)
        assert store.last_used([KEY_ID, OTHER_ID]) == {KEY_ID: iso(START + HOUR)}

    def test_a_count_tells_at_once_what_became_of_the_key_and_goes_on(self, store: Any) -> None:
        key = client_key(expires_at=iso(START + HOUR))
        store.add(key, START)
        first = store.count(KEY_ID, START)
        rotated = key.rotated(digest(SECRETS[1]), START, HOUR / 2)
        store.replace(key, rotated, Change.ROTATED, START)
        second = store.count(KEY_ID, START)
        store.replace(rotated, rotated.revoked(START), Change.REVOKED, START)
        third = store.count(KEY_ID, START)
        assert [usage.requests for usage in (first, second, third)] == [1, 2, 3]
        assert first.validity == Validity({1: None}, iso(START + HOUR), None)
        assert second.validity == Validity({1: iso(START + HOUR / 2), 2: None}, iso(START + HOUR), None)
        assert third.validity == replace(Validity({}, iso(START + HOUR)), revoked_at=iso(START))

    def test_a_key_that_is_not_there_is_counted_nowhere(self, store: Any) -> None:
        assert store.count(KEY_ID, START) is None
        assert store.last_used([KEY_ID]) == {}
