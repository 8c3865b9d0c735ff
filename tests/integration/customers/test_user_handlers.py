"""The functions of profiles, from API Gateway's event to table, trail and user pool."""

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from handlers.customers import (
    authenticate_customer,
    confirm_email_change,
    create_user,
    delete_user,
    get_user,
    list_users,
    login_customer,
    open_profile,
    register_customer,
    update_user,
)
from orderflow.runtime import paging, settings
from orderflow.runtime.aws import client
from orderflow.runtime.dynamo import from_item
from tests.integration.customers.conftest import ADA, Person, registered
from tests.support.gateway import CONTEXT, Answer, call
from tests.support.users import uuid

ADMIN = {"user": uuid(999), "groups": "admin"}
NEW = {"name": "Ada Lovelace", "email": "ada@example.com"}


@pytest.fixture(autouse=True)
def _world(user_pool: str, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELETED_USER_RETENTION_DAYS", "30")
    location = {"LocationConstraint": "eu-central-1"}
    client("s3").create_bucket(Bucket="pictures-of-people", CreateBucketConfiguration=location)
    monkeypatch.setenv("PROFILE_PICTURES_BUCKET", "pictures-of-people")
    secret = client("secretsmanager").create_secret(Name="cursors", SecretString="a key for cursors in tests")
    monkeypatch.setenv("CURSOR_SECRET_ARN", secret["ARN"])
    paging.cursor_key.cache_clear()


def of(person: Person, **request: Any) -> dict[str, Any]:
    """Return the request of a person about their own profile."""
    return {"user": person.user_id, "path": {"userId": person.user_id}, **request}


def about(user_id: str, **request: Any) -> dict[str, Any]:
    """Return the request of an administrator about anybody's profile."""
    return {**ADMIN, "path": {"userId": user_id}, **request}


def accounts(pool_id: str) -> dict[str, str]:
    """Return the e-mail address of each account of the pool by its id."""
    users = client("cognito-idp").list_users(UserPoolId=pool_id)["Users"]
    found = [{attribute["Name"]: attribute["Value"] for attribute in user["Attributes"]} for user in users]
    return {attributes["sub"]: attributes["email"] for attributes in found}


def profiles() -> dict[str, str]:
    """Return the e-mail address of each profile by its id, as administrators see it."""
    return {user["userId"]: user["email"] for user in call(list_users.handler, **ADMIN).body["items"]}


def claims(tables: dict[str, str]) -> dict[str, str]:
    """Return whose each claimed address is."""
    rows = map(from_item, client("dynamodb").scan(TableName=tables["customers"])["Items"])
    return {row["holder"]: row["userId"].removeprefix("email#") for row in rows if "holder" in row}


def confirmed_by_code(email: str = "ada@example.com") -> str:
    """Register, send the code back, and let the pool call its trigger as Cognito does; moto does not."""
    user_id = call(register_customer.handler, body={**ADA, "email": email}).body["userSub"]
    call(authenticate_customer.handler, body={"action": "confirm", "email": email, "code": "123456"})
    event = {
        "version": "1",
        "triggerSource": "PostConfirmation_ConfirmSignUp",
        "userName": user_id,
        "request": {"userAttributes": {"sub": user_id, "email": email, "given_name": "Ada", "family_name": "Lovelace"}},
        "response": {},
    }
    assert open_profile.handler(event, CONTEXT) == event
    return str(user_id)


def without_a_profile(email: str = "ada@example.com") -> str:
    """Leave what a registration leaves that broke off."""
    call(register_customer.handler, body={**ADA, "email": email})
    (user_id,) = accounts(settings.text("USER_POOL_ID"))
    return user_id


def by_registering(_: pytest.MonkeyPatch) -> str:
    return registered().user_id


def by_the_trigger(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AUTO_CONFIRM_CUSTOMERS", "false")
    return confirmed_by_code()


def by_the_persons_request(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AUTO_CONFIRM_CUSTOMERS", "false")
    user_id = without_a_profile()
    assert profiles() == {}
    assert call(create_user.handler, user=user_id, body=NEW).status == 201
    return user_id


def by_an_administrator(_: pytest.MonkeyPatch) -> str:
    return str(call(create_user.handler, **ADMIN, body=NEW).body["userId"])


@pytest.mark.parametrize("way", [by_registering, by_the_trigger, by_the_persons_request, by_an_administrator])
def test_pool_and_table_agree_after_every_way_in_and_out(
    way: Callable[[pytest.MonkeyPatch], str], user_pool: str, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = way(monkeypatch)
    assert accounts(user_pool) == profiles() == claims(tables) == {user_id: "ada@example.com"}
    groups = client("cognito-idp").admin_list_groups_for_user(UserPoolId=user_pool, Username=user_id)["Groups"]
    assert [group["GroupName"] for group in groups] == ["customer"]
    assert call(delete_user.handler, **about(user_id)).status == 204
    assert accounts(user_pool) == profiles() == claims(tables) == {}


def test_a_registered_customer_reads_their_profile(user_pool: str) -> None:
    ada = registered()
    answer = call(get_user.handler, **of(ada))
    body = dict(answer.body)
    assert body.pop("createdAt") == body.pop("updatedAt")
    assert (answer.status, body) == (
        200,
        {
            "userId": ada.user_id,
            "name": "Ada Lovelace",
            "email": "ada@example.com",
            "phoneNumber": "+11234567890",
            "version": 1,
        },
    )


def test_a_strangers_profile_an_unknown_one_and_a_claim_are_answered_alike(user_pool: str) -> None:
    ada, bob = registered(), registered("bob@example.com")
    for user_id in (ada.user_id, uuid(1), "email#ada@example.com", "%65mail"):
        path = {"path": {"userId": user_id}}
        answers = [
            call(get_user.handler, user=bob.user_id, **path),
            call(update_user.handler, user=bob.user_id, **path, body={"version": 1, "name": "Eve"}),
            call(delete_user.handler, user=bob.user_id, **path),
            call(
                confirm_email_change.handler,
                user=bob.user_id,
                **path,
                body={"code": "123456", "accessToken": bob.access_token},
            ),
        ]
        assert {(answer.status, answer.code) for answer in answers} == {(404, "USER_NOT_FOUND")}
        assert len({answer.body["message"] for answer in answers}) == 1


def test_only_administrators_list_users(user_pool: str) -> None:
    ada = registered()
    refused = call(list_users.handler, user=ada.user_id)
    assert (refused.status, refused.code) == (403, "FORBIDDEN")
    assert call(list_users.handler, **ADMIN).status == 200


def test_a_list_goes_on_with_its_token_and_only_for_whom_it_was_given(user_pool: str) -> None:
    people = [registered(f"u{number}@example.com").user_id for number in range(3)]
    first = call(list_users.handler, **ADMIN, query={"email": "u", "limit": "2"})
    token = first.body["nextToken"]
    second = call(list_users.handler, **ADMIN, query={"email": "U", "limit": "2", "nextToken": token})
    assert [user["userId"] for user in first.body["items"] + second.body["items"]] == people
    assert "nextToken" not in second.body
    for changed in (
        {**ADMIN, "query": {"nextToken": token}},
        {**ADMIN, "query": {"email": "u1", "nextToken": token}},
        {**ADMIN, "query": {"email": "u", "nextToken": token[:-2] + "AA"}},
        {"user": uuid(998), "groups": "admin", "query": {"email": "u", "nextToken": token}},
    ):
        refused = call(list_users.handler, **changed)
        assert (refused.status, refused.fields) == (400, ["nextToken"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"email": " "}, "email"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"email": "a", "name": "a"}, "name"),
        ({"limit": "0"}, "limit"),
    ],
)
def test_a_list_that_cannot_be_is_a_400_that_names_the_parameter(
    user_pool: str, query: dict[str, str], field: str
) -> None:
    answer = call(list_users.handler, **ADMIN, query=query)
    assert (answer.status, answer.fields) == (400, [field])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "nobody"}, "email"),
        ({"age": -1}, "age"),
        ({"age": 36.5}, "age"),
        ({"phoneNumber": "0170"}, "phoneNumber"),
        ({"userId": uuid(1)}, "userId"),
    ],
)
def test_a_malformed_profile_is_a_400_that_names_the_field(user_pool: str, changes: dict[str, Any], field: str) -> None:
    created = call(create_user.handler, **ADMIN, body={**NEW, **changes})
    changed = call(update_user.handler, **about(uuid(1)), body={"version": 1, **changes})
    assert [(a.status, a.fields) for a in (created, changed)] == [(400, [field])] * 2


def test_an_update_names_a_version_and_something_to_change(user_pool: str) -> None:
    ada = registered()
    assert call(update_user.handler, **of(ada), body={"version": 1}).status == 400
    assert call(update_user.handler, **of(ada), body={"name": "Ada King", "age": 36}).fields == ["version"]
    changed = call(update_user.handler, **of(ada), body={"version": 1, "name": "Ada King", "age": 36})
    assert (changed.status, changed.body["name"], changed.body["age"], changed.body["version"]) == (
        200,
        "Ada King",
        36,
        2,
    )
    late = call(update_user.handler, **of(ada), body={"version": 1, "age": 37})
    assert (late.status, late.code, late.body["details"]) == (
        409,
        "VERSION_CONFLICT",
        [{"field": "version", "issue": "is 2 now"}],
    )


def test_where_nothing_is_delivered_a_new_address_signs_in_at_once(user_pool: str, tables: dict[str, str]) -> None:
    ada = registered()
    changed = call(update_user.handler, **of(ada), body={"version": 1, "email": "Countess@example.com"})
    assert (changed.status, changed.body["email"]) == (200, "countess@example.com")
    assert accounts(user_pool) == profiles() == claims(tables) == {ada.user_id: "countess@example.com"}
    for email, status in (("countess@example.com", 200), ("ada@example.com", 401)):
        credentials = {"email": email, "password": ADA["password"]}
        assert call(login_customer.handler, body=credentials).status == status
    assert registered().user_id != ada.user_id


def test_an_address_somebody_has_is_a_409_for_every_way_to_it(user_pool: str) -> None:
    ada, _ = registered(), registered("bob@example.com")
    taken = [
        call(update_user.handler, **of(ada), body={"version": 1, "email": "BOB@example.com"}),
        call(register_customer.handler, body={**ADA, "email": "bob@example.com"}),
    ]
    assert [(answer.status, answer.code) for answer in taken] == [(409, "EMAIL_TAKEN")] * 2


def test_a_code_of_nobodys_sign_in_is_a_401(user_pool: str) -> None:
    ada = registered()
    answer = call(confirm_email_change.handler, **of(ada), body={"code": "123456", "accessToken": "garbage"})
    assert (answer.status, answer.code) == (401, "SIGN_IN_EXPIRED")


def test_a_code_for_no_new_address_is_a_409(user_pool: str) -> None:
    ada = registered()
    body = {"code": "123456", "accessToken": ada.access_token}
    answer = call(confirm_email_change.handler, **of(ada), body=body)
    assert (answer.status, answer.code) == (409, "NO_EMAIL_CHANGE")
    bob = registered("bob@example.com")
    foreign = call(confirm_email_change.handler, **of(bob), body=body)
    assert (foreign.status, foreign.fields) == (400, ["accessToken"])


def test_an_invited_customer_signs_in_with_a_password_of_their_own(user_pool: str) -> None:
    user_id = call(create_user.handler, **ADMIN, body=NEW).body["userId"]
    # The mail with the first password reaches nobody here: an operator sets another.
    client("cognito-idp").admin_set_user_password(
        UserPoolId=user_pool, Username=user_id, Password="First-pass-1", Permanent=False
    )
    challenged = call(login_customer.handler, body={"email": NEW["email"], "password": "First-pass-1"})
    assert (challenged.status, challenged.body["challenge"]) == (200, "NEW_PASSWORD_REQUIRED")
    answer: Answer = call(
        authenticate_customer.handler,
        body={
            "action": "newPassword",
            "email": NEW["email"],
            "session": challenged.body["session"],
            "newPassword": "My-own-pass-1",
        },
    )
    assert answer.status == 200
    assert call(login_customer.handler, body={"email": NEW["email"], "password": "My-own-pass-1"}).body["idToken"]


def test_a_deleted_customer_cannot_sign_in_and_is_seen_by_nobody(user_pool: str) -> None:
    ada = registered()
    assert call(delete_user.handler, **of(ada)).status == 204
    assert call(login_customer.handler, body={"email": ada.email, "password": ADA["password"]}).status == 401
    for answer in (call(get_user.handler, **of(ada)), call(get_user.handler, **about(ada.user_id))):
        assert answer.status == 404
    assert call(delete_user.handler, **of(ada)).status == 404


def test_a_deletion_that_left_the_account_is_finished_by_a_repeat(
    user_pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = registered()
    with monkeypatch.context() as broken:
        broken.setenv("USER_POOL_ID", "eu-central-1_nowhere")
        assert call(delete_user.handler, **of(ada)).status == 500
    assert (accounts(user_pool), profiles()) == ({ada.user_id: ada.email}, {})
    assert call(delete_user.handler, **of(ada)).status == 204
    assert accounts(user_pool) == {}


def test_of_many_who_want_one_address_at_once_one_gets_it(
    user_pool: str, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # moto undoes a refused transaction by putting back all tables as they were: one at a time, or it undoes others'.
    dynamodb, one_at_a_time = client("dynamodb"), threading.Lock()
    write = dynamodb.transact_write_items

    def written(**transaction: Any) -> Any:
        with one_at_a_time:
            return write(**transaction)

    monkeypatch.setattr(dynamodb, "transact_write_items", written)
    # Given
    people = [registered(f"u{number}@example.com") for number in range(6)]
    together = threading.Barrier(len(people))

    def change(person: Person) -> Answer:
        together.wait(10)
        return call(update_user.handler, **of(person), body={"version": 1, "email": "wanted@example.com"})

    # When / Then
    with ThreadPoolExecutor(len(people)) as threads:
        answers = list(threads.map(change, people))
    assert sorted(answer.status for answer in answers) == [200, *[409] * 5]
    assert accounts(user_pool) == profiles() == claims(tables)


def test_a_trigger_that_cannot_open_a_profile_says_so_to_the_pool_and_the_log(
    user_pool: str, logged: io.StringIO
) -> None:
    registered()
    attributes = {"sub": uuid(7), "email": "ada@example.com", "given_name": "Eve", "family_name": "Else"}
    event = {"triggerSource": "PostConfirmation_ConfirmSignUp", "request": {"userAttributes": attributes}}
    with pytest.raises(Exception, match="There is an account with this e-mail address"):
        open_profile.handler(event, CONTEXT)
    assert '"event":"TRIGGER_FAILED"' in logged.getvalue().replace(": ", ":")
    assert "ada@example.com" not in logged.getvalue()


def test_an_account_without_a_name_gets_a_profile_all_the_same(user_pool: str) -> None:
    event = {"request": {"userAttributes": {"sub": uuid(7), "email": "ops@example.com"}}}
    open_profile.handler(event, CONTEXT)
    assert call(get_user.handler, **about(uuid(7))).body["name"] == "ops"
