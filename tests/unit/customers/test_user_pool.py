"""What Cognito's errors mean to a customer: the same words for whoever must not learn whether an account exists."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.stub import Stubber

from orderflow.customers.access import Challenge, NewCustomer, Tokens
from orderflow.customers.errors import (
    EmailTakenError,
    IdentityThrottledError,
    IdentityUnavailableError,
    NotConfirmedError,
    PasswordResetRequiredError,
    RegistrationRefusedError,
    SignInExpiredError,
    WeakPasswordError,
    WrongCodeError,
    WrongCredentialsError,
)
from orderflow.customers.user_pool import CognitoUserPool

ADA = NewCustomer("ada@example.com", "correct-Horse-7", "Ada", "Lovelace", "+491701234567")
TOKENS = {"IdToken": "id", "AccessToken": "access", "RefreshToken": "refresh", "ExpiresIn": 3600}
SESSION = "a session of at least twenty characters"
Call = Callable[[CognitoUserPool], Any]

CALLS: dict[str, tuple[str, Call]] = {
    "sign_up": ("sign_up", lambda pool: pool.sign_up(ADA)),
    "confirm": ("confirm_sign_up", lambda pool: pool.confirm("ada@example.com", "1")),
    "sign_in": ("initiate_auth", lambda pool: pool.sign_in("ada@example.com", "p")),
    "mfa": ("respond_to_auth_challenge", lambda pool: pool.answer_code_challenge("ada@example.com", SESSION, "1")),
    "first password": (
        "respond_to_auth_challenge",
        lambda pool: pool.answer_password_challenge("ada@example.com", SESSION, "p"),
    ),
    "refresh": ("initiate_auth", lambda pool: pool.refresh("r")),
    "reset": ("confirm_forgot_password", lambda pool: pool.reset_password("ada@example.com", "1", "p")),
    "resend": ("resend_confirmation_code", lambda pool: pool.resend_code("ada@example.com")),
    "forgot": ("forgot_password", lambda pool: pool.send_reset_code("ada@example.com")),
    "group": ("admin_add_user_to_group", lambda pool: pool.add_to_group("ada@example.com", "customer")),
}


@pytest.fixture
def cognito() -> Iterator[Stubber]:
    with Stubber(boto3.client("cognito-idp")) as stubber:
        yield stubber


@pytest.fixture
def pool(cognito: Stubber) -> CognitoUserPool:
    return CognitoUserPool(cognito.client, client_id="client-1", pool_id="eu-central-1_pool")


@pytest.mark.parametrize(
    ("call", "cognitos", "ours"),
    [
        ("sign_up", "UsernameExistsException", EmailTakenError),
        ("sign_up", "InvalidPasswordException", WeakPasswordError),
        ("sign_up", "InvalidParameterException", RegistrationRefusedError),
        ("confirm", "CodeMismatchException", WrongCodeError),
        ("confirm", "ExpiredCodeException", WrongCodeError),
        ("confirm", "UserNotFoundException", WrongCodeError),
        ("confirm", "NotAuthorizedException", WrongCodeError),
        ("sign_in", "NotAuthorizedException", WrongCredentialsError),
        ("sign_in", "UserNotFoundException", WrongCredentialsError),
        ("sign_in", "UserNotConfirmedException", NotConfirmedError),
        ("sign_in", "PasswordResetRequiredException", PasswordResetRequiredError),
        ("mfa", "CodeMismatchException", WrongCodeError),
        ("mfa", "NotAuthorizedException", SignInExpiredError),
        ("mfa", "InvalidParameterException", SignInExpiredError),
        ("first password", "NotAuthorizedException", SignInExpiredError),
        ("first password", "InvalidPasswordException", WeakPasswordError),
        ("confirm", "UserLambdaValidationException", IdentityUnavailableError),
        ("refresh", "NotAuthorizedException", SignInExpiredError),
        ("reset", "CodeMismatchException", WrongCodeError),
        ("reset", "UserNotFoundException", WrongCodeError),
        ("reset", "InvalidParameterException", WrongCodeError),
        ("reset", "InvalidPasswordException", WeakPasswordError),
        *[(call, "TooManyRequestsException", IdentityThrottledError) for call in CALLS],
        *[(call, "InternalErrorException", IdentityUnavailableError) for call in CALLS],
        ("sign_in", "LimitExceededException", IdentityThrottledError),
    ],
)
def test_each_of_cognitos_errors_has_its_meaning(
    cognito: Stubber, pool: CognitoUserPool, call: str, cognitos: str, ours: type[Exception]
) -> None:
    operation, made = CALLS[call]
    cognito.add_client_error(operation, cognitos, "ada@example.com is known to Cognito")
    with pytest.raises(ours) as raised:
        made(pool)
    assert (raised.value.__cause__, raised.value.__suppress_context__) == (None, True)
    assert "ada@example.com" not in str(raised.value)


@pytest.mark.parametrize("call", ["resend", "forgot"])
@pytest.mark.parametrize(
    "cognitos",
    ["UserNotFoundException", "InvalidParameterException", "NotAuthorizedException", "LimitExceededException"],
)
def test_asking_for_a_code_never_reveals_an_account(
    cognito: Stubber, pool: CognitoUserPool, call: str, cognitos: str
) -> None:
    operation, made = CALLS[call]
    cognito.add_client_error(operation, cognitos)
    made(pool)
    cognito.assert_no_pending_responses()


def test_a_defect_is_not_mistaken_for_a_customers_error(cognito: Stubber, pool: CognitoUserPool) -> None:
    for operation, call in CALLS.values():
        cognito.add_client_error(operation, "ResourceNotFoundException")
        with pytest.raises(ClientError):
            call(pool)


def test_a_pool_that_does_not_answer_is_unavailable() -> None:
    class Silent:
        def initiate_auth(self, **_: Any) -> None:
            raise ReadTimeoutError(endpoint_url="https://cognito.example")

    with pytest.raises(IdentityUnavailableError):
        CognitoUserPool(Silent(), client_id="client-1").sign_in("ada@example.com", "p")


def test_a_session_that_botocore_refuses_is_an_expired_sign_in() -> None:
    pool = CognitoUserPool(boto3.client("cognito-idp"), client_id="client-1")
    with pytest.raises(SignInExpiredError):
        pool.answer_code_challenge("ada@example.com", "short", "1")


def test_the_policy_says_why_a_password_is_weak(cognito: Stubber, pool: CognitoUserPool) -> None:
    message = "Password did not conform with policy: Password must have numeric characters"
    cognito.add_client_error("sign_up", "InvalidPasswordException", message)
    with pytest.raises(WeakPasswordError, match=r"^The password is too weak: Password must have numeric characters$"):
        pool.sign_up(ADA)


def test_signing_up_sends_the_attributes_of_the_pool(cognito: Stubber, pool: CognitoUserPool) -> None:
    cognito.add_response(
        "sign_up",
        {"UserSub": "sub-1", "UserConfirmed": False},
        {
            "ClientId": "client-1",
            "Username": "ada@example.com",
            "Password": "correct-Horse-7",
            "UserAttributes": [
                {"Name": "email", "Value": "ada@example.com"},
                {"Name": "given_name", "Value": "Ada"},
                {"Name": "family_name", "Value": "Lovelace"},
                {"Name": "phone_number", "Value": "+491701234567"},
            ],
        },
    )
    registration = pool.sign_up(ADA)
    assert (registration.user_sub, registration.confirmed) == ("sub-1", False)


def test_signing_in_gives_tokens_or_the_challenge_that_is_left(cognito: Stubber, pool: CognitoUserPool) -> None:
    cognito.add_response("initiate_auth", {"AuthenticationResult": TOKENS})
    cognito.add_response("initiate_auth", {"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": SESSION})
    cognito.add_response(
        "respond_to_auth_challenge",
        {"AuthenticationResult": TOKENS},
        {
            "ClientId": "client-1",
            "ChallengeName": "SOFTWARE_TOKEN_MFA",
            "Session": SESSION,
            "ChallengeResponses": {"USERNAME": "ada@example.com", "SOFTWARE_TOKEN_MFA_CODE": "123456"},
        },
    )
    cognito.add_response(
        "respond_to_auth_challenge",
        {"AuthenticationResult": TOKENS},
        {
            "ClientId": "client-1",
            "ChallengeName": "NEW_PASSWORD_REQUIRED",
            "Session": SESSION,
            "ChallengeResponses": {"USERNAME": "ada@example.com", "NEW_PASSWORD": "n"},
        },
    )
    assert pool.sign_in("ada@example.com", "p") == Tokens("id", "access", 3600, "refresh")
    assert pool.sign_in("ada@example.com", "p") == Challenge("SOFTWARE_TOKEN_MFA", SESSION)
    assert pool.answer_code_challenge("ada@example.com", SESSION, "123456") == Tokens("id", "access", 3600, "refresh")
    assert pool.answer_password_challenge("ada@example.com", SESSION, "n") == Tokens("id", "access", 3600, "refresh")
