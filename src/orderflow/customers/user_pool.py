"""Signing up and in with Amazon Cognito.

IAM (on the user pool): cognito-idp:AdminAddUserToGroup, and where accounts are confirmed unasked AdminConfirmSignUp and
AdminUpdateUserAttributes. The other calls are public: they are authorised by what the customer knows, not by a role.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.client import BaseClient

from orderflow.customers.access import Challenge, NewCustomer, Registration, Tokens
from orderflow.customers.cognito_errors import translated
from orderflow.customers.errors import (
    EmailTakenError,
    NotConfirmedError,
    PasswordResetRequiredError,
    RegistrationRefusedError,
    SignInExpiredError,
    WrongCodeError,
    WrongCredentialsError,
)

_AUTHENTICATOR, _FIRST_PASSWORD = "SOFTWARE_TOKEN_MFA", "NEW_PASSWORD_REQUIRED"
_ACCOUNT_DEPENDENT = (
    "UserNotFoundException",
    "NotAuthorizedException",
    "InvalidParameterException",
    "LimitExceededException",
)
_WRONG_CODE = (
    "CodeMismatchException",
    "ExpiredCodeException",
    "UserNotFoundException",
    "NotAuthorizedException",
    "InvalidParameterException",
)


class CognitoUserPool:
    """One user pool, through an app client without a secret that allows USER_PASSWORD_AUTH and refreshing."""

    def __init__(self, client: BaseClient, *, client_id: str, pool_id: str | None = None) -> None:
        self._client, self._client_id, self._pool_id = client, client_id, pool_id

    def sign_up(self, customer: NewCustomer) -> Registration:
        attributes = {
            "email": customer.email,
            "given_name": customer.first_name,
            "family_name": customer.last_name,
            "phone_number": customer.phone_number,
        }
        with translated({
            "UsernameExistsException": EmailTakenError,
            "InvalidParameterException": RegistrationRefusedError,
        }):  # fmt: skip
            answer = self._client.sign_up(
                ClientId=self._client_id,
                Username=customer.email,
                Password=customer.password,
                UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items() if value],
            )
        return Registration(user_sub=answer["UserSub"], confirmed=answer["UserConfirmed"])

    def confirm_unasked(self, email: str) -> None:
        with translated({}):
            self._client.admin_confirm_sign_up(UserPoolId=self._pool_id, Username=email)
            self._client.admin_update_user_attributes(
                UserPoolId=self._pool_id,
                Username=email,
                UserAttributes=[{"Name": "email_verified", "Value": "true"}],
            )

    def add_to_group(self, email: str, group: str) -> None:
        with translated({}):
            self._client.admin_add_user_to_group(UserPoolId=self._pool_id, Username=email, GroupName=group)

    def confirm(self, email: str, code: str) -> None:
        with translated(dict.fromkeys(_WRONG_CODE, WrongCodeError)):
            self._client.confirm_sign_up(ClientId=self._client_id, Username=email, ConfirmationCode=code)

    def resend_code(self, email: str) -> None:
        with _silent():
            self._client.resend_confirmation_code(ClientId=self._client_id, Username=email)

    def sign_in(self, email: str, password: str) -> Tokens | Challenge:
        with translated({
            "NotAuthorizedException": WrongCredentialsError,
            "UserNotFoundException": WrongCredentialsError,
            "UserNotConfirmedException": NotConfirmedError,
            "PasswordResetRequiredException": PasswordResetRequiredError,
        }):  # fmt: skip
            answer = self._client.initiate_auth(
                ClientId=self._client_id,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": email, "PASSWORD": password},
            )
        return _signed_in(answer)

    def answer_code_challenge(self, email: str, session: str, code: str) -> Tokens | Challenge:
        with translated({
            "CodeMismatchException": WrongCodeError,
            "ExpiredCodeException": WrongCodeError,
            "NotAuthorizedException": SignInExpiredError,
            "UserNotFoundException": SignInExpiredError,
            "InvalidParameterException": SignInExpiredError,
        }):  # fmt: skip
            answer = self._client.respond_to_auth_challenge(
                ClientId=self._client_id,
                ChallengeName=_AUTHENTICATOR,
                Session=session,
                ChallengeResponses={"USERNAME": email, "SOFTWARE_TOKEN_MFA_CODE": code},
            )
        return _signed_in(answer)

    def answer_password_challenge(self, email: str, session: str, new_password: str) -> Tokens | Challenge:
        with translated({
            "NotAuthorizedException": SignInExpiredError,
            "UserNotFoundException": SignInExpiredError,
            "InvalidParameterException": SignInExpiredError,
        }):  # fmt: skip
            answer = self._client.respond_to_auth_challenge(
                ClientId=self._client_id,
                ChallengeName=_FIRST_PASSWORD,
                Session=session,
                ChallengeResponses={"USERNAME": email, "NEW_PASSWORD": new_password},
            )
        return _signed_in(answer)

    def refresh(self, refresh_token: str) -> Tokens:
        with translated({
            "NotAuthorizedException": SignInExpiredError,
            "UserNotFoundException": SignInExpiredError,
        }):  # fmt: skip
            answer = self._client.initiate_auth(
                ClientId=self._client_id,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": refresh_token},
            )
        return _tokens(answer["AuthenticationResult"])

    def send_reset_code(self, email: str) -> None:
        with _silent():
            self._client.forgot_password(ClientId=self._client_id, Username=email)

    def reset_password(self, email: str, code: str, new_password: str) -> None:
        with translated(dict.fromkeys(_WRONG_CODE, WrongCodeError)):
            self._client.confirm_forgot_password(
                ClientId=self._client_id, Username=email, ConfirmationCode=code, Password=new_password
            )


def _signed_in(answer: Mapping[str, Any]) -> Tokens | Challenge:
    if "AuthenticationResult" in answer:
        return _tokens(answer["AuthenticationResult"])
    return Challenge(name=answer["ChallengeName"], session=answer["Session"])


def _tokens(result: Mapping[str, Any]) -> Tokens:
    return Tokens(
        id_token=result["IdToken"],
        access_token=result["AccessToken"],
        expires_in=result["ExpiresIn"],
        refresh_token=result.get("RefreshToken"),
    )


class _HiddenError(Exception):
    """Depends on the account, so the client must not learn of it."""


@contextmanager
def _silent() -> Iterator[None]:
    """Hide whatever depends on the account: that it is unknown, confirmed, disabled, or asked for too many codes."""
    try:
        with translated(dict.fromkeys(_ACCOUNT_DEPENDENT, _HiddenError)):
            yield
    except _HiddenError:
        return
