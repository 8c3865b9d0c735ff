"""Signing up and in, from outside."""

from uuid import uuid4

import pytest

from tests.e2e.shop import PASSWORD, Shop


def registration(**changes) -> dict:
    email = f"someone-{uuid4().hex}@example.com"
    return {"email": email, "password": PASSWORD, "firstName": "Some", "lastName": "One", **changes}


def test_a_weak_password_is_a_400(shop: Shop) -> None:
    answer = shop.post("/register", registration(password="short"))
    assert (answer.status_code, answer.json()["code"]) == (400, "WEAK_PASSWORD")


def test_a_known_e_mail_is_a_409(shop: Shop) -> None:
    body = registration()
    assert shop.post("/register", body).status_code == 201
    assert shop.post("/register", body).status_code == 409


def test_a_wrong_password_and_an_unknown_account_look_the_same(shop: Shop, credentials) -> None:
    email, _ = credentials
    wrong = shop.post("/login", {"email": email, "password": "Wr0ng-password!"})
    unknown = shop.post("/login", {"email": f"{uuid4().hex}@example.com", "password": "Wr0ng-password!"})
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert (wrong.json()["code"], wrong.json()["message"]) == (unknown.json()["code"], unknown.json()["message"])


@pytest.mark.parametrize("action", ["login", "register"])
def test_the_one_door_does_what_the_single_routes_do(shop: Shop, credentials, action: str) -> None:
    email, password = credentials
    body = {"login": {"email": email, "password": password}, "register": registration()}[action]
    answer = shop.post("/auth", {"action": action, **body})
    assert answer.status_code == {"login": 200, "register": 201}[action], answer.text
    assert set(answer.json()) >= {"login": {"idToken", "refreshToken"}, "register": {"userSub"}}[action]


def test_a_refresh_token_gives_a_new_id_token_that_works(shop: Shop, credentials) -> None:
    email, password = credentials
    tokens = shop.post("/login", {"email": email, "password": password}).json()
    renewed = shop.post("/auth", {"action": "refresh", "refreshToken": tokens["refreshToken"]})
    assert renewed.status_code == 200, renewed.text
    assert Shop(shop.url, renewed.json()["idToken"]).get("/orders").status_code == 200
