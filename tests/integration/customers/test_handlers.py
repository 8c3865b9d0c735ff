"""The customers' functions, from API Gateway's event to the user pool."""

import io
import json
from typing import Any

import pytest

from handlers.customers import authenticate_customer, login_customer, register_customer
from orderflow.runtime.aws import client
from tests.integration.customers.conftest import ADA
from tests.support.gateway import Answer, call

CREDENTIALS = {"email": "ada@example.com", "password": ADA["password"]}


@pytest.fixture(autouse=True)
def _tables(tables: dict[str, str]) -> None:
    """A registration opens a profile."""


def auth(action: str, **fields: Any) -> Answer:
    return call(authenticate_customer.handler, body={"action": action, **fields})


def register(**changes: Any) -> Answer:
    return call(register_customer.handler, body={**ADA, **changes})


def test_a_stranger_registers_and_signs_in(user_pool: str) -> None:
    registered = register()
    assert (registered.status, registered.body["userConfirmed"]) == (201, True)
    kept = client("cognito-idp").admin_get_user(UserPoolId=user_pool, Username="ada@example.com")
    attributes = {attribute["Name"]: attribute["Value"] for attribute in kept["UserAttributes"]}
    assert {
        "email": "ada@example.com",
        "email_verified": "true",
        "given_name": "Ada",
        "family_name": "Lovelace",
        "phone_number": "+11234567890",
        "sub": registered.body["userSub"],
    }.items() <= attributes.items()
    groups = client("cognito-idp").admin_list_groups_for_user(UserPoolId=user_pool, Username="ada@example.com")
    assert [group["GroupName"] for group in groups["Groups"]] == ["customer"]
    signed_in = call(login_customer.handler, body={**CREDENTIALS, "email": "ADA@example.com"})
    assert signed_in.status == 200
    assert {"idToken", "accessToken", "refreshToken", "expiresIn", "tokenType"} == set(signed_in.body)


def test_a_known_address_is_a_409_in_any_case_of_letters(user_pool: str) -> None:
    register()
    again = register(email="ADA@EXAMPLE.COM")
    assert (again.status, again.code) == (409, "EMAIL_TAKEN")


def test_a_weak_password_is_a_400_with_the_policys_reason(user_pool: str) -> None:
    answer = register(password="short")
    assert (answer.status, answer.code, answer.fields) == (400, "WEAK_PASSWORD", ["password"])
    assert answer.body["message"].removeprefix("The password is too weak: ")


def test_a_wrong_password_and_an_unknown_account_are_answered_alike(user_pool: str) -> None:
    register()
    wrong = call(login_customer.handler, body={**CREDENTIALS, "password": "Wr0ng-password!"})
    unknown = call(login_customer.handler, body={**CREDENTIALS, "email": "nobody@example.com"})
    assert (wrong.status, wrong.code) == (401, "WRONG_CREDENTIALS")
    assert (unknown.status, unknown.body) == (wrong.status, wrong.body)


def test_outside_development_an_account_waits_for_its_code(user_pool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTO_CONFIRM_CUSTOMERS", "false")
    assert register().body["userConfirmed"] is False
    refused = call(login_customer.handler, body=CREDENTIALS)
    assert (refused.status, refused.code) == (403, "NOT_CONFIRMED")
    assert auth("confirm", email="ada@example.com", code="123456").status == 204
    assert call(login_customer.handler, body=CREDENTIALS).status == 200


def test_one_door_does_everything(user_pool: str) -> None:
    assert auth("register", **ADA).status == 201
    tokens = auth("login", **CREDENTIALS)
    assert tokens.status == 200
    renewed = auth("refresh", refreshToken=tokens.body["refreshToken"])
    assert renewed.status == 200
    assert {"idToken", "accessToken", "expiresIn"} <= set(renewed.body)
    forgot = auth("forgot", email="ada@example.com")
    assert (forgot.status, forgot.body) == (202, {"deliveryMedium": "EMAIL"})
    unknown = auth("forgot", email="nobody@example.com")
    assert (unknown.status, unknown.body) == (forgot.status, forgot.body)
    assert auth("reset", email="ada@example.com", code="123456", newPassword="another-Horse-8").status == 204
    assert auth("login", email="ada@example.com", password="another-Horse-8").status == 200
    assert auth("login", **CREDENTIALS).status == 401


@pytest.mark.parametrize(
    ("action", "missing"),
    [
        ("register", ["email", "password", "firstName", "lastName"]),
        ("confirm", ["email", "code"]),
        ("resend", ["email"]),
        ("login", ["email", "password"]),
        ("mfa", ["email", "session", "code"]),
        ("newPassword", ["email", "session", "newPassword"]),
        ("refresh", ["refreshToken"]),
        ("forgot", ["email"]),
        ("reset", ["email", "code", "newPassword"]),
    ],
)
def test_an_action_names_every_field_that_it_misses(user_pool: str, action: str, missing: list[str]) -> None:
    answer = auth(action)
    assert (answer.status, answer.fields) == (400, missing)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"phoneNumber": "0170 1234567"}, "phoneNumber"),
        ({"firstName": 7}, "firstName"),
        ({"role": "admin"}, "role"),
    ],
)
def test_a_malformed_registration_is_a_400_that_names_the_field(
    user_pool: str, changes: dict[str, Any], field: str
) -> None:
    answer = register(**changes)
    assert (answer.status, answer.fields) == (400, [field])


def test_nothing_personal_and_no_secret_is_logged(user_pool: str, logged: io.StringIO) -> None:
    register()
    register()
    tokens = call(login_customer.handler, body=CREDENTIALS).body
    call(login_customer.handler, body={**CREDENTIALS, "password": "Wr0ng-password!"})
    events = [json.loads(line)["event"] for line in logged.getvalue().splitlines()]
    assert events == [
        "CUSTOMER_REGISTERED",
        "REQUEST_ANSWERED",
        "REQUEST_REFUSED",
        "CUSTOMER_SIGNED_IN",
        "REQUEST_ANSWERED",
        "REQUEST_REFUSED",
    ]
    for secret in ("ada@example.com", "Ada@Example.com", ADA["password"], "Lovelace", "1234567890", tokens["idToken"]):
        assert secret not in logged.getvalue()
