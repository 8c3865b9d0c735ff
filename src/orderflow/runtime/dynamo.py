"""DynamoDB's wire format and errors, translated in one place for every store."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore import exceptions

from orderflow.runtime.errors import TransientError

_serialize: Callable[[Any], Any] = TypeSerializer().serialize
_deserialize: Callable[[Any], Any] = TypeDeserializer().deserialize

# docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html, those marked "OK to retry".
_TRANSIENT = frozenset({
    "InternalServerError",
    "ItemCollectionSizeLimitExceededException",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionInProgressException",
})  # fmt: skip


class StoreUnavailableError(TransientError):
    """The table did not answer, or asked us to slow down."""

    code = "STORE_UNAVAILABLE"


class TransactionConflictError(StoreUnavailableError):
    """Another transaction held the same items; nothing was written, so repeating is safe."""


class ConditionFailedError(Exception):
    """A conditional write found another state; stores translate it into their own words."""


class TransactionRefusedError(Exception):
    """A transaction was cancelled by a condition; `failed` are the indexes of the refusing items."""

    def __init__(self, failed: tuple[int, ...]) -> None:
        super().__init__(f"transaction items {failed} refused")
        self.failed = failed


_ATTEMPTS = 5
_FIRST_PAUSE = 0.01  # seconds, doubled each time
_BUSY = "The store is busy with the same records; try again."


def to_item(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plain mapping as DynamoDB attributes; keys whose value is None are left out."""
    return {key: _serialize(value) for key, value in record.items() if value is not None}


def to_value(value: Any) -> dict[str, Any]:
    """Return one plain value as a DynamoDB attribute value."""
    attribute: dict[str, Any] = _serialize(value)
    return attribute


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return DynamoDB attributes as a plain dict with integers for whole numbers."""
    return {key: from_value(value) for key, value in item.items()}


def from_value(value: Mapping[str, Any]) -> Any:
    """Return one DynamoDB attribute value as a plain value."""
    return _plain(_deserialize(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn botocore's errors into ConditionFailedError, TransactionRefusedError or StoreUnavailableError.

    Anything else (a missing table, a denied permission) is a defect and passes through unchanged.
    """
    try:
        yield
    except exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            raise ConditionFailedError from error
        if code == "TransactionCanceledException":
            reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
            failed = tuple(i for i, reason in enumerate(reasons) if reason == "ConditionalCheckFailed")
            if failed:
                raise TransactionRefusedError(failed) from error
            raise _cancellation(reasons) from error
        if code == "TransactionConflictException":
            raise TransactionConflictError(_BUSY) from error
        if code in _TRANSIENT:
            raise StoreUnavailableError("The store asked to slow down; try again.") from error
        raise
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise StoreUnavailableError("The store could not be reached; try again.") from error


def attempts(sleep: Callable[[float], None] = time.sleep) -> Iterator[AbstractContextManager[None]]:
    """Yield attempts at one transaction, each to be entered with `with`, until one is not met by another transaction.

    Whatever holds the same items lets go within milliseconds; the fifth attempt raises TransactionConflictError.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        met: list[TransactionConflictError] = []
        yield _attempt(met)
        if not met:
            return
        if attempt == _ATTEMPTS:
            raise met[0]
        sleep(random.uniform(0, _FIRST_PAUSE * 2**attempt))


@contextmanager
def _attempt(met: list[TransactionConflictError]) -> Iterator[None]:
    try:
        with translated_errors():
            yield
    except TransactionConflictError as conflict:
        met.append(conflict)


def _cancellation(reasons: list[str | None]) -> Exception:
    # docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html lists the reasons; one that
    # is neither a condition nor passing (a wrong type, too large an item) is a defect.
    told = {reason for reason in reasons if reason not in (None, "None")}
    if "TransactionConflict" in told:
        return TransactionConflictError(_BUSY)
    if told <= {"ThrottlingError", "ProvisionedThroughputExceeded"}:
        return StoreUnavailableError("The store asked to slow down; try again.")
    return RuntimeError(f"DynamoDB cancelled the transaction: {', '.join(sorted(told))}")
