"""A deleted profile goes before its time, with its entry in the trail; one that is in use does not."""

from datetime import timedelta
from typing import Any

import pytest

from orderflow.customers.erasure_store import DynamoErasableUsers
from orderflow.customers.picture_store import S3PictureShelf
from orderflow.customers.user_store import DynamoUserStore
from orderflow.runtime.aws import client
from tests.support.frozen import START
from tests.support.trail import author, trail
from tests.support.user_store_contract import profile
from tests.support.users import uuid

DELETED = profile().deleted(START, timedelta(days=30))
BUCKET = "pictures-of-people"


@pytest.fixture
def store(dynamodb: Any, tables: dict[str, str]) -> DynamoUserStore:
    """Give a store with one profile."""
    made = DynamoUserStore(dynamodb, tables["customers"], author(tables))
    made.add(profile(), START)
    return made


@pytest.fixture
def erasable(dynamodb: Any, tables: dict[str, str]) -> DynamoErasableUsers:
    return DynamoErasableUsers(dynamodb, tables["customers"])


def test_a_deleted_profile_is_removed_and_the_trail_tells_so_once_without_its_words(
    dynamodb: Any, tables: dict[str, str], store: DynamoUserStore, erasable: DynamoErasableUsers
) -> None:
    store.hide(profile(), DELETED, START)
    for _ in range(2):
        erasable.purge(DELETED, START, author(tables))
    assert dynamodb.scan(TableName=tables["customers"])["Items"] == []
    told = trail(dynamodb, tables, f"user#{uuid(1)}")
    assert [entry["action"] for entry in told] == ["user.created", "user.deleted", "user.erased"]
    assert (told[2]["owner"], told[2]["by"]) == (uuid(1), "admin-1")
    assert "ada" not in str(told).lower()


def test_a_profile_in_use_is_never_removed(
    dynamodb: Any, tables: dict[str, str], store: DynamoUserStore, erasable: DynamoErasableUsers
) -> None:
    erasable.purge(profile(), START, author(tables))
    assert store.find(uuid(1)) == profile()
    assert [entry["action"] for entry in trail(dynamodb, tables, f"user#{uuid(1)}")] == ["user.created"]


def test_everything_that_a_person_uploaded_is_found_and_nothing_of_others(moto: None) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    for key in (f"uploads/{uuid(1)}/A.png", f"pictures/{uuid(1)}/B.png", f"pictures/{uuid(2)}/C.png"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"")
    shelf = S3PictureShelf(s3, BUCKET)
    assert shelf.all_of(uuid(1)) == [f"uploads/{uuid(1)}/A.png", f"pictures/{uuid(1)}/B.png"]
    shelf.remove_all_of(uuid(1))
    assert (shelf.all_of(uuid(1)), shelf.all_of(uuid(2))) == ([], [f"pictures/{uuid(2)}/C.png"])
