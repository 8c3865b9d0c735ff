"""What safe repeats refuse. The codes are those of our own API; another protocol maps the classes to its own words."""

from orderflow.runtime.errors import ConflictError, Detail, InvalidRequestError, UnprocessableError


class IdempotencyKeyMissingError(InvalidRequestError):
    """The operation changes something that must not happen twice, and the request had no key."""

    code = "IDEMPOTENCY_KEY_MISSING"

    def __init__(self) -> None:
        super().__init__(
            "Idempotency-Key is required; send a new one for each request, and the same one when you repeat it.",
            [Detail(field="Idempotency-Key", issue="is required")],
        )


class IdempotencyKeyMalformedError(InvalidRequestError):
    """The key is empty, too long, or holds what no header should."""

    def __init__(self) -> None:
        issue = "must be 1 to 255 visible ASCII characters"
        super().__init__(f"Idempotency-Key {issue}.", [Detail(field="Idempotency-Key", issue=issue)])


class IdempotencyConflictError(UnprocessableError):
    """The Idempotency-Key was used for another body before."""

    code = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used with another body; use a new key for a new request, or repeat the same body."
        )


class RequestInProgressError(ConflictError):
    """A request with the same Idempotency-Key is being worked on."""

    code = "REQUEST_IN_PROGRESS"
    retry_after_seconds = 1

    def __init__(self) -> None:
        super().__init__(
            "A request with this Idempotency-Key is still running; repeat it after Retry-After to get its answer."
        )


class KeyTakenError(Exception):
    """A write found its key in another state than it was read in: somebody else was faster. Nothing was written.

    Of the transaction nothing else was, either. `IdempotencyKeys.taken` says what is to be answered.
    """
