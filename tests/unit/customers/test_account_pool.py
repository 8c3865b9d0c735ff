"""What Cognito's errors mean where accounts are handled, and what is sent to it."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from orderflow.customers.account_pool import CognitoAccounts, CognitoSession
from orderflow.customers.errors import EmailTakenError, IdentityThrottledError, SignInExpiredError, WrongCodeError
from orderflow.customers.profiles import Account
from orderflow.customers.user_errors import EmailRefusedError, UserNotFoundError
from tests.support.users import uuid

POOL = {"UserPoolId": "eu-central-1_pool"}
ATTRIBUTES = [
    {"Name": "sub", "Value": uuid(1)},
    {"Name": "email", "Value": "Ada@example.com"},
    {"Name": "email_verified", "Value": "true"},
]
Ports = tuple[CognitoAccounts, CognitoSession]
Call = Callable[[Ports], Any]

CALLS: dict[str, tuple[str, Call]] = {
    "find": ("admin_get_user", lambda ports: ports[0].find("ada@example.com")),
    "invite": ("admin_create_user", lambda ports: ports[0].invite("ada@example.com", again=False)),
    "enrol": ("admin_add_user_to_group", lambda ports: ports[0].enrol(uuid(1))),
    "ask": ("admin_update_user_attributes", lambda ports: ports[0].ask_for_proof(uuid(1), "new@example.com")),
    "set": ("admin_update_user_attributes", lambda ports: ports[0].set_email(uuid(1), "new@example.com")),
    "remove": ("admin_delete_user", lambda ports: ports[0].remove(uuid(1))),
    "account": ("get_user", lambda ports: ports[1].account()),
    "prove": ("verify_user_attribute", lambda ports: ports[1].prove_email("123456")),
}


@pytest.fixture
def cognito() -> Iterator[Stubber]:
    with Stubber(boto3.client("cognito-idp")) as stubber:
        yield stubber


@pytest.fixture
def ports(cognito: Stubber) -> Ports:
    return CognitoAccounts(cognito.client, POOL["UserPoolId"]), CognitoSession(cognito.client, "access")


@pytest.mark.parametrize(
    ("call", "cognitos", "ours"),
    [
        ("invite", "UsernameExistsException", EmailTakenError),
        ("invite", "UnsupportedUserStateException", EmailTakenError),
        ("invite", "InvalidParameterException", EmailRefusedError),
        ("ask", "AliasExistsException", EmailTakenError),
        ("ask", "InvalidParameterException", EmailRefusedError),
        ("ask", "UserNotFoundException", UserNotFoundError),
        ("account", "NotAuthorizedException", SignInExpiredError),
        ("account", "UserNotFoundException", SignInExpiredError),
        ("prove", "CodeMismatchException", WrongCodeError),
        ("prove", "ExpiredCodeException", WrongCodeError),
        ("prove", "AliasExistsException", EmailTakenError),
        ("prove", "NotAuthorizedException", SignInExpiredError),
        *[(call, "TooManyRequestsException", IdentityThrottledError) for call in CALLS],
    ],
)
def test_each_of_cognitos_errors_has_its_meaning(
    cognito: Stubber, ports: Ports, call: str, cognitos: str, ours: type[Exception]
) -> None:
    operation, made = CALLS[call]
    cognito.add_client_error(operation, cognitos, "ada@example.com is known to Cognito")
    with pytest.raises(ours) as raised:
        made(ports)
    assert (raised.value.__cause__, raised.value.__suppress_context__) == (None, True)
    assert "ada@example.com" not in str(raised.value)


@pytest.mark.parametrize(("call", "answer"), [("find", None), ("remove", False)])
def test_an_account_that_is_not_there_is_an_answer(cognito: Stubber, ports: Ports, call: str, answer: Any) -> None:
    operation, made = CALLS[call]
    cognito.add_client_error(operation, "UserNotFoundException")
    assert made(ports) is answer


@pytest.mark.parametrize(("status", "invited"), [("CONFIRMED", False), ("FORCE_CHANGE_PASSWORD", True)])
def test_an_account_is_known_by_its_id_and_its_address_in_one_form(
    cognito: Stubber, ports: Ports, status: str, invited: bool
) -> None:
    answer = {"Username": uuid(1), "UserAttributes": ATTRIBUTES, "UserStatus": status}
    cognito.add_response("admin_get_user", answer, {**POOL, "Username": "ada@example.com"})
    assert ports[0].find("ada@example.com") == Account(uuid(1), "ada@example.com", True, is_invited=invited)


@pytest.mark.parametrize(("again", "action"), [(False, {}), (True, {"MessageAction": "RESEND"})])
def test_an_invitation_goes_by_mail_and_takes_the_address_as_proven(
    cognito: Stubber, ports: Ports, again: bool, action: dict[str, str]
) -> None:
    sent = {
        **POOL,
        "Username": "ada@example.com",
        "UserAttributes": [
            {"Name": "email", "Value": "ada@example.com"},
            {"Name": "email_verified", "Value": "true"},
        ],
        "DesiredDeliveryMediums": ["EMAIL"],
        **action,
    }
    answer = {"User": {"Username": uuid(1), "Attributes": ATTRIBUTES, "UserStatus": "FORCE_CHANGE_PASSWORD"}}
    cognito.add_response("admin_create_user", answer, sent)
    assert ports[0].invite("ada@example.com", again=again).user_id == uuid(1)


@pytest.mark.parametrize(("call", "verified"), [("ask", []), ("set", [{"Name": "email_verified", "Value": "true"}])])
def test_only_an_address_that_needs_no_proof_is_called_verified(
    cognito: Stubber, ports: Ports, call: str, verified: list[dict[str, str]]
) -> None:
    sent = {"UserAttributes": [{"Name": "email", "Value": "new@example.com"}, *verified]}
    cognito.add_response("admin_update_user_attributes", {}, {**POOL, "Username": uuid(1), **sent})
    CALLS[call][1](ports)
    cognito.assert_no_pending_responses()


def test_a_code_is_redeemed_with_the_customers_own_token(cognito: Stubber, ports: Ports) -> None:
    sent = {"AccessToken": "access", "AttributeName": "email", "Code": "123456"}
    cognito.add_response("verify_user_attribute", {}, sent)
    cognito.add_response("get_user", {"Username": uuid(1), "UserAttributes": ATTRIBUTES}, {"AccessToken": "access"})
    ports[1].prove_email("123456")
    assert ports[1].account() == Account(uuid(1), "ada@example.com", True)
