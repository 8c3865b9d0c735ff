"""What profiles refuse. No message says whether a stranger's profile or account exists."""

from orderflow.runtime.errors import (
    ConflictError,
    Detail,
    InvalidRequestError,
    NotFoundError,
    StaleVersionError,
    UnprocessableError,
)


class UserNotFoundError(NotFoundError):
    """The profile does not exist, was deleted, or is somebody else's."""

    code = "USER_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("There is no such user; your own id is the userSub that POST /register answered.")


class UserExistsError(ConflictError):
    """There is a profile of this account already, and it says something else."""

    code = "USER_EXISTS"

    def __init__(self) -> None:
        super().__init__("This account has a profile already; change it with PUT /users/{userId}.")


class UserDeletedError(ConflictError):
    """The account's profile was deleted, and the account itself still waits to be."""

    code = "USER_DELETED"

    def __init__(self) -> None:
        super().__init__(
            "This user was deleted, but the account is still there; repeat DELETE /users/{userId}, then try again."
        )


class UserNotDeletedError(ConflictError):
    """Somebody is to be forgotten who still has a profile or an account."""

    code = "USER_NOT_DELETED"

    def __init__(self) -> None:
        super().__init__(
            "This user has a profile or an account; DELETE /users/{userId} ends both. Nothing was changed."
        )


class UserSignedInError(ConflictError):
    """Somebody is to be forgotten whose last sign-in may still work."""

    code = "USER_STILL_SIGNED_IN"

    def __init__(self, until: str) -> None:
        super().__init__(
            f"Whoever signed in before the user was deleted may order until {until}; come again then. "
            "Nothing was changed."
        )


class ForeignEmailError(UnprocessableError):
    """Somebody who is no administrator asks for a profile with another address than their account's."""

    code = "FOREIGN_EMAIL"

    def __init__(self) -> None:
        super().__init__(
            "A profile begins with the e-mail address that you sign in with; it can be changed later.",
            [Detail(field="email", issue="is not the address that you sign in with")],
        )


class NoEmailChangeError(ConflictError):
    """No new address of this profile waits for a code: none was asked for, it was given up, or it counts already."""

    code = "NO_EMAIL_CHANGE"

    def __init__(self) -> None:
        super().__init__("No new e-mail address waits for a code; ask for one with PUT /users/{userId}.")


class EmailRefusedError(InvalidRequestError):
    """The pool finds the address malformed."""

    code = "EMAIL_REFUSED"

    def __init__(self) -> None:
        super().__init__(
            "The e-mail address cannot be used; check how it is written.",
            [Detail(field="email", issue="cannot be used")],
        )


class ForeignTokenError(InvalidRequestError):
    """The access token belongs to another account than the profile."""

    code = "FOREIGN_TOKEN"

    def __init__(self) -> None:
        super().__init__(
            "The access token is another account's; send the accessToken that came with your id token.",
            [Detail(field="accessToken", issue="is another account's")],
        )


class UserVersionConflictError(StaleVersionError):
    """Somebody changed the profile since the caller read it; `current` is its version now."""

    def __init__(self, current: int) -> None:
        super().__init__("The profile", current)
