"""What every store of idempotency keys promises; run on the one in memory and on DynamoDB."""

from abc import ABC, abstractmethod
from typing import Any

import pytest

from orderflow.runtime.idempotency.answer import Answer
from orderflow.runtime.idempotency.errors import KeyTakenError
from orderflow.runtime.idempotency.keys import Fresh, IdempotencyKeys, KeyWrite
from orderflow.runtime.idempotency.record import Point
from orderflow.runtime.json_text import json_text
from tests.support.frozen import FrozenClock
from tests.support.idempotency import CREATED, asked, keys_on


class RecordsContract(ABC):
    """Inherit it and give `records`."""

    @abstractmethod
    @pytest.fixture
    def records(self) -> Any:
        """Give an empty store."""

    @pytest.fixture
    def clock(self) -> FrozenClock:
        return FrozenClock()

    @pytest.fixture
    def keys(self, records: Any, clock: FrozenClock) -> IdempotencyKeys:
        return keys_on(records, clock)

    def test_a_key_that_is_not_there_is_none(self, records: Any) -> None:
        assert records.find("0" * 64) is None

    @pytest.mark.parametrize(
        "answer",
        [
            CREATED,
            Answer(202, json_text({"total": 0, "note": None, "list": [], "empty": ""})),
            Answer(409, json_text({"message": "ü" * 5000}), {"Location": "/x", "X-Other": "b"}),
        ],
        ids=["with headers", "nothing and none", "long"],
    )
    def test_an_answer_comes_back_byte_for_byte(self, records: Any, keys: IdempotencyKeys, answer: Answer) -> None:
        write = keys.fresh(asked()).finished(answer, Point("order", {"orderId": "o-1", "version": 7}))
        records.save(write)
        found = records.find(asked().id)
        assert found == write.after
        assert found.answer.body.encode() == answer.body.encode()

    def test_a_lease_and_its_points_come_back_as_they_were(self, records: Any, keys: IdempotencyKeys) -> None:
        begun = keys.begin(asked(), Point("asked", {"orderId": "o-1"}))
        assert isinstance(begun, Fresh)
        moved = keys.save(begun.reached("charged", reference="ch_1", amount=1999))
        assert records.find(asked().id) == moved.record
        assert [point.name for point in moved.points] == ["asked", "charged"]

    def test_a_key_is_written_new_once(self, records: Any, keys: IdempotencyKeys) -> None:
        first, second = (keys.fresh(asked()).finished(CREATED) for _ in range(2))
        records.save(first)
        with pytest.raises(KeyTakenError):
            records.save(second)
        assert records.find(asked().id) == first.after

    def test_the_same_write_again_is_written(self, records: Any, keys: IdempotencyKeys) -> None:
        # As botocore repeats it, when the first answer was lost.
        write = keys.fresh(asked()).finished(CREATED)
        records.save(write)
        records.save(write)
        assert records.find(asked().id) == write.after

    def test_an_expired_key_gives_way_though_it_is_still_there(
        self, records: Any, keys: IdempotencyKeys, clock: FrozenClock
    ) -> None:
        records.save(keys.fresh(asked()).finished(CREATED))
        clock.advance(hours=24, seconds=-1)
        with pytest.raises(KeyTakenError):
            records.save(keys.fresh(asked()).finished(CREATED))
        clock.advance(seconds=1)
        second = keys.fresh(asked()).finished(CREATED)
        records.save(second)
        assert records.find(asked().id) == second.after

    def test_a_write_on_another_state_is_refused_and_changes_nothing(self, records: Any, keys: IdempotencyKeys) -> None:
        begun = keys.begin(asked())
        assert isinstance(begun, Fresh)
        moved = keys.save(begun.reached("charged"))
        stale: list[KeyWrite] = [begun.reached("charged again"), begun.finished(CREATED), begun.released()]
        for write in stale:
            with pytest.raises(KeyTakenError):
                records.save(write)
        assert records.find(asked().id) == moved.record

    def test_a_holder_of_the_same_number_who_is_somebody_else_is_refused(
        self, records: Any, keys: IdempotencyKeys, clock: FrozenClock
    ) -> None:
        # Given two days, each with a first holder of the key
        yesterday = keys.begin(asked())
        clock.advance(hours=24)
        today = keys.begin(asked())
        assert isinstance(yesterday, Fresh)
        assert isinstance(today, Fresh)
        assert yesterday.record.fence == today.record.fence
        # When, then
        with pytest.raises(KeyTakenError):
            records.save(yesterday.finished(CREATED))
        assert records.find(asked().id) == today.record

    def test_a_write_on_a_key_that_is_gone_is_refused(self, records: Any, keys: IdempotencyKeys) -> None:
        never_written = keys.fresh(asked())
        with pytest.raises(KeyTakenError):
            records.save(never_written.after(never_written.released()).finished(CREATED))
        assert records.find(asked().id) is None
