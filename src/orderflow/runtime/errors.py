"""Error categories: what went wrong decides the HTTP status, the class name is the workflow's `ErrorEquals`.

A concrete error subclasses a category, sets a stable `code` and writes a message that says
what was wrong, with what, and what to do. Messages are shown to clients: nothing secret or personal.
"""

from collections.abc import Sequence
from typing import TypedDict


class Detail(TypedDict, total=False):
    """One finding: the dotted path of the field it is about, and what is wrong with it."""

    field: str
    issue: str


class OrderflowError(Exception):
    """Anything Orderflow refuses or fails at, with a code that clients may rely on."""

    code = "INTERNAL_ERROR"
    http_status = 500
    retry_after_seconds: int | None = None

    def __init__(self, message: str, details: Sequence[Detail] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)


class InvalidRequestError(OrderflowError):
    """The request is malformed; sending it again unchanged cannot succeed."""

    code = "INVALID_REQUEST"
    http_status = 400


class NotAuthenticatedError(OrderflowError):
    """No valid identity came with the request."""

    code = "NOT_AUTHENTICATED"
    http_status = 401


class ForbiddenError(OrderflowError):
    """The caller is known and may not do this."""

    code = "FORBIDDEN"
    http_status = 403


class NotFoundError(OrderflowError):
    """It does not exist, or is not the caller's to know of."""

    code = "NOT_FOUND"
    http_status = 404


class ConflictError(OrderflowError):
    """The request contradicts the present state of what it is about."""

    code = "CONFLICT"
    http_status = 409


class StaleVersionError(ConflictError):
    """Somebody changed the thing since the caller read it; `current` is its version now."""

    code = "VERSION_CONFLICT"

    def __init__(self, what: str, current: int) -> None:
        self.current = current
        super().__init__(
            f"{what} is at version {current}; read it again and repeat the change on that.",
            [Detail(field="version", issue=f"is {current} now")],
        )


class TooLargeError(OrderflowError):
    """The request is larger than the API takes."""

    code = "REQUEST_TOO_LARGE"
    http_status = 413


class UnsupportedMediaTypeError(OrderflowError):
    """The body is not of a type the API reads."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    http_status = 415


class UnprocessableError(OrderflowError):
    """The request is well-formed and understood, and still impossible."""

    code = "UNPROCESSABLE"
    http_status = 422


class TooManyRequestsError(OrderflowError):
    """The caller is faster than allowed."""

    code = "TOO_MANY_REQUESTS"
    http_status = 429
    retry_after_seconds = 1


class TransientError(OrderflowError):
    """A dependency failed in a way that may pass: repeating the same call is safe and useful."""

    code = "TEMPORARILY_UNAVAILABLE"
    http_status = 503
    retry_after_seconds = 1
