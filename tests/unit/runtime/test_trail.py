"""An entry of the trail proves a change and keeps nothing that may be personal or secret."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from orderflow.runtime.dynamo import from_item
from orderflow.runtime.trail import WITHHELD, Author, Entry, put
from tests.support.frozen import START


def written(**given: Any) -> dict[str, Any]:
    """Return the entry as it is stored."""
    told = {"subject": "product#ITEM001", "action": "product.updated", "by": "admin-1", "request_id": "request-1"}
    return from_item(put("trail", Entry(**{"at": START, **told, **given}))["Put"]["Item"])


def test_an_entry_says_who_did_what_when_and_by_which_request() -> None:
    entry = written(before={"price": 1999}, after={"price": 2099}, owner="user-1")
    assert ULID.from_str(entry.pop("entryId")).datetime == START
    assert entry == {
        "subject": "product#ITEM001",
        "action": "product.updated",
        "by": "admin-1",
        "at": "2026-01-02T03:04:05.678Z",
        "requestId": "request-1",
        "owner": "user-1",
        "before": {"price": 1999},
        "after": {"price": 2099},
    }


def test_an_entry_replaces_none() -> None:
    write = put("trail", Entry("product#A", "product.created", "admin-1", START, "request-1"))["Put"]
    assert (write["TableName"], write["ConditionExpression"]) == ("trail", "attribute_not_exists(subject)")


def test_only_what_changed_is_told() -> None:
    entry = written(before={"price": 1, "name": "Mug"}, after={"price": 1, "name": "Cup"})
    assert (entry["before"], entry["after"]) == ({"name": "Mug"}, {"name": "Cup"})


def test_a_field_that_comes_or_goes_stands_on_one_side_only() -> None:
    entry = written(before={"category": "kitchen", "name": None}, after={"category": None, "name": "Mug"})
    assert (entry["before"], entry["after"]) == ({"category": "kitchen"}, {"name": "Mug"})


def test_what_is_made_has_no_before_and_what_is_removed_no_after() -> None:
    assert "before" not in written(before=None, after={"price": 1})
    assert "after" not in written(before={"price": 1}, after=None)


@pytest.mark.parametrize("field", ["name", "email", "phoneNumber", "age", "pictureKey", "city", "something new"])
def test_of_a_person_it_says_that_a_field_changed_and_not_to_what(field: str) -> None:
    entry = written(subject="user#u", before={field: "Ada"}, after={field: "Grace"})
    assert (entry["before"], entry["after"]) == ({field: WITHHELD}, {field: WITHHELD})


@pytest.mark.parametrize("subject", ["user#u", "order#o", "product#p", "permission#k", "somebody#else", ""])
@pytest.mark.parametrize("field", ["password", "token", "paymentToken", "reviewToken", "card", "secret", "keyHash"])
def test_no_secret_is_kept_whatever_it_is_about(subject: str, field: str) -> None:
    entry = written(subject=subject, before=None, after={field: "hunter2"})
    assert entry["after"] == {field: WITHHELD}


def test_what_is_nested_is_withheld_under_any_name() -> None:
    entry = written(before={}, after={"name": {"first": "Ada"}, "imageKeys": ["a"], "reason": [{"card": "4242"}]})
    assert entry["after"] == {"name": WITHHELD, "imageKeys": ["a"], "reason": WITHHELD}


words = st.dictionaries(st.sampled_from(["name", "price", "email", "status"]), st.none() | st.text(max_size=5))


@given(words, words)
def test_before_and_after_name_exactly_the_fields_that_differ(before: dict[str, Any], after: dict[str, Any]) -> None:
    entry = written(before=before, after=after)
    changed = {field for field in before | after if before.get(field) != after.get(field)}
    assert set(entry["before"]) == {field for field in changed if before.get(field) is not None}
    assert set(entry["after"]) == {field for field in changed if after.get(field) is not None}


def test_entries_sort_by_their_time() -> None:
    moments = [START + timedelta(milliseconds=step) for step in (0, 0, 1, 2_000, 3_600_000)]
    ids = [written(at=moment)["entryId"] for moment in moments]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert [ULID.from_str(each).datetime for each in ids] == moments


def test_an_author_signs_what_a_store_writes() -> None:
    author = Author("trail", "admin-1", "request-1")
    entry = from_item(author.put("product#A", "product.created", START, after={"price": 1})["Put"]["Item"])
    expected = written(subject="product#A", action="product.created", after={"price": 1})
    assert {**entry, "entryId": ""} == {**expected, "entryId": ""}
