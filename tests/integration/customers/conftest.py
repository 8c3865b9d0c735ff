"""A user pool as Terraform makes it, as far as moto knows it, and customers in it."""

from dataclasses import dataclass

import pytest

from handlers.customers import login_customer, register_customer
from orderflow.runtime.aws import client
from tests.support.gateway import call

ADA = {
    "email": "Ada@Example.com",
    "password": "CmdP@$$wOrd123!",
    "firstName": "Ada",
    "lastName": "Lovelace",
    "phoneNumber": "+11234567890",
}


@pytest.fixture
def user_pool(moto: None, monkeypatch: pytest.MonkeyPatch) -> str:
    cognito = client("cognito-idp")
    policy = {"MinimumLength": 8, "RequireNumbers": True, "RequireUppercase": True}
    pool_id = cognito.create_user_pool(
        PoolName="test", UsernameAttributes=["email"], Policies={"PasswordPolicy": policy}
    )["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    app = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="test", ExplicitAuthFlows=flows)
    cognito.create_group(UserPoolId=pool_id, GroupName="customer")
    monkeypatch.setenv("USER_POOL_ID", pool_id)
    monkeypatch.setenv("USER_POOL_CLIENT_ID", app["UserPoolClient"]["ClientId"])
    monkeypatch.setenv("AUTO_CONFIRM_CUSTOMERS", "true")
    return str(pool_id)


@dataclass(frozen=True)
class Person:
    """A registered customer."""

    user_id: str
    email: str
    access_token: str


def registered(email: str = "ada@example.com") -> Person:
    """Register and sign in."""
    answer = call(register_customer.handler, body={**ADA, "email": email})
    assert answer.status == 201, answer.body
    tokens = call(login_customer.handler, body={"email": email, "password": ADA["password"]}).body
    return Person(answer.body["userSub"], email, tokens["accessToken"])
