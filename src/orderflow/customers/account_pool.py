"""Accounts of a Cognito user pool, as an administrator handles them and as their owner's access token opens them."""

from collections.abc import Mapping, Sequence

from botocore.client import BaseClient

from orderflow.customers.access import CUSTOMER_GROUP
from orderflow.customers.cognito_errors import translated
from orderflow.customers.errors import EmailTakenError, SignInExpiredError, WrongCodeError
from orderflow.customers.profiles import Account
from orderflow.customers.user_errors import EmailRefusedError, UserNotFoundError

_NO_LONGER_SIGNED_IN = dict.fromkeys(
    ("NotAuthorizedException", "UserNotFoundException", "UserNotConfirmedException", "PasswordResetRequiredException"),
    SignInExpiredError,
)


class _UnknownAccountError(Exception):
    """The pool has no such account."""


class CognitoAccounts:
    """One user pool (IAM on it: cognito-idp:AdminGetUser to find, AdminCreateUser to invite, AdminAddUserToGroup to
    enrol, AdminUpdateUserAttributes for another address, AdminDeleteUser to remove)."""

    def __init__(self, client: BaseClient, pool_id: str) -> None:
        self._client, self._pool_id = client, pool_id

    def find(self, username: str) -> Account | None:
        try:
            with translated({"UserNotFoundException": _UnknownAccountError}):
                answer = self._client.admin_get_user(UserPoolId=self._pool_id, Username=username)
        except _UnknownAccountError:
            return None
        return _account(answer["UserAttributes"], answer["UserStatus"])

    def invite(self, email: str, *, again: bool) -> Account:
        # Whoever signs in with the first password has read the mail: that proves the address.
        attributes = {"email": email, "email_verified": "true"}
        with translated({
            "UsernameExistsException": EmailTakenError,
            "UnsupportedUserStateException": EmailTakenError,
            "InvalidParameterException": EmailRefusedError,
        }):  # fmt: skip
            answer = self._client.admin_create_user(
                UserPoolId=self._pool_id,
                Username=email,
                UserAttributes=_listed(attributes),
                DesiredDeliveryMediums=["EMAIL"],
                **({"MessageAction": "RESEND"} if again else {}),
            )
        return _account(answer["User"]["Attributes"], answer["User"]["UserStatus"])

    def enrol(self, user_id: str) -> None:
        with translated({}):
            self._client.admin_add_user_to_group(UserPoolId=self._pool_id, Username=user_id, GroupName=CUSTOMER_GROUP)

    def ask_for_proof(self, user_id: str, email: str) -> None:
        # Without email_verified the pool keeps the old address until the code comes back (modules/identity):
        # docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateUserAttributes.html
        self._update(user_id, {"email": email})

    def set_email(self, user_id: str, email: str) -> None:
        self._update(user_id, {"email": email, "email_verified": "true"})

    def remove(self, user_id: str) -> bool:
        try:
            with translated({"UserNotFoundException": _UnknownAccountError}):
                self._client.admin_delete_user(UserPoolId=self._pool_id, Username=user_id)
        except _UnknownAccountError:
            return False
        return True

    def _update(self, user_id: str, attributes: Mapping[str, str]) -> None:
        with translated({
            "AliasExistsException": EmailTakenError,
            "InvalidParameterException": EmailRefusedError,
            "UserNotFoundException": UserNotFoundError,
        }):  # fmt: skip
            self._client.admin_update_user_attributes(
                UserPoolId=self._pool_id, Username=user_id, UserAttributes=_listed(attributes)
            )


class CognitoSession:
    """One account by its access token: public calls, which need no IAM permission."""

    def __init__(self, client: BaseClient, access_token: str) -> None:
        self._client, self._access_token = client, access_token

    def account(self) -> Account:
        with translated(_NO_LONGER_SIGNED_IN):
            answer = self._client.get_user(AccessToken=self._access_token)
        return _account(answer["UserAttributes"])

    def prove_email(self, code: str) -> None:
        with translated({
            **_NO_LONGER_SIGNED_IN,
            "CodeMismatchException": WrongCodeError,
            "ExpiredCodeException": WrongCodeError,
            "InvalidParameterException": WrongCodeError,
            "AliasExistsException": EmailTakenError,
        }):  # fmt: skip
            self._client.verify_user_attribute(AccessToken=self._access_token, AttributeName="email", Code=code)


def _listed(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


def _account(attributes: Sequence[Mapping[str, str]], status: str | None = None) -> Account:
    values = {attribute["Name"]: attribute.get("Value", "") for attribute in attributes}
    return Account(
        user_id=values["sub"],
        email=values["email"].lower(),
        email_verified=values.get("email_verified") == "true",
        is_invited=status == "FORCE_CHANGE_PASSWORD",
    )
