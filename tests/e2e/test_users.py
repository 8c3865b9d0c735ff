"""Profiles from outside: begun by registering, kept by their owners, seen by administrators, gone when deleted."""

import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.e2e.conftest import Stack
from tests.e2e.shop import PASSWORD, Shop


def address(prefix: str = "user") -> str:
    return f"{prefix}-{uuid4().hex}@example.com"


def registered(shop: Shop, email: str) -> Shop:
    """Register somebody and return the shop as they see it."""
    body = {"email": email, "password": PASSWORD, "firstName": "Ada", "lastName": "Lovelace"}
    answer = shop.post("/register", body)
    assert answer.status_code == 201, answer.text
    signed_in = shop.signed_in(email)
    signed_in.user_id = answer.json()["userSub"]
    return signed_in


def profile(person: Shop) -> dict[str, Any]:
    answer = person.get(f"/users/{person.user_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def mailed_password(stack: Stack, email: str) -> str:
    """Return the first password from the newest mail that the emulator kept for an address."""
    answer = requests.get(f"{stack.local.endpoint}/_ministack/ses/messages", timeout=10)
    mails = [mail["BodyText"] for account in answer.json()["messages"].values() for mail in account]
    found = [re.fullmatch(rf"Your username is {re.escape(email)} and temporary password is (.+)\.", m) for m in mails]
    passwords = [match[1] for match in found if match]
    assert passwords, f"no invitation for them among {len(mails)} mails"
    return passwords[-1]


def test_who_registers_has_a_profile_and_keeps_it(shop: Shop) -> None:
    # Given
    email = address()
    ada = registered(shop, email.upper().replace("@EXAMPLE.COM", "@Example.com"))
    first = profile(ada)
    assert (first["userId"], first["name"], first["email"], first["version"]) == (ada.user_id, "Ada Lovelace", email, 1)
    # When she changes it / Then
    changed = ada.call("PUT", f"/users/{ada.user_id}", json={"version": 1, "name": "Ada King", "age": 36})
    assert changed.status_code == 200, changed.text
    assert profile(ada) == {**first, **changed.json()}
    assert (changed.json()["name"], changed.json()["age"], changed.json()["version"]) == ("Ada King", 36, 2)
    late = ada.call("PUT", f"/users/{ada.user_id}", json={"version": 1, "age": 37})
    assert (late.status_code, late.json()["details"]) == (409, [{"field": "version", "issue": "is 2 now"}])
    empty = ada.call("PUT", f"/users/{ada.user_id}", json={"version": 2})
    assert empty.status_code == 400


def test_to_others_a_profile_is_like_none(customer: Shop, shop: Shop) -> None:
    ada = registered(shop, address())
    for user_id in (ada.user_id, str(uuid4()), "email%23ada@example.com"):
        answers = [
            customer.get(f"/users/{user_id}"),
            customer.call("PUT", f"/users/{user_id}", json={"version": 1, "name": "Eve"}),
            customer.call("DELETE", f"/users/{user_id}"),
        ]
        assert [(a.status_code, a.json()["code"]) for a in answers] == [(404, "USER_NOT_FOUND")] * 3
    assert customer.get("/users").status_code == 403
    assert shop.get("/users").status_code == 401
    assert profile(ada)["version"] == 1


def test_administrators_find_people_newest_first_and_by_how_address_and_name_begin(shop: Shop, admin: Shop) -> None:
    # Given
    mark = f"find{uuid4().hex[:8]}"
    people = [registered(shop, address(f"{mark}-{number}")) for number in range(3)]
    ids = [person.user_id for person in people]

    def listed(**query: Any) -> list[str]:
        found, token = [], None
        while True:
            parameters = {**query, **({"nextToken": token} if token else {})}
            page = admin.get("/users", params=parameters)
            assert page.status_code == 200, page.text
            found += [user["userId"] for user in page.json()["items"]]
            token = page.json().get("nextToken")
            if token is None:
                return found

    # When / Then
    assert listed(email=mark.upper(), limit=2) == ids
    assert admin.get("/users", params={"limit": 3}).json()["items"][0]["userId"] == ids[-1]
    everybody = listed(limit=100)
    assert [user_id for user_id in everybody if user_id in ids] == ids[::-1]
    assert len(everybody) == len(set(everybody))
    renamed = people[1].call("PUT", f"/users/{ids[1]}", json={"version": 1, "name": f"Ärmel {mark}"})
    assert renamed.status_code == 200
    assert listed(name=f"ÄRMEL {mark}") == [ids[1]]
    token = admin.get("/users", params={"email": mark, "limit": 1}).json()["nextToken"]
    for stolen in ({"nextToken": token}, {"email": mark, "nextToken": token[:-2] + "AA"}):
        assert admin.get("/users", params=stolen).status_code == 400


def test_an_administrator_invites_somebody_who_then_has_a_password_of_their_own(
    stack: Stack, shop: Shop, admin: Shop
) -> None:
    # Given
    email = address("invited")
    body = {"name": "Grace Hopper", "email": email, "age": 36}
    created = admin.post("/users", body)
    assert created.status_code == 201, created.text
    # When the request is repeated / Then it is the same person
    assert admin.post("/users", body).json() == created.json()
    assert admin.post("/users", {**body, "age": 37}).json()["code"] == "USER_EXISTS"
    # When she signs in with what was mailed
    challenged = shop.post("/login", {"email": email, "password": mailed_password(stack, email)})
    assert (challenged.status_code, challenged.json()["challenge"]) == (200, "NEW_PASSWORD_REQUIRED"), challenged.text
    answer = {
        "action": "newPassword",
        "email": email,
        "session": challenged.json()["session"],
        "newPassword": PASSWORD,
    }
    assert shop.post("/auth", answer).status_code == 200
    # Then
    grace = shop.signed_in(email)
    grace.user_id = created.json()["userId"]
    assert profile(grace)["name"] == "Grace Hopper"
    known = shop.post("/register", {"email": email, "password": PASSWORD, "firstName": "Some", "lastName": "One"})
    assert known.json()["code"] == "EMAIL_TAKEN"


def test_a_new_address_signs_in_and_the_old_one_is_free(shop: Shop) -> None:
    old, new = address("old"), address("new")
    ada = registered(shop, old)
    changed = ada.call("PUT", f"/users/{ada.user_id}", json={"version": 1, "email": new})
    assert (changed.status_code, changed.json()["email"]) == (200, new), changed.text
    assert shop.post("/login", {"email": old, "password": PASSWORD}).status_code == 401
    assert profile(Shop(shop.url, shop.signed_in(new).token, ada.user_id))["email"] == new
    assert registered(shop, old).user_id != ada.user_id


def test_of_many_who_want_one_address_at_once_one_gets_it(shop: Shop) -> None:
    # Given
    people = [registered(shop, address()) for _ in range(5)]
    wanted = address("wanted")
    together = threading.Barrier(len(people))

    def change(person: Shop) -> int:
        together.wait(30)
        return person.call("PUT", f"/users/{person.user_id}", json={"version": 1, "email": wanted}).status_code

    # When / Then
    with ThreadPoolExecutor(len(people)) as threads:
        answers = list(threads.map(change, people))
    # DynamoDB may answer that the items are busy: 503, to be repeated.
    assert (answers.count(200), set(answers) <= {200, 409, 503}) == (1, True), answers
    assert sum(profile(person)["email"] == wanted for person in people) == 1
    assert shop.signed_in(wanted).token


@pytest.mark.parametrize("by", ["owner", "administrator"])
def test_a_deleted_user_is_gone_at_once_for_everybody(shop: Shop, admin: Shop, by: str) -> None:
    # Given
    email = address("leaving")
    ada = registered(shop, email)
    refresh = shop.post("/login", {"email": email, "password": PASSWORD}).json()["refreshToken"]
    # When
    deleted = {"owner": ada, "administrator": admin}[by].call("DELETE", f"/users/{ada.user_id}")
    # Then
    assert (deleted.status_code, deleted.text) == (204, "")
    for person in (ada, admin):
        assert person.get(f"/users/{ada.user_id}").status_code == 404
        assert person.call("DELETE", f"/users/{ada.user_id}").status_code == 404
    assert admin.get("/users", params={"email": email}).json() == {"items": []}
    assert shop.post("/login", {"email": email, "password": PASSWORD}).status_code == 401
    assert shop.post("/auth", {"action": "refresh", "refreshToken": refresh}).status_code == 401
    # And a token that is still valid begins no new profile
    assert ada.post("/users", {"name": "Ada", "email": email}).status_code == 422
    assert registered(shop, email).user_id != ada.user_id


def test_what_is_kept_of_a_deleted_user_vanishes_wholly(stack: Stack, shop: Shop) -> None:
    # Given a deleted profile whose retention is over
    ada = registered(shop, address("forgotten"))
    assert ada.call("DELETE", f"/users/{ada.user_id}").status_code == 204
    dynamodb, table = stack.client("dynamodb"), stack.output("customers_table_name")
    key = {"userId": {"S": ada.user_id}}
    row = dynamodb.get_item(TableName=table, Key=key)["Item"]
    assert int(row["purgeAt"]["N"]) == pytest.approx(time.time() + 30 * 86400, abs=120)
    dynamodb.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET purgeAt = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )
    # Then the table itself removes it: the emulator looks once a minute
    deadline = time.monotonic() + 150
    while "Item" in dynamodb.get_item(TableName=table, Key=key):
        assert time.monotonic() < deadline, "the row is still there"
        time.sleep(2)


def test_the_pools_trigger_opens_the_profile_of_whoever_proved_their_address(
    stack: Stack, shop: Shop, admin: Shop
) -> None:
    # Given an account confirmed past our API: Cognito would call the trigger now, the emulator keeps it and does not
    email, cognito = address("confirmed"), stack.client("cognito-idp")
    pool = {"UserPoolId": stack.output("cognito_user_pool_id")}
    client_id = stack.output("cognito_user_pool_client_id")
    user_id = cognito.sign_up(ClientId=client_id, Username=email, Password=PASSWORD)["UserSub"]
    cognito.confirm_sign_up(ClientId=client_id, Username=email, ConfirmationCode="123456")
    assert admin.get(f"/users/{user_id}").status_code == 404, "the emulator calls triggers now: see emulator-parity.md"
    # When the function that the pool names is called as Cognito does
    trigger = cognito.describe_user_pool(**pool)["UserPool"]["LambdaConfig"]["PostConfirmation"]
    event = {
        "version": "1",
        "triggerSource": "PostConfirmation_ConfirmSignUp",
        "userName": user_id,
        "request": {"userAttributes": {"sub": user_id, "email": email, "given_name": "Ada", "family_name": "King"}},
        "response": {},
    }
    called = stack.client("lambda").invoke(FunctionName=trigger, Payload=json.dumps(event))
    # Then
    assert ("FunctionError" in called, json.load(called["Payload"])) == (False, event)
    assert profile(Shop(shop.url, shop.signed_in(email).token, user_id))["name"] == "Ada King"
