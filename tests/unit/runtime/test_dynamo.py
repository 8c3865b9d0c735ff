"""DynamoDB's errors mean one of four things, and its values come back as they went in."""

from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from orderflow.runtime.batch import MAX_KEYS, read_batch
from orderflow.runtime.dynamo import (
    ConditionFailedError,
    StoreUnavailableError,
    TransactionConflictError,
    TransactionRefusedError,
    attempts,
    from_item,
    to_item,
    translated_errors,
)


def refused(code: str, *reasons: str) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "m"}, "CancellationReasons": [{"Code": reason} for reason in reasons]},  # type: ignore[typeddict-unknown-key]  # the stub knows no CancellationReasons
        "TransactWriteItems",
    )


@pytest.mark.parametrize(
    ("dynamos", "ours"),
    [
        (refused("ConditionalCheckFailedException"), ConditionFailedError),
        (refused("TransactionCanceledException", "None", "ConditionalCheckFailed"), TransactionRefusedError),
        (
            refused("TransactionCanceledException", "ConditionalCheckFailed", "TransactionConflict"),
            TransactionRefusedError,
        ),
        (refused("TransactionCanceledException", "None", "TransactionConflict"), TransactionConflictError),
        (refused("TransactionConflictException"), TransactionConflictError),
        (refused("TransactionCanceledException", "ThrottlingError", "None"), StoreUnavailableError),
        (refused("TransactionCanceledException", "ValidationError"), RuntimeError),
        (refused("ProvisionedThroughputExceededException"), StoreUnavailableError),
        (refused("ThrottlingException"), StoreUnavailableError),
        (refused("InternalServerError"), StoreUnavailableError),
        (refused("ResourceNotFoundException"), ClientError),
        (refused("AccessDeniedException"), ClientError),
        (EndpointConnectionError(endpoint_url="https://x"), StoreUnavailableError),
        (ReadTimeoutError(endpoint_url="https://x"), StoreUnavailableError),
        (ParamValidationError(report="r"), ParamValidationError),
    ],
)
def test_each_of_dynamodbs_errors_has_its_meaning(dynamos: Exception, ours: type[Exception]) -> None:
    with pytest.raises(ours) as raised, translated_errors():
        raise dynamos
    assert type(raised.value) is ours


def test_a_refused_transaction_says_which_items_refused() -> None:
    reasons = ("None", "ConditionalCheckFailed", "None", "ConditionalCheckFailed")
    with pytest.raises(TransactionRefusedError) as raised, translated_errors():
        raise refused("TransactionCanceledException", *reasons)
    assert raised.value.failed == (1, 3)


numbers = st.integers(-(10**30), 10**30)
values = st.recursive(
    st.one_of(st.booleans(), numbers, st.text(max_size=10)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(min_size=1, max_size=5), inner)),
    max_leaves=10,
)


@given(st.dictionaries(st.text(min_size=1, max_size=5), values, max_size=5))
def test_an_item_comes_back_as_it_was_written(record: dict[str, Any]) -> None:
    assert from_item(to_item(record)) == record


def test_none_is_not_written_and_fractions_stay_exact() -> None:
    assert from_item(to_item({"a": None, "b": Decimal("1.50"), "c": Decimal("2.0")})) == {"b": Decimal("1.5"), "c": 2}


class Table:
    """Answers BatchGetItem with `at_once` items, and leaves the rest unprocessed."""

    def __init__(self, at_once: int) -> None:
        self.at_once, self.asked = at_once, []

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - botocore's name
        request = RequestItems["t"]
        self.asked.append(len(request["Keys"]))
        now, later = request["Keys"][: self.at_once], request["Keys"][self.at_once :]
        rest = {"t": {**request, "Keys": later}} if later else {}
        return {"Responses": {"t": now}, "UnprocessedKeys": rest}


def batch(table: Table, count: int, pauses: list[float] | None = None) -> list[dict[str, Any]]:
    keys = [f"k{number}" for number in range(count)]
    sleep = (pauses if pauses is not None else []).append
    return read_batch(table, "t", key="id", values=keys, attributes=("id",), sleep=sleep)


def test_keys_left_unprocessed_are_asked_for_again_after_a_growing_pause() -> None:
    table, pauses = Table(at_once=2), []
    assert [item["id"] for item in batch(table, 7, pauses)] == [f"k{number}" for number in range(7)]
    assert table.asked == [7, 5, 3, 1]
    assert len(pauses) == 3
    assert all(0 <= pause <= 0.05 * 2**attempt for attempt, pause in enumerate(pauses, start=1))


def test_asking_again_has_an_end() -> None:
    table = Table(at_once=1)
    with pytest.raises(StoreUnavailableError):
        batch(table, 5)
    assert table.asked == [5, 4, 3, 2]


def test_no_keys_ask_nothing_and_too_many_are_a_defect() -> None:
    table = Table(at_once=100)
    assert batch(table, 0) == []
    with pytest.raises(ValueError, match="at most 100"):
        batch(table, MAX_KEYS + 1)
    assert table.asked == []


@pytest.mark.parametrize(("conflicts", "written"), [(0, True), (1, True), (4, True), (5, False)])
def test_what_meets_another_transaction_is_tried_five_times_with_growing_pauses(conflicts: int, written: bool) -> None:
    tried, pauses = 0, []

    def write() -> None:
        nonlocal tried
        for attempt in attempts(pauses.append):
            with attempt:
                tried += 1
                if tried <= conflicts:
                    raise refused("TransactionCanceledException", "TransactionConflict")

    if written:
        write()
    else:
        with pytest.raises(TransactionConflictError):
            write()
    assert tried == min(conflicts + 1, 5)
    assert len(pauses) == tried - 1
    assert all(0 <= pause <= 0.01 * 2**number for number, pause in enumerate(pauses, start=1))


def test_a_refusal_is_not_tried_again() -> None:
    tried = 0

    def write() -> None:
        nonlocal tried
        for attempt in attempts(lambda _: None):
            with attempt:
                tried += 1
                raise refused("TransactionCanceledException", "ConditionalCheckFailed", "None")

    with pytest.raises(TransactionRefusedError):
        write()
    assert tried == 1
