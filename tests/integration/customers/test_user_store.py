"""Profiles in DynamoDB: what every store of them promises, and what only this one can keep or break."""

from datetime import timedelta
from typing import Any

import pytest

from orderflow.customers.user import User
from orderflow.customers.user_listing import DynamoUserListing
from orderflow.customers.user_reading import Position, Selection
from orderflow.customers.user_records import claim_key
from orderflow.customers.user_store import DynamoUserStore
from orderflow.runtime.dynamo import from_item, to_item
from orderflow.runtime.trail import Author
from tests.support.frozen import START
from tests.support.user_store_contract import LATER, UserStoreContract, profile
from tests.support.users import uuid

EVERYBODY = Selection()


@pytest.fixture
def store(dynamodb: Any, tables: dict[str, str]) -> DynamoUserStore:
    author = Author(tables["audit-trail"], uuid(9), "request-1")
    return DynamoUserStore(dynamodb, tables["customers"], author)


@pytest.fixture
def listing(dynamodb: Any, tables: dict[str, str]) -> DynamoUserListing:
    return DynamoUserListing(dynamodb, tables["customers"])


class TestDynamoUsers(UserStoreContract):
    @pytest.fixture
    def store(self, dynamodb: Any, tables: dict[str, str]) -> DynamoUserStore:
        return DynamoUserStore(dynamodb, tables["customers"], Author(tables["audit-trail"], uuid(9), "request-1"))

    def lose_the_claim(self, store: DynamoUserStore, user: User) -> None:
        store._client.delete_item(TableName=store._table, Key=to_item({"userId": claim_key(user.email)}))


def trail(dynamodb: Any, tables: dict[str, str]) -> list[dict[str, Any]]:
    items = dynamodb.scan(TableName=tables["audit-trail"])["Items"]
    return sorted((from_item(item) for item in items), key=lambda entry: entry["entryId"])


def test_every_change_is_told_in_the_transaction_that_makes_it(
    dynamodb: Any, tables: dict[str, str], store: Any
) -> None:
    first = profile()
    second = first.changed(LATER, name="Ada King", age=36)
    third = second.deleted(LATER + timedelta(seconds=1), timedelta(days=1))
    store.add(first, START)
    store.change(first, second, LATER)
    store.hide(second, third, LATER + timedelta(seconds=1))
    told = [(e["action"], e["subject"], e["owner"], e["by"], e["requestId"]) for e in trail(dynamodb, tables)]
    assert told == [
        (action, f"{subject}#{uuid(1)}", uuid(1), uuid(9), "request-1")
        for action, subject in (
            ("user.created", "user"),
            ("permission.granted", "permission"),
            ("user.updated", "user"),
            ("user.deleted", "user"),
        )
    ]
    assert trail(dynamodb, tables)[1]["after"] == {"group": "customer"}
    changed = trail(dynamodb, tables)[2]
    assert (set(changed["before"]), set(changed["after"])) == (
        {"name", "version", "updatedAt"},
        {"name", "age", "version", "updatedAt"},
    )
    assert "Ada" not in str(trail(dynamodb, tables))


def test_a_change_that_cannot_be_told_is_not_made(dynamodb: Any, tables: dict[str, str], store: Any) -> None:
    store.add(profile(), START)
    mute = DynamoUserStore(dynamodb, tables["customers"], Author("no-such-table", uuid(9), "request-1"))
    for write in (
        lambda: mute.add(profile(2, "bob@example.com"), START),
        lambda: mute.change(profile(), profile().changed(LATER, name="Eve"), LATER),
        lambda: mute.hide(profile(), profile().deleted(LATER, timedelta(days=1)), LATER),
    ):
        with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
            write()
    assert (store.find(uuid(1)), store.find(uuid(2)), store.holder("bob@example.com")) == (profile(), None, None)


def test_a_change_leaves_what_is_not_the_profiles_to_write(dynamodb: Any, tables: dict[str, str], store: Any) -> None:
    store.add(profile(), START)
    key = to_item({"userId": uuid(1)})
    dynamodb.update_item(
        TableName=tables["customers"],
        Key=key,
        UpdateExpression="SET pictureKey = :key",
        ExpressionAttributeValues=to_item({":key": "pictures/1"}),
    )
    store.change(profile(), profile().changed(LATER, name="Ada King"), LATER)
    row = from_item(dynamodb.get_item(TableName=tables["customers"], Key=key)["Item"])
    assert (row["pictureKey"], row["name"]) == ("pictures/1", "Ada King")


def pages(listing: DynamoUserListing, selection: Selection, limit: int) -> list[list[str]]:
    """Return the numbers of the users on each page."""
    found, position = [], None
    while True:
        users, position = listing.page(selection, limit, position)
        found.append([str(int(user.user_id[-12:])) for user in users])
        if position is None:
            return found


def test_everybody_is_listed_once_newest_first_whatever_the_page(store: Any, listing: DynamoUserListing) -> None:
    # Given five of whom two came in the same moment
    for number, second in ((1, 0), (2, 1), (3, 1), (4, 2), (5, 3)):
        at = f"2026-01-02T03:04:0{second}.000Z"
        store.add(User(uuid(number), f"U{number}", f"u{number}@example.com", at, at), START)
    (whole,) = pages(listing, EVERYBODY, 5)
    assert (whole[:2], set(whole[2:4]), whole[4:]) == (["5", "4"], {"2", "3"}, ["1"])
    for limit in (1, 2, 3, 4):
        paged = pages(listing, EVERYBODY, limit)
        assert [number for page in paged for number in page] == whole
        assert paged[-1]


def test_a_search_finds_beginnings_in_their_order(store: Any, listing: DynamoUserListing) -> None:
    for number, (email, name) in enumerate(
        [("bea@example.com", "Ada King"), ("ada@example.com", "ÄNNE"), ("adam@example.com", "ada lovelace")], start=1
    ):
        store.add(profile(number, email, name=name), START)
    assert pages(listing, Selection(email="ADA"), 1) == [["2"], ["3"]]
    assert pages(listing, Selection(name="ADA "), 2) == [["1", "3"]]
    assert pages(listing, Selection(name="änn"), 2) == [["2"]]
    assert pages(listing, Selection(name="da"), 2) == [[]]


def test_neither_claims_nor_deleted_profiles_are_listed(store: Any, listing: DynamoUserListing) -> None:
    store.add(profile(), START)
    store.add(profile(2, "adb@example.com"), START)
    store.hide(profile(), profile().deleted(LATER, timedelta(days=1)), LATER)
    for selection in (EVERYBODY, Selection(email="ad"), Selection(name="ada")):
        assert pages(listing, selection, 10) == [["2"]]


def test_a_page_goes_on_after_a_profile_that_is_deleted_meanwhile(store: Any, listing: DynamoUserListing) -> None:
    for number in (1, 2, 3):
        store.add(profile(number, f"u{number}@example.com"), START)
    users, position = listing.page(Selection(email="u"), 1, None)
    store.hide(users[0], users[0].deleted(LATER, timedelta(days=1)), LATER)
    assert position == Position(uuid(1), "u1@example.com")
    assert [user.user_id for user in listing.page(Selection(email="u"), 5, position)[0]] == [uuid(2), uuid(3)]


def test_dynamodb_removes_a_deleted_profile_by_itself(dynamodb: Any, tables: dict[str, str], store: Any) -> None:
    lives = dynamodb.describe_time_to_live(TableName=tables["customers"])["TimeToLiveDescription"]
    assert lives == {"TimeToLiveStatus": "ENABLED", "AttributeName": "purgeAt"}
    store.add(profile(), START)
    store.hide(profile(), profile().deleted(START, timedelta(days=30)), START)
    row = dynamodb.get_item(TableName=tables["customers"], Key=to_item({"userId": uuid(1)}))["Item"]
    assert row["purgeAt"] == {"N": "1769915045"}  # 2026-02-01T03:04:05Z
