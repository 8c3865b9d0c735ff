"""Profile pictures, from the request for a form to what the profile shows."""

import json
from base64 import b64decode
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError

from handlers.customers import check_picture, create_picture_upload, delete_user, get_user
from orderflow.customers.picture_store import S3PictureShelf
from orderflow.runtime.aws import client
from orderflow.runtime.dynamo import from_item
from tests.integration.customers.conftest import registered
from tests.support.gateway import CONTEXT, Answer, call
from tests.support.log_capture import captured_log
from tests.support.pictures import JPEG, PNG, WEBP
from tests.support.trail import trail
from tests.support.users import uuid

BUCKET = "pictures-of-people"
HTML = b"<!doctype html><script>alert(1)</script>" + b" " * 64


@pytest.fixture(autouse=True)
def _world(user_pool: str, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    monkeypatch.setenv("PROFILE_PICTURES_BUCKET", BUCKET)
    monkeypatch.setenv("DELETED_USER_RETENTION_DAYS", "30")


@pytest.fixture
def ada() -> str:
    return registered().user_id


def asked(user_id: str, content_type: str = "image/png", user: str | None = None, groups: str = "") -> Answer:
    body = {"contentType": content_type}
    path = {"userId": user_id}
    return call(create_picture_upload.handler, path=path, body=body, user=user or user_id, groups=groups)


def arrived(key: str) -> None:
    """Tell the function of an object as S3 does: the key encoded, with the id of the request that made it."""
    record = {"s3": {"object": {"key": key.replace("/", "%2F")}}, "responseElements": {"x-amz-request-id": "C3D1"}}
    check_picture.handler({"Records": [record]}, CONTEXT)


def uploaded(user_id: str, content: bytes, content_type: str = "image/png") -> str:
    """Upload with a form and let the object be looked at; return its key."""
    key = str(asked(user_id, content_type).body["key"])
    client("s3").put_object(Bucket=BUCKET, Key=key, Body=content, ContentType=content_type)
    arrived(key)
    return key


def profile(user_id: str) -> dict[str, Any]:
    return call(get_user.handler, path={"userId": user_id}, user=user_id).body


def shown(user_id: str) -> tuple[str | None, str | None]:
    found = profile(user_id)
    return found.get("pictureStatus"), found.get("pictureReason")


def objects() -> list[str]:
    return [each["Key"] for each in client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", ())]


def row(tables: dict[str, str], user_id: str) -> dict[str, Any]:
    key = {"userId": {"S": user_id}}
    return from_item(client("dynamodb").get_item(TableName=tables["customers"], Key=key)["Item"])


def test_a_form_binds_key_type_and_size_to_the_callers_own_folder(ada: str) -> None:
    answer = asked(ada)
    assert answer.status == 200
    assert answer.body["key"].startswith(f"uploads/{ada}/")
    assert answer.body["key"].endswith(".png")
    conditions = json.loads(b64decode(answer.body["fields"]["policy"]))["conditions"]
    assert ["content-length-range", 1, 5 * 1024 * 1024] in conditions
    assert {"Content-Type": "image/png"} in conditions
    assert {"key": answer.body["key"]} in conditions


@pytest.mark.parametrize("content_type", ["image/gif", "text/html", "image/svg+xml", "", "IMAGE/PNG"])
def test_a_form_for_anything_but_a_picture_is_refused(ada: str, content_type: str) -> None:
    answer = asked(ada, content_type)
    assert (answer.status, answer.fields) == (400, ["contentType"])


def test_nobody_uploads_for_somebody_else_and_nobody_for_nobody(ada: str) -> None:
    for answer in (
        asked(ada, user=uuid(7)),
        asked(ada, user=uuid(8), groups="admin"),
        asked(uuid(7)),
        asked("../" + ada, user="../" + ada),
    ):
        assert (answer.status, answer.code) == (404, "USER_NOT_FOUND")


@pytest.mark.parametrize(("content", "content_type"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")])
def test_a_picture_is_shown_from_where_no_form_can_write(
    ada: str, tables: dict[str, str], content: bytes, content_type: str
) -> None:
    key = uploaded(ada, content, content_type)
    kept = key.replace("uploads/", "pictures/")
    url = urlsplit(profile(ada)["pictureUrl"])
    assert (url.path, parse_qs(url.query)["X-Amz-Expires"]) == (f"/{kept}", ["3600"])
    assert shown(ada) == ("ACCEPTED", None)
    assert objects() == [kept]
    found = client("s3").get_object(Bucket=BUCKET, Key=kept)
    assert (found["Body"].read(), found["ContentType"]) == (content, content_type)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (HTML, "NOT_A_PICTURE"),
        (b"\x89PNG\r\n\x1a\n" + HTML, "NOT_A_PICTURE"),
        (JPEG, "WRONG_TYPE"),
        (PNG + b"\x00" * (5 * 1024 * 1024), "TOO_LARGE"),
    ],
)
def test_anything_else_is_removed_and_the_profile_says_why(
    ada: str,
    tables: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    reason: str,
) -> None:
    # Given a picture that is shown
    first = uploaded(ada, PNG).replace("uploads/", "pictures/")
    log = captured_log(monkeypatch)
    capsys.readouterr()
    # When
    uploaded(ada, content)
    # Then the profile says why, and goes on showing the one before
    assert shown(ada) == ("REJECTED", reason)
    assert urlsplit(profile(ada)["pictureUrl"]).path == f"/{first}"
    assert objects() == [first]
    # And it is reported
    assert "PICTURE_REJECTED" in log.getvalue()
    [metric] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "PicturesRejected" in line]
    assert metric["PicturesRejected"] == [1]


def test_each_change_of_a_picture_is_told_without_the_picture(ada: str, tables: dict[str, str], dynamodb: Any) -> None:
    uploaded(ada, PNG)
    uploaded(ada, HTML)
    _, changed, rejected = trail(dynamodb, tables, f"user#{ada}")
    assert (changed["action"], changed["by"], changed["requestId"], changed["owner"]) == (
        "user.picture_changed",
        "function:check_picture",
        "C3D1",
        ada,
    )
    assert changed["after"] == {"pictureKey": "(withheld)", "pictureStatus": "ACCEPTED"}
    assert (rejected["before"], rejected["after"]) == (
        {"pictureStatus": "ACCEPTED"},
        {"pictureStatus": "REJECTED", "pictureReason": "NOT_A_PICTURE"},
    )


def test_a_repeated_event_changes_nothing_more(ada: str, tables: dict[str, str], dynamodb: Any) -> None:
    key = uploaded(ada, PNG)
    client("s3").put_object(Bucket=BUCKET, Key=key, Body=PNG)
    before = row(tables, ada)
    arrived(key)
    assert row(tables, ada) == before
    assert objects() == [key.replace("uploads/", "pictures/")]
    assert len(trail(dynamodb, tables, f"user#{ada}")) == 2


def test_an_object_that_is_gone_when_its_event_arrives_changes_nothing(ada: str, tables: dict[str, str]) -> None:
    key = str(asked(ada).body["key"])
    before = row(tables, ada)
    arrived(key)
    assert (row(tables, ada), objects()) == (before, [])


def test_the_later_of_two_uploads_is_shown_in_whatever_order_they_are_looked_at(ada: str) -> None:
    first, second = (str(asked(ada).body["key"]) for _ in range(2))
    first, second = sorted((first, second))
    for key in (first, second):
        client("s3").put_object(Bucket=BUCKET, Key=key, Body=PNG)
    arrived(second)
    arrived(first)
    assert objects() == [second.replace("uploads/", "pictures/")]
    assert urlsplit(profile(ada)["pictureUrl"]).path == "/" + second.replace("uploads/", "pictures/")


def test_a_new_picture_takes_the_place_of_the_one_before(ada: str) -> None:
    keys = sorted(str(asked(ada).body["key"]) for _ in range(2))
    for key in keys:
        client("s3").put_object(Bucket=BUCKET, Key=key, Body=PNG)
        arrived(key)
    assert objects() == [keys[1].replace("uploads/", "pictures/")]


def test_what_arrives_for_a_deleted_user_is_removed(ada: str, tables: dict[str, str]) -> None:
    key = str(asked(ada).body["key"])
    assert call(delete_user.handler, path={"userId": ada}, user=ada).status == 204
    client("s3").put_object(Bucket=BUCKET, Key=key, Body=PNG)
    before = row(tables, ada)
    arrived(key)
    assert (row(tables, ada), objects()) == (before, [])


def test_deleting_a_user_removes_all_that_they_uploaded_and_nobody_elses(ada: str) -> None:
    uploaded(ada, PNG)
    client("s3").put_object(Bucket=BUCKET, Key=asked(ada).body["key"], Body=PNG)
    bob = registered("bob@example.com").user_id
    kept = uploaded(bob, PNG).replace("uploads/", "pictures/")
    assert call(delete_user.handler, path={"userId": ada}, user=ada).status == 204
    assert objects() == [kept]


@pytest.mark.parametrize("key", ["uploads/x.png", "uploads/../y/01KE0S3R7R0000000000000001.png", "uploads/a/b/c.png"])
def test_what_no_form_of_ours_made_is_removed(ada: str, key: str) -> None:
    client("s3").put_object(Bucket=BUCKET, Key=key, Body=PNG)
    arrived(key)
    assert objects() == []


def test_where_the_entry_cannot_be_written_the_profile_stays_and_lambda_repeats(
    ada: str, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch, dynamodb: Any
) -> None:
    key = str(asked(ada).body["key"])
    client("s3").put_object(Bucket=BUCKET, Key=key, Body=PNG)
    before = row(tables, ada)
    trail_table = tables["audit-trail"]
    monkeypatch.setenv("AUDIT_TRAIL_TABLE", "not-there")
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        arrived(key)
    assert row(tables, ada) == before
    # And the repeated event finds everything still there
    monkeypatch.setenv("AUDIT_TRAIL_TABLE", trail_table)
    arrived(key)
    assert (shown(ada), objects()) == (("ACCEPTED", None), [key.replace("uploads/", "pictures/")])


def test_an_object_that_is_overwritten_after_it_was_looked_at_is_not_shown() -> None:
    # Given S3's answer to a copy of what is not there as it was looked at, which moto does not know
    copied = []

    def refuse(**request: Any) -> None:
        copied.append(request)
        error = {"Error": {"Code": "PreconditionFailed", "Message": "m"}}
        raise ClientError(error, "CopyObject")

    shelf = S3PictureShelf(SimpleNamespace(copy_object=refuse), BUCKET)
    assert shelf.copy("uploads/x.png", '"an-etag"', "pictures/x.png") is False
    [request] = copied
    assert (request["Key"], request["CopySourceIfMatch"]) == ("pictures/x.png", '"an-etag"')


def test_an_empty_object_is_no_picture(ada: str) -> None:
    uploaded(ada, b"")
    assert (shown(ada), objects()) == (("REJECTED", "NOT_A_PICTURE"), [])
