"""Signing up, signing in and getting back in."""

from dataclasses import dataclass
from typing import Protocol

from orderflow.customers.errors import WeakPasswordError

CUSTOMER_GROUP = "customer"


@dataclass(frozen=True)
class NewCustomer:
    """Who signs up; `phone_number` in E.164."""

    email: str
    password: str
    first_name: str
    last_name: str
    phone_number: str | None = None


@dataclass(frozen=True)
class Registration:
    """An account; `confirmed` says whether it can sign in already."""

    user_sub: str
    confirmed: bool


@dataclass(frozen=True)
class Tokens:
    """A sign-in, valid for `expires_in` seconds; refreshing gives no new `refresh_token`."""

    id_token: str
    access_token: str
    expires_in: int
    refresh_token: str | None = None


@dataclass(frozen=True)
class Challenge:
    """What is still needed to sign in, to be answered within the same `session`."""

    name: str
    session: str


class UserPool(Protocol):
    """Where accounts are kept. E-mail addresses arrive normalised.

    Every call may raise IdentityThrottledError and IdentityUnavailableError.
    """

    def sign_up(self, customer: NewCustomer) -> Registration:
        """Create an account; raises WeakPasswordError, EmailTakenError, RegistrationRefusedError."""
        ...

    def confirm_unasked(self, email: str) -> None:
        """Confirm an account and its e-mail address without a code."""
        ...

    def add_to_group(self, email: str, group: str) -> None:
        """Put an account into a group; repeating changes nothing."""
        ...

    def confirm(self, email: str, code: str) -> None:
        """Confirm an account with the code that was sent; raises WrongCodeError."""
        ...

    def resend_code(self, email: str) -> None:
        """Send the confirmation code again; does nothing for an account that is unknown or confirmed."""
        ...

    def sign_in(self, email: str, password: str) -> Tokens | Challenge:
        """Raises WrongCredentialsError, NotConfirmedError, PasswordResetRequiredError."""
        ...

    def answer_code_challenge(self, email: str, session: str, code: str) -> Tokens | Challenge:
        """Answer the challenge of an authenticator; raises WrongCodeError, SignInExpiredError."""
        ...

    def answer_password_challenge(self, email: str, session: str, new_password: str) -> Tokens | Challenge:
        """Replace the password that an invitation brought; raises WeakPasswordError, SignInExpiredError."""
        ...

    def refresh(self, refresh_token: str) -> Tokens:
        """Raises SignInExpiredError."""
        ...

    def send_reset_code(self, email: str) -> None:
        """Send a code for a new password; does nothing for an account that is unknown or cannot get one."""
        ...

    def reset_password(self, email: str, code: str, new_password: str) -> None:
        """Raises WrongCodeError, WeakPasswordError."""
        ...


def normalised_email(email: str) -> str:
    """Return the form in which addresses are compared: one person is one account however they type it."""
    return email.strip().lower()


def require_no_spaces(password: str) -> None:
    """Raise WeakPasswordError for a password that Cognito takes for malformed."""
    # docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html: Password matches [\\S]+
    if any(character.isspace() for character in password):
        raise WeakPasswordError("it must not contain white space")


def confirm_customer(email: str, code: str, *, pool: UserPool) -> None:
    """Confirm an account with its code; raises WrongCodeError."""
    pool.confirm(email, code)
    # Once more: a registration may have broken off between the account and its group.
    pool.add_to_group(email, CUSTOMER_GROUP)


def reset_password(email: str, code: str, new_password: str, *, pool: UserPool) -> None:
    """Set a new password with the code that was sent; raises WrongCodeError, WeakPasswordError."""
    require_no_spaces(new_password)
    pool.reset_password(email, code, new_password)


def set_first_password(email: str, session: str, new_password: str, *, pool: UserPool) -> Tokens | Challenge:
    """Sign in with one's own password instead of the invitation's; raises WeakPasswordError, SignInExpiredError."""
    require_no_spaces(new_password)
    return pool.answer_password_challenge(email, session, new_password)
