"""Callers, money, time, ids and settings."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine

from orderflow.runtime import aws, settings
from orderflow.runtime.caller import Caller, Client, caller_from_claims, client_context, client_from_context
from orderflow.runtime.clock import iso, utc_now
from orderflow.runtime.errors import ForbiddenError, NotAuthenticatedError
from orderflow.runtime.ids import new_ulid


@pytest.mark.parametrize("groups", ["[admin staff]", "admin,staff", "staff, admin", "admin", ["staff", "admin"]])
def test_the_group_admin_is_found_in_every_form_that_gateways_send(groups: object) -> None:
    caller = caller_from_claims({"sub": "u", "token_use": "id", "cognito:groups": groups})
    caller.require_admin()
    assert caller.user_id == "u"


@pytest.mark.parametrize("groups", [None, "", "[]", "administrators", "customer", ["customer"]])
def test_nobody_else_is_an_administrator(groups: object) -> None:
    with pytest.raises(ForbiddenError):
        caller_from_claims({"sub": "u", "token_use": "id", "cognito:groups": groups}).require_admin()


@pytest.mark.parametrize(
    "claims",
    [None, {}, {"sub": "", "token_use": "id"}, {"sub": "u"}, {"sub": "u", "token_use": "access"}, "a text", "[]"],
)
def test_without_an_id_token_nobody_is_known(claims: dict[str, str] | None) -> None:
    with pytest.raises(NotAuthenticatedError):
        caller_from_claims(claims)


@pytest.mark.parametrize("scopes", [frozenset(), frozenset({"stock:read"}), frozenset({"b:write", "a:read"})])
def test_a_client_comes_back_out_of_the_context_that_gateways_make_texts_of(scopes: frozenset[str]) -> None:
    client = Client("01JFR0ZEN00000000000000001", 2, scopes, "admin-1", 600)
    assert client_from_context({name: str(value) for name, value in client_context(client).items()}) == client


@pytest.mark.parametrize(
    "context",
    [
        None,
        {},
        {"keyId": ""},
        {"principalId": "nobody"},
        {"claims": {"sub": "u", "token_use": "id"}},
        {
            "claims": {"sub": "u", "token_use": "id"},
            "keyId": "k",
            "secretSerial": "1",
            "owner": "o",
            "ratePerMinute": "1",
        },
    ],
)
def test_a_person_never_passes_for_a_machine(context: dict[str, object] | None) -> None:
    with pytest.raises(NotAuthenticatedError, match="Bearer <client key>"):
        client_from_context(context)


def test_a_caller_without_groups_is_just_a_person() -> None:
    assert caller_from_claims({"sub": "u", "token_use": "id"}) == Caller("u", frozenset())


def test_time_is_utc_with_milliseconds() -> None:
    assert iso(datetime(2026, 1, 2, 3, 4, 5, 678999, tzinfo=UTC)) == "2026-01-02T03:04:05.678Z"
    assert iso(datetime(2026, 1, 2, 5, 0, tzinfo=timezone(timedelta(hours=2)))) == "2026-01-02T03:00:00.000Z"
    assert utc_now().tzinfo is UTC


def test_ids_are_ulids_and_differ() -> None:
    made = {new_ulid() for _ in range(100)}
    assert len(made) == 100
    assert all(len(text) == 26 and set(text) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for text in made)


def test_ids_of_one_moment_have_nothing_but_the_moment_in_common() -> None:
    with time_machine.travel(datetime(2026, 1, 2, tzinfo=UTC), tick=False):
        made = [new_ulid() for _ in range(1000)]
    assert len({text[:10] for text in made}) == 1
    # The next 15 bits: an id that counts on from the one before would leave them as they are.
    assert len({text[10:13] for text in made}) > 900


def test_a_missing_setting_is_named_with_where_to_add_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMPTY", "")
    for name in ("EMPTY", "ABSENT"):
        with pytest.raises(settings.SettingMissingError, match=f"{name}.*Terraform"):
            settings.text(name)
        assert settings.optional_text(name) is None


def test_settings_have_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ON", "True")
    monkeypatch.setenv("OFF", "1")
    monkeypatch.setenv("LIST", " a, b,,")
    assert (settings.flag("ON"), settings.flag("OFF"), settings.flag("ABSENT")) == (True, False, False)
    assert (settings.words("LIST"), settings.words("ABSENT")) == (("a", "b"), ())


def test_clients_are_shared_and_end_before_the_function_does() -> None:
    aws.client.cache_clear()
    config = aws.client("dynamodb").meta.config
    assert aws.client("dynamodb") is aws.client("dynamodb")
    assert (config.connect_timeout + config.read_timeout) * config.retries["total_max_attempts"] <= 9


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        (None, "https://bucket.s3.eu-central-1.amazonaws.com/key?X-Amz-Algorithm=AWS4-HMAC-SHA256"),
        ("http://localhost:4566", "http://localhost:4566/bucket/key?X-Amz-Algorithm=AWS4-HMAC-SHA256"),
    ],
)
def test_s3_signs_for_the_regional_host_and_by_path_for_an_endpoint_of_our_own(
    monkeypatch: pytest.MonkeyPatch, endpoint: str | None, address: str
) -> None:
    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    aws.client.cache_clear()
    signed = aws.client("s3").generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "key"})
    aws.client.cache_clear()
    assert signed.startswith(address)
