"""Idempotency keys in DynamoDB: with the business write or not at all, one winner of any race."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from orderflow.runtime.dynamo import TransactionRefusedError, to_item, translated_errors
from orderflow.runtime.idempotency.answer import Answer
from orderflow.runtime.idempotency.errors import KeyTakenError, RequestInProgressError
from orderflow.runtime.idempotency.keys import LEASE, Fresh, IdempotencyKeys, KeyWrite, Replay
from orderflow.runtime.idempotency.record_store import DynamoRecords
from orderflow.runtime.json_text import json_text
from tests.support.atomic import OneAtATime
from tests.support.frozen import START, FrozenClock
from tests.support.idempotency import CREATED, asked, keys_on
from tests.support.idempotency_contract import RecordsContract
from tests.support.tables import table_schemas

THREADS = 12


@pytest.fixture
def dynamodb(dynamodb: Any) -> OneAtATime:
    return OneAtATime(dynamodb)


@pytest.fixture
def records(dynamodb: Any, tables: dict[str, str]) -> DynamoRecords:
    return DynamoRecords(dynamodb, tables["idempotency"])


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def keys(records: DynamoRecords, clock: FrozenClock) -> IdempotencyKeys:
    return keys_on(records, clock)


class TestDynamoRecords(RecordsContract):
    @pytest.fixture
    def records(self, dynamodb: Any, tables: dict[str, str]) -> DynamoRecords:
        return DynamoRecords(dynamodb, tables["idempotency"])


def in_one_transaction(dynamodb: Any, tables: dict[str, str], records: DynamoRecords, write: KeyWrite) -> None:
    """Write a key and a business row as a store does it."""
    row = {"orderId": write.after.holder}
    try:
        with translated_errors():
            dynamodb.transact_write_items(
                TransactItems=[
                    records.element(write),
                    {
                        "Put": {
                            "TableName": tables["orders"],
                            "Item": to_item(row),
                            "ConditionExpression": "attribute_not_exists(orderId)",
                        }
                    },
                ]
            )
    except TransactionRefusedError as refused:
        if 0 not in refused.failed:
            raise
        raise KeyTakenError from refused


def rows(dynamodb: Any, table: str) -> list[Any]:
    return list(dynamodb.scan(TableName=table)["Items"])


def raced(work: Callable[[int], Any]) -> list[Any]:
    """Do it in many threads at once; return each one's result, or the error it raised."""
    barrier = threading.Barrier(THREADS)

    def run(number: int) -> Any:
        barrier.wait(timeout=20)
        try:
            return work(number)
        except (KeyTakenError, RequestInProgressError) as error:
            return error

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(run, range(THREADS)))


def test_rule_9_key_and_business_write_are_both_there_or_neither(
    dynamodb: Any, tables: dict[str, str], records: DynamoRecords, keys: IdempotencyKeys
) -> None:
    # Given a key that is taken
    in_one_transaction(dynamodb, tables, records, keys.fresh(asked()).finished(CREATED))
    # When another with that key writes
    with pytest.raises(KeyTakenError):
        in_one_transaction(dynamodb, tables, records, keys.fresh(asked()).finished(CREATED))
    # Then its business write is not there; and the other way round
    (row,) = rows(dynamodb, tables["orders"])
    other = keys.fresh(asked("other")).finished(CREATED)
    dynamodb.put_item(TableName=tables["orders"], Item=to_item({"orderId": other.after.holder}))
    with pytest.raises(TransactionRefusedError):
        in_one_transaction(dynamodb, tables, records, other)
    assert records.find(asked("other").id) is None
    assert row["orderId"]["S"] == records.find(asked().id).holder


def test_rules_2_and_4_of_many_equal_requests_at_once_one_has_an_effect_and_all_get_its_answer(
    dynamodb: Any, tables: dict[str, str], records: DynamoRecords, keys: IdempotencyKeys
) -> None:
    # When
    def work(number: int) -> Answer:
        answer = Answer(201, json_text({"by": number}))
        try:
            in_one_transaction(dynamodb, tables, records, keys.fresh(asked()).finished(answer))
        except KeyTakenError:
            return keys.taken(asked()).answer
        return answer

    answers = raced(work)
    # Then
    assert len(rows(dynamodb, tables["orders"])) == 1
    assert set(map(repr, answers)) == {repr(keys.taken(asked()).answer)}


def test_rule_4_of_many_who_begin_at_once_one_may_and_the_others_are_told_to_wait(keys: IdempotencyKeys) -> None:
    got = raced(lambda _: keys.begin(asked()))
    assert [type(each) for each in got].count(Fresh) == 1
    assert [type(each) for each in got].count(RequestInProgressError) == THREADS - 1


def test_rule_9_of_many_who_take_over_at_once_one_does_and_has_the_points(
    keys: IdempotencyKeys, clock: FrozenClock
) -> None:
    # Given one who died after a charge
    dead = keys.begin(asked())
    assert isinstance(dead, Fresh)
    dead = keys.save(dead.reached("charged", reference="ch_1"))
    clock.advance(seconds=LEASE.total_seconds() + 1)
    # When
    got = raced(lambda _: keys.begin(asked()))
    # Then
    (heir,) = [each for each in got if isinstance(each, Fresh)]
    assert heir.point("charged").facts == {"reference": "ch_1"}
    assert heir.record.fence == dead.record.fence + 1
    assert [type(each) for each in got].count(RequestInProgressError) == THREADS - 1


def test_rule_9_who_was_taken_over_from_makes_no_business_write_either(
    dynamodb: Any, tables: dict[str, str], records: DynamoRecords, keys: IdempotencyKeys, clock: FrozenClock
) -> None:
    # Given a holder who is slower than its lease, and one who took over
    slow = keys.begin(asked())
    clock.advance(seconds=LEASE.total_seconds() + 1)
    heir = keys.begin(asked())
    assert isinstance(slow, Fresh)
    assert isinstance(heir, Fresh)
    # When both finish, the slow one first
    with pytest.raises(KeyTakenError):
        in_one_transaction(dynamodb, tables, records, slow.finished(CREATED))
    in_one_transaction(dynamodb, tables, records, heir.finished(CREATED))
    # Then
    (row,) = rows(dynamodb, tables["orders"])
    assert row["orderId"]["S"] == heir.record.holder
    assert isinstance(keys.begin(asked()), Replay)


def test_a_holder_and_its_heir_who_finish_at_once_leave_one_effect(
    dynamodb: Any, tables: dict[str, str], records: DynamoRecords, keys: IdempotencyKeys, clock: FrozenClock
) -> None:
    slow = keys.begin(asked())
    assert isinstance(slow, Fresh)
    clock.advance(minutes=1)

    def work(number: int) -> None:
        holder = slow if number == 0 else keys.begin(asked())
        if isinstance(holder, Fresh):
            in_one_transaction(dynamodb, tables, records, holder.finished(CREATED))

    raced(work)
    assert len(rows(dynamodb, tables["orders"])) == 1
    assert keys.taken(asked()).answer == CREATED


def test_a_write_whose_answer_was_lost_is_recognised_when_it_is_repeated(
    dynamodb: Any, records: DynamoRecords, tables: dict[str, str]
) -> None:
    class LosesTheFirstAnswer:
        """botocore sends it again when no answer comes."""

        def __getattr__(self, name: str) -> Any:
            return getattr(dynamodb, name)

        def put_item(self, **request: Any) -> Any:
            dynamodb.put_item(**request)
            return dynamodb.put_item(**request)

    begun = keys_on(DynamoRecords(LosesTheFirstAnswer(), tables["idempotency"])).begin(asked())
    assert isinstance(begun, Fresh)
    assert records.find(asked().id) == begun.record


def test_a_key_that_an_older_release_wrote_is_nobodys_to_take_over(
    dynamodb: Any, tables: dict[str, str], keys: IdempotencyKeys, clock: FrozenClock
) -> None:
    item = {
        "id": asked().id,
        "fingerprint": asked().fingerprint,
        "orderId": "01JFR0ZEN00000000000000001",
        "expiresAt": int(START.timestamp()) + 86_400,
    }
    dynamodb.put_item(TableName=tables["idempotency"], Item=to_item(item))
    clock.advance(hours=23)
    with pytest.raises(RequestInProgressError):
        keys.begin(asked())
    clock.advance(hours=1)
    assert isinstance(keys.begin(asked()), Fresh)


def test_an_ordinary_answer_costs_the_write_of_one_kilobyte_and_a_long_one_is_packed(
    dynamodb: Any, tables: dict[str, str], records: DynamoRecords, keys: IdempotencyKeys
) -> None:
    body = {"lines": [{"id": f"line-{n}", "name": "Enamel mug", "amount": 1999, "tax": 319} for n in range(400)]}
    long = Answer(201, json_text(body))
    for key, answer in (("short", CREATED), ("long", long)):
        records.save(keys.fresh(asked(key)).finished(answer))
    sizes = {
        each["id"]["S"]: sum(len(name) + len(repr(value)) for name, value in each.items())
        for each in rows(dynamodb, tables["idempotency"])
    }
    assert sizes[asked("short").id] < 1024
    assert sizes[asked("long").id] < len(long.body) / 2


def test_rule_6_dynamodb_itself_forgets_keys_by_their_expiry(dynamodb: Any, tables: dict[str, str]) -> None:
    ttl = dynamodb.describe_time_to_live(TableName=tables["idempotency"])["TimeToLiveDescription"]
    assert ttl == {"AttributeName": "expiresAt", "TimeToLiveStatus": "ENABLED"}
    assert table_schemas()["idempotency"]["ExpiresAt"] == "expiresAt"
