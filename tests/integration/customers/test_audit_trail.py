"""The audit trail is read by its owner, newest first, page by page, and by what was changed."""

from datetime import timedelta
from typing import Any

import pytest

from orderflow.customers.audit_trail import Place
from orderflow.customers.trail_store import DynamoTrail
from orderflow.runtime.trail import Entry, put
from tests.support.frozen import START

MINE, THEIRS = "user-1", "user-2"


def keep(dynamodb: Any, tables: dict[str, str], number: int, owner: str | None = MINE, **given: Any) -> Entry:
    """Keep the entry of something that happened `number` seconds after START."""
    told = {"subject": f"order#{number % 3}", "action": "order.placed", "by": "u", "request_id": f"request-{number}"}
    entry = Entry(**{**told, "at": START + timedelta(seconds=number), "owner": owner, **given})
    dynamodb.put_item(**put(tables["audit-trail"], entry)["Put"])
    return entry


def pages(trail: DynamoTrail, owner: str, limit: int) -> list[list[Entry]]:
    found: list[list[Entry]] = []
    after: Place | None = None
    while True:
        page, after = trail.of_owner(owner, limit, after)
        found.append([each.entry for each in page])
        if after is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_every_entry_of_an_owner_is_on_exactly_one_page_newest_first(
    dynamodb: Any, tables: dict[str, str], limit: int
) -> None:
    kept = [keep(dynamodb, tables, number) for number in range(7)]
    keep(dynamodb, tables, 99, THEIRS)
    keep(dynamodb, tables, 100, None)
    found = pages(DynamoTrail(dynamodb, tables["audit-trail"]), MINE, limit)
    assert [entry for page in found for entry in page] == kept[::-1]
    assert all(len(page) == limit for page in found[:-1])
    assert found[-1]


def test_an_entry_comes_back_as_it_was_told(dynamodb: Any, tables: dict[str, str]) -> None:
    entry = keep(dynamodb, tables, 1, subject="product#A", before={"price": 1}, after={"price": 2, "imageKeys": ["a"]})
    [recorded] = DynamoTrail(dynamodb, tables["audit-trail"]).of_subject("product#A")
    assert recorded.entry == entry


def test_one_things_entries_are_read_oldest_first_and_nothing_elses(dynamodb: Any, tables: dict[str, str]) -> None:
    kept = [keep(dynamodb, tables, number, subject="order#A") for number in range(4)]
    keep(dynamodb, tables, 5, subject="order#AB")
    trail = DynamoTrail(dynamodb, tables["audit-trail"])
    assert [each.entry for each in trail.of_subject("order#A")] == kept
    assert list(trail.of_subject("order#nothing")) == []
