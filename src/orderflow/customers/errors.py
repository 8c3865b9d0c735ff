"""What signing up and signing in refuses. No message tells whether an account exists, except a 409 on sign-up."""

from orderflow.runtime.errors import (
    ConflictError,
    Detail,
    ForbiddenError,
    InvalidRequestError,
    NotAuthenticatedError,
    TooManyRequestsError,
    TransientError,
)


class WeakPasswordError(InvalidRequestError):
    """The password breaks the pool's policy; `reason` is the policy's own sentence."""

    code = "WEAK_PASSWORD"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The password is too weak: {reason}", [Detail(field="password", issue=reason)])


class RegistrationRefusedError(InvalidRequestError):
    """The pool does not take what was sent, such as an e-mail address that it finds malformed."""

    code = "REGISTRATION_REFUSED"

    def __init__(self) -> None:
        super().__init__("No account can be created with these details; check the e-mail address and the phone number.")


class EmailTakenError(ConflictError):
    """There is an account with this e-mail address."""

    code = "EMAIL_TAKEN"

    def __init__(self) -> None:
        super().__init__("There is an account with this e-mail address; sign in, or reset its password.")


class WrongCredentialsError(NotAuthenticatedError):
    """No account with this e-mail address and password: which of them is wrong is not told."""

    code = "WRONG_CREDENTIALS"

    def __init__(self) -> None:
        super().__init__("E-mail address or password is wrong.")


class NotConfirmedError(ForbiddenError):
    """The account still waits for the code that was sent to it."""

    code = "NOT_CONFIRMED"

    def __init__(self) -> None:
        super().__init__("The account is not confirmed; send the code from the e-mail to POST /auth (confirm).")


class PasswordResetRequiredError(ForbiddenError):
    """An administrator asked for a new password."""

    code = "PASSWORD_RESET_REQUIRED"

    def __init__(self) -> None:
        super().__init__("The password must be set anew: POST /auth (forgot), then (reset).")


class WrongCodeError(InvalidRequestError):
    """The code is wrong, too old, used, or was sent to somebody else."""

    code = "WRONG_CODE"

    def __init__(self) -> None:
        super().__init__(
            "The code is wrong or has expired; ask for a new one.",
            [Detail(field="code", issue="is wrong or has expired")],
        )


class SignInExpiredError(NotAuthenticatedError):
    """The refresh token or the session of a challenge is no longer, or was never, valid."""

    code = "SIGN_IN_EXPIRED"

    def __init__(self) -> None:
        super().__init__("This sign-in is no longer valid; sign in again with POST /login.")


class IdentityThrottledError(TooManyRequestsError):
    """The user pool asks to slow down."""

    def __init__(self) -> None:
        super().__init__("Too many attempts; wait a little, then try again.")


class IdentityUnavailableError(TransientError):
    """The user pool did not answer."""

    code = "IDENTITY_UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__("Sign-in cannot be reached; try again.")
