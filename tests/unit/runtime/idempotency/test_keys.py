"""The nine rules of safe repeats, each by its number in the protocol's list."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.runtime.dynamo import StoreUnavailableError
from orderflow.runtime.idempotency.answer import Answer
from orderflow.runtime.idempotency.errors import (
    IdempotencyConflictError,
    IdempotencyKeyMalformedError,
    IdempotencyKeyMissingError,
    KeyTakenError,
    RequestInProgressError,
)
from orderflow.runtime.idempotency.keys import LEASE, Fresh, IdempotencyKeys, Replay
from orderflow.runtime.idempotency.once import once, required
from orderflow.runtime.idempotency.record import Point
from orderflow.runtime.json_text import json_text
from tests.support.frozen import FrozenClock
from tests.support.idempotency import CREATED, InMemoryRecords, asked, keys_on


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def records() -> InMemoryRecords:
    return InMemoryRecords()


@pytest.fixture
def keys(records: InMemoryRecords, clock: FrozenClock) -> IdempotencyKeys:
    return keys_on(records, clock)


def begun(keys: IdempotencyKeys, *points: Point, **request: str) -> Fresh:
    fresh = keys.begin(asked(**request), *points)
    assert isinstance(fresh, Fresh)
    return fresh


def test_rule_1_a_request_without_a_key_is_refused_with_the_headers_name() -> None:
    with pytest.raises(IdempotencyKeyMissingError) as refused:
        required(None)
    assert (refused.value.http_status, refused.value.details[0]["field"]) == (400, "Idempotency-Key")
    assert required("key-1") == "key-1"


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "a\n", "x" * 256, "a\x7f"])
def test_rule_1_a_key_that_is_no_key_is_refused_with_the_headers_name(key: str) -> None:
    with pytest.raises(IdempotencyKeyMalformedError) as refused:
        once("customer-1", "POST /things", key, {})
    assert (refused.value.http_status, refused.value.details[0]["field"]) == (400, "Idempotency-Key")


def test_a_key_is_its_callers_and_its_paths() -> None:
    scopes = [("u", "p", "k"), ("v", "p", "k"), ("u", "q", "k"), ("u", "p", "l"), ("u", "pk", ""), ("up", "", "k")]
    assert len({once(caller, path, f"{key}-", {}).id for caller, path, key in scopes}) == len(scopes)


def test_rule_2_the_same_key_and_body_get_the_first_answer_without_a_second_effect(
    keys: IdempotencyKeys, records: InMemoryRecords
) -> None:
    # Given a request that was answered, in one transaction and by way of a lease
    records.save(keys.fresh(asked("a")).finished(CREATED, Point("thing", {"thingId": "thing-1"})))
    keys.save(begun(keys, key="b").finished(CREATED))
    for key in "ab":
        # When it is repeated
        replay = keys.begin(asked(key))
        # Then
        assert isinstance(replay, Replay)
        assert replay.answer == CREATED
        assert keys.earlier(asked(key)) == keys.taken(asked(key)) == replay
        with pytest.raises(KeyTakenError):
            records.save(keys.fresh(asked(key)).finished(CREATED))


def test_rule_2_a_replay_says_so_and_brings_what_the_first_left_to_be_looked_at(
    keys: IdempotencyKeys, records: InMemoryRecords
) -> None:
    records.save(keys.fresh(asked()).finished(CREATED, Point("thing", {"thingId": "thing-1"})))
    replay = keys.taken(asked())
    assert replay.answer.replayed_headers == {"Location": "/things/thing-1", "Idempotent-Replayed": "true"}
    assert replay.point("thing") == Point("thing", {"thingId": "thing-1"})
    assert replay.point("other") is None


def test_rule_2_a_refusal_that_is_final_is_an_answer_too(keys: IdempotencyKeys) -> None:
    declined = Answer(402, json_text({"code": "PAYMENT_DECLINED"}))
    keys.save(begun(keys).finished(declined))
    assert keys.begin(asked()) == Replay(declined)


def test_rule_3_another_body_under_the_key_is_a_conflict_while_it_runs_and_afterwards(
    keys: IdempotencyKeys, clock: FrozenClock
) -> None:
    fresh = begun(keys)
    for _ in ("while it runs", "after its lease"):
        for ask in (keys.begin, keys.earlier, keys.taken):
            with pytest.raises(IdempotencyConflictError) as refused:
                ask(asked(body="two"))
            assert refused.value.http_status == 422
        clock.advance(hours=1)
    keys.save(fresh.finished(CREATED))
    with pytest.raises(IdempotencyConflictError):
        keys.begin(asked(body="two"))


def test_rule_4_a_repeat_while_the_first_runs_is_told_to_wait(keys: IdempotencyKeys, clock: FrozenClock) -> None:
    begun(keys)
    clock.advance(seconds=LEASE.total_seconds() - 1)
    for ask in (keys.begin, keys.earlier, keys.taken):
        with pytest.raises(RequestInProgressError) as refused:
            ask(asked())
        assert (refused.value.http_status, refused.value.retry_after_seconds) == (409, 1)


def test_rule_4_a_repeat_that_meets_a_write_it_cannot_see_yet_is_told_to_wait(keys: IdempotencyKeys) -> None:
    with pytest.raises(RequestInProgressError):
        keys.taken(asked())


@pytest.mark.parametrize("status", [500, 502, 503, 599])
def test_rule_5_a_5xx_is_never_kept(status: int) -> None:
    with pytest.raises(ValueError, match=f"a {status} is never kept"):
        Answer(status, json_text({}))


def test_rule_5_after_a_release_the_repeat_goes_on_at_once_from_the_last_point(keys: IdempotencyKeys) -> None:
    fresh = keys.save(begun(keys, Point("asked", {"orderId": "o-1"})).reached("charging", attempt=1))
    keys.release(fresh)
    again = begun(keys)
    assert [point.name for point in again.points] == ["asked", "charging"]
    assert keys.save(again.finished(CREATED)).record.answer == CREATED


def test_rule_5_a_release_that_cannot_be_written_hides_no_error_and_is_left_to_the_lease(
    keys: IdempotencyKeys, records: InMemoryRecords, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = begun(keys)
    monkeypatch.setattr(records, "save", _unavailable)
    keys.release(fresh)
    monkeypatch.undo()
    with pytest.raises(RequestInProgressError):
        keys.begin(asked())
    clock.advance(seconds=LEASE.total_seconds() + 1)
    begun(keys)


def test_rule_5_a_release_by_who_was_taken_over_from_releases_nobody_else(
    keys: IdempotencyKeys, clock: FrozenClock
) -> None:
    first = begun(keys)
    clock.advance(minutes=1)
    begun(keys)
    keys.release(first)
    with pytest.raises(RequestInProgressError):
        keys.begin(asked())


@pytest.mark.parametrize(("hours", "is_kept"), [(23.99, True), (24, False)])
def test_rule_6_an_answer_is_kept_for_24_hours_from_when_it_was_given(
    keys: IdempotencyKeys, clock: FrozenClock, hours: float, is_kept: bool
) -> None:
    fresh = begun(keys)
    clock.advance(hours=1)
    keys.save(fresh.finished(CREATED))
    clock.advance(hours=hours)
    assert isinstance(keys.begin(asked()), Replay) is is_kept


def test_rule_9_until_the_write_with_the_answer_nothing_is_on_record(
    keys: IdempotencyKeys, records: InMemoryRecords
) -> None:
    fresh = keys.fresh(asked())
    fresh.finished(CREATED)
    assert records.kept == {}
    assert keys.earlier(asked()) is None


def test_rule_9_who_takes_over_gets_the_points_and_who_was_taken_over_from_can_write_no_more(
    keys: IdempotencyKeys, records: InMemoryRecords, clock: FrozenClock
) -> None:
    # Given a holder who is slower than its lease
    slow = keys.save(begun(keys).reached("claimed", orderId="o-1"))
    clock.advance(seconds=LEASE.total_seconds() + 1)
    # When another takes over
    second = begun(keys)
    # Then
    assert second.point("claimed") == Point("claimed", {"orderId": "o-1"})
    for write in (slow.reached("charged"), slow.finished(CREATED), slow.released()):
        with pytest.raises(KeyTakenError):
            records.save(write)
    done = keys.save(second.finished(CREATED))
    assert done.record.fence == slow.record.fence + 2
    assert keys.taken(asked()).answer == CREATED


def test_rule_9_a_holder_who_was_slow_and_not_taken_over_from_may_finish(
    keys: IdempotencyKeys, clock: FrozenClock
) -> None:
    slow = begun(keys)
    clock.advance(minutes=10)
    assert keys.earlier(asked()) is None
    keys.save(slow.finished(CREATED))
    assert keys.taken(asked()).answer == CREATED


def test_rule_9_a_point_that_comes_between_reading_and_taking_over_is_not_lost(
    keys: IdempotencyKeys, records: InMemoryRecords, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a slow holder, who records a charge just after the other has read the key
    slow = begun(keys)
    clock.advance(minutes=1)
    charged = slow.reached("charged", reference="ch_1")
    find = records.find

    def find_and_be_overtaken(once_id: str) -> object:
        found = find(once_id)
        records.save(charged)
        return found

    monkeypatch.setattr(records, "find", find_and_be_overtaken)
    # When, then
    with pytest.raises(RequestInProgressError):
        keys.begin(asked())
    monkeypatch.undo()
    assert begun(keys).point("charged") == Point("charged", {"reference": "ch_1"})


def test_rule_9_of_several_points_of_one_name_the_newest_counts(keys: IdempotencyKeys) -> None:
    fresh = keys.save(keys.save(begun(keys).reached("charging", attempt=1)).reached("charging", attempt=2))
    assert fresh.point("charging") == Point("charging", {"attempt": 2})
    assert len(fresh.points) == 2


def test_rule_9_a_point_in_another_transaction_is_gone_on_from(keys: IdempotencyKeys, records: InMemoryRecords) -> None:
    fresh = begun(keys)
    write = fresh.reached("claimed", version=7)
    records.save(write)  # as the business store does
    keys.save(fresh.after(write).finished(CREATED))
    assert keys.taken(asked()).point("claimed") == Point("claimed", {"version": 7})


def test_the_points_of_a_new_key_are_recorded_with_its_lease(
    keys: IdempotencyKeys, records: InMemoryRecords, clock: FrozenClock
) -> None:
    begun(keys, Point("asked", {"token": "reference"}))
    assert records.kept[asked().id].fence == 1
    clock.advance(minutes=1)
    again = begun(keys, Point("asked", {"token": "another"}))
    assert again.points == (Point("asked", {"token": "reference"}),)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["begin", "reach", "finish", "release"]),
        st.integers(0, 2),  # who
        st.sampled_from([0, 0, 0, 20, 40, 90_000]),  # seconds before it
    ),
    max_size=20,
)


@given(STEPS)
def test_whoever_does_what_and_when_a_key_has_one_writer_and_one_answer_a_day(
    steps: list[tuple[str, int, int]],
) -> None:
    records, clock = InMemoryRecords(), FrozenClock()
    keys = keys_on(records, clock)
    holders: dict[int, Fresh] = {}
    answered: Answer | None = None
    answered_at = clock()
    for action, who, pause in steps:
        clock.advance(seconds=pause)
        if answered and (clock() - answered_at).total_seconds() >= 86_400:
            answered = None
        stored = records.kept.get(asked().id)
        if action == "begin":
            try:
                got = keys.begin(asked())
            except RequestInProgressError:
                assert stored is not None
                assert stored.leased_until > clock().timestamp()
                continue
            assert (answered is None) == isinstance(got, Fresh)
            if isinstance(got, Replay):
                assert got.answer == answered
            else:
                holders[who] = got
            continue
        if who not in holders:
            continue
        mine = holders[who]
        answer = dataclasses.replace(CREATED, headers={"By": str(who)})
        write = {"reach": mine.reached("point", who=who), "finish": mine.finished(answer)}.get(action, mine.released())
        if stored == mine.record:
            holders[who] = keys.save(write)
            if action == "finish":
                answered, answered_at = answer, clock().replace(microsecond=0)
                del holders[who]
        else:
            with pytest.raises(KeyTakenError):
                keys.save(write)


def _unavailable(_write: object) -> None:
    raise StoreUnavailableError("try again")
