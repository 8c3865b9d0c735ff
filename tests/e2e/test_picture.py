"""Profile pictures from outside: uploaded by a form, looked at, shown; what is none is removed and said to be."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.e2e.shop import Shop
from tests.support.pictures import JPEG, PNG, WEBP

HTML = b"<!doctype html><script>alert(1)</script>" + b" " * 64


def asked(person: Shop, content_type: str = "image/png") -> dict[str, Any]:
    answer = person.call("PUT", f"/users/{person.user_id}/picture", json={"contentType": content_type})
    assert answer.status_code == 200, answer.text
    form: dict[str, Any] = answer.json()
    return form


def sent(form: dict[str, Any], content: bytes) -> requests.Response:
    return requests.post(form["uploadUrl"], data=form["fields"], files={"file": ("me", content)}, timeout=30)


def upload(person: Shop, content: bytes, content_type: str = "image/png") -> None:
    answer = sent(asked(person, content_type), content)
    assert answer.status_code in (200, 201, 204), answer.text


def profile_when(person: Shop, so: Callable[[dict[str, Any]], bool], within_seconds: float = 30) -> dict[str, Any]:
    """Return the profile as soon as it is so."""
    deadline = time.monotonic() + within_seconds
    while True:
        found: dict[str, Any] = person.get(f"/users/{person.user_id}").json()
        if so(found):
            return found
        assert time.monotonic() < deadline, f"not within {within_seconds} s: {found}"
        time.sleep(0.2)


def keys_of(stack: Any, person: Shop) -> list[str]:
    found = stack.client("s3").list_objects_v2(Bucket=stack.output("profile_pictures_bucket_name"))
    return [each["Key"] for each in found.get("Contents", ()) if str(person.user_id) in each["Key"]]


@pytest.mark.parametrize(("content", "content_type"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")])
def test_a_picture_is_shown_under_a_signed_address(shop: Shop, stack, content: bytes, content_type: str) -> None:
    person = shop.new_customer()
    upload(person, content, content_type)
    found = profile_when(person, lambda profile: "pictureUrl" in profile)
    picture = requests.get(found["pictureUrl"], timeout=30)
    assert (picture.status_code, picture.content) == (200, content)
    assert found["pictureStatus"] == "ACCEPTED"
    [key] = keys_of(stack, person)
    assert key.startswith(f"pictures/{person.user_id}/")


def test_what_is_no_picture_is_removed_and_the_one_before_stays(shop: Shop, stack) -> None:
    # Given
    person = shop.new_customer()
    upload(person, PNG)
    before = profile_when(person, lambda profile: "pictureUrl" in profile)
    kept = keys_of(stack, person)
    # When
    upload(person, HTML)
    # Then
    after = profile_when(person, lambda profile: profile["pictureStatus"] == "REJECTED")
    assert after["pictureReason"] == "NOT_A_PICTURE"
    assert after["pictureUrl"].partition("?")[0] == before["pictureUrl"].partition("?")[0]
    deadline = time.monotonic() + 30
    while keys_of(stack, person) != kept:
        assert time.monotonic() < deadline, keys_of(stack, person)
        time.sleep(0.2)


def test_a_form_takes_no_other_type_no_larger_file_and_nobody_elses_folder(shop: Shop) -> None:
    person = shop.new_customer()
    form = asked(person)
    for changed in ({"Content-Type": "text/html"}, {"key": f"pictures/{person.user_id}/x.png"}):
        refused = sent({**form, "fields": {**form["fields"], **changed}}, PNG)
        assert refused.status_code in (400, 403), refused.text
    assert sent(form, b"\0" * (5 * 1024 * 1024 + 1)).status_code in (400, 403)
    other = shop.new_customer()
    body = {"contentType": "image/png"}
    assert other.call("PUT", f"/users/{person.user_id}/picture", json=body).status_code == 404


def test_a_deleted_user_leaves_no_picture_behind(shop: Shop, stack) -> None:
    # Given somebody with a picture, and a form that is good for minutes
    person = shop.new_customer()
    upload(person, PNG)
    profile_when(person, lambda profile: "pictureUrl" in profile)
    form = asked(person)
    # When
    assert person.call("DELETE", f"/users/{person.user_id}").status_code == 204
    assert keys_of(stack, person) == []
    # Then what arrives afterwards goes as well
    assert sent(form, PNG).status_code in (200, 201, 204)
    deadline = time.monotonic() + 30
    while keys_of(stack, person):
        assert time.monotonic() < deadline, keys_of(stack, person)
        time.sleep(0.2)
