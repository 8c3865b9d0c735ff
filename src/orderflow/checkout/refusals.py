"""Errors of what the checkout shares with the rest of the shop, with the codes that the protocol gives them."""

from collections.abc import Iterator
from contextlib import contextmanager

from orderflow.checkout.protocol import ProtocolError
from orderflow.runtime.errors import OrderflowError
from orderflow.runtime.idempotency.errors import (
    IdempotencyConflictError,
    IdempotencyKeyMalformedError,
    IdempotencyKeyMissingError,
    RequestInProgressError,
)


class KeyRequiredError(ProtocolError):
    """A POST without an Idempotency-Key."""

    code = "IDEMPOTENCY_KEY_REQUIRED"


class KeyMalformedError(ProtocolError):
    """An Idempotency-Key that is none."""

    code = "IDEMPOTENCY_KEY_INVALID"


class KeyConflictError(ProtocolError):
    """An Idempotency-Key that was used for another body."""

    code = "IDEMPOTENCY_CONFLICT"
    http_status = 422


class KeyInFlightError(ProtocolError):
    """The first request of the key is still running."""

    code = "IDEMPOTENCY_IN_FLIGHT"
    http_status = 409
    retry_after_seconds = 1


_WORDS: dict[type[OrderflowError], type[ProtocolError]] = {
    IdempotencyKeyMissingError: KeyRequiredError,
    IdempotencyKeyMalformedError: KeyMalformedError,
    IdempotencyConflictError: KeyConflictError,
    RequestInProgressError: KeyInFlightError,
}


@contextmanager
def in_the_protocols_words() -> Iterator[None]:
    """Raise the errors of Idempotency-Keys as the protocol names them."""
    try:
        yield
    except (
        IdempotencyKeyMissingError, IdempotencyKeyMalformedError, IdempotencyConflictError, RequestInProgressError,
    ) as error:  # fmt: skip
        raise _WORDS[type(error)](error.message) from error
