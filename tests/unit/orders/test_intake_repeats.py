"""A repeated request gives one order, whatever died, was lost or came in between."""

import dataclasses
import json
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.catalog.errors import UnknownProductError
from orderflow.orders.errors import OrderNotQueuedError, PriceMismatchError, QueueUnavailableError
from orderflow.orders.intake import Accepted, NewOrder
from orderflow.orders.pricing import RequestedLine
from orderflow.orders.status import OrderStatus
from orderflow.runtime.dynamo import StoreUnavailableError
from orderflow.runtime.idempotency.errors import IdempotencyConflictError, KeyTakenError, RequestInProgressError
from tests.support.crashes import ProcessDied, Trap, every_trap, raising
from tests.support.orders import CUSTOMER, STRANGER, InMemoryShop, keyed, order_request


@pytest.fixture
def shop() -> InMemoryShop:
    return InMemoryShop()


def place(shop: InMemoryShop, key: str = "key", trap: Trap | None = None, **given_) -> Accepted:
    request = given_.pop("request", order_request())
    caller = given_.pop("caller", CUSTOMER)
    return shop.intake(trap).place_order(
        request, caller, once=keyed(key, caller=caller, **given_), correlation_id=f"correlation-{len(shop.ids.made)}"
    )


def test_the_same_key_and_body_give_the_first_answer_again(shop: InMemoryShop) -> None:
    first, again = place(shop), place(shop)
    assert again == dataclasses.replace(first, replayed=True)
    assert shop.order_ids == [first.order_id]


def test_the_same_key_with_another_body_is_refused(shop: InMemoryShop) -> None:
    first = place(shop)
    with pytest.raises(IdempotencyConflictError) as refused:
        place(shop, body="two ITEM001")
    assert (refused.value.http_status, refused.value.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert shop.order_ids == [first.order_id]


def test_two_customers_may_choose_the_same_key(shop: InMemoryShop) -> None:
    mine, theirs = place(shop), place(shop, caller=STRANGER)
    assert mine.order_id != theirs.order_id
    assert not theirs.replayed


def test_without_a_key_two_equal_requests_are_two_orders(shop: InMemoryShop) -> None:
    for _ in range(2):
        shop.intake().place_order(order_request(), CUSTOMER, correlation_id="c")
    assert len(shop.order_ids) == 2


@pytest.mark.parametrize(("hours", "orders"), [(23.99, 1), (24, 2)])
def test_an_answer_is_kept_for_24_hours_and_no_longer_though_its_record_is_still_there(
    shop: InMemoryShop, hours: float, orders: int
) -> None:
    place(shop)
    shop.clock.advance(hours=hours)
    place(shop)
    assert len(shop.order_ids) == orders


def test_a_repeat_is_answered_though_the_price_or_the_product_has_gone(shop: InMemoryShop) -> None:
    request = dataclasses.replace(order_request(), lines=(RequestedLine("ITEM001", 1, unit_price=1999),))
    first = place(shop, request=request)
    shop.prices.prices["ITEM001"] = 2099
    assert place(shop, request=request) == dataclasses.replace(first, replayed=True)
    del shop.prices.prices["ITEM001"]
    assert place(shop, request=request).order_id == first.order_id
    with pytest.raises(UnknownProductError):
        place(shop, "another-key", request=request)


def test_an_answer_older_than_24_hours_does_not_hide_a_changed_price(shop: InMemoryShop) -> None:
    request = dataclasses.replace(order_request(), lines=(RequestedLine("ITEM001", 1, unit_price=1999),))
    place(shop, request=request)
    shop.prices.prices["ITEM001"] = 2099
    shop.clock.advance(hours=24)
    with pytest.raises(PriceMismatchError):
        place(shop, request=request)


def test_a_refused_request_leaves_its_key_free(shop: InMemoryShop) -> None:
    request = dataclasses.replace(order_request(), lines=(RequestedLine("ITEM001", 1, unit_price=1),))
    with pytest.raises(PriceMismatchError):
        place(shop, request=request)
    assert place(shop).replayed is False


def test_a_repeat_queues_an_order_that_still_waits_under_its_first_correlation_id(shop: InMemoryShop) -> None:
    shop.queue.down = True
    with pytest.raises(OrderNotQueuedError):
        place(shop)
    shop.queue.down = False
    assert place(shop).replayed
    assert [(m.order_id, m.correlation_id) for m in shop.queue.messages] == [(shop.order_ids[0], "correlation-0")]


def test_a_repeat_does_not_queue_an_order_that_moved_on(shop: InMemoryShop) -> None:
    first = place(shop)
    new = shop.store.orders[first.order_id]
    moved = dataclasses.replace(new.order, status=OrderStatus.CONFIRMED)
    shop.store.orders[first.order_id] = NewOrder(moved, new.correlation_id, new.payment_token)
    assert json.loads(place(shop).answer.body)["status"] == "PENDING"
    assert shop.queued_ids == [first.order_id]


@pytest.mark.parametrize("error", [ProcessDied, StoreUnavailableError, QueueUnavailableError])
def test_dying_or_losing_an_answer_at_any_call_and_repeating_gives_one_queued_order(
    error: type[BaseException],
) -> None:
    shop = InMemoryShop()
    seen = 0

    def run(trap: Trap) -> None:
        nonlocal shop
        shop = InMemoryShop()
        place(shop, trap=trap)

    args = () if error is ProcessDied else ("try again",)
    for _ in every_trap(raising(error, *args), run, error, OrderNotQueuedError):
        # When the client repeats
        answers = [place(shop), place(shop)]
        # Then there is one order, and its message
        assert [answer.order_id for answer in answers] == [shop.order_ids[0]] * 2
        assert len(shop.order_ids) == 1
        assert set(shop.queued_ids) == set(shop.order_ids)
        seen += 1
    assert seen == 6  # before and after: prices, write, message


def test_a_repeat_between_any_two_calls_of_the_first_request_gives_one_order() -> None:
    shop, answers = InMemoryShop(), []

    def run(trap: Trap) -> None:
        nonlocal shop, answers
        shop, answers = InMemoryShop(), []
        trap.action = lambda: answers.append(place(shop))
        answers.append(place(shop, trap=trap))

    seen = 0
    for _ in every_trap(lambda: None, run):
        assert len(answers) == 2
        assert {answer.order_id for answer in answers} == set(shop.order_ids)
        assert len(shop.order_ids) == 1
        seen += 1
    assert seen >= 6


def test_a_repeat_while_the_first_is_being_written_is_told_to_wait(
    shop: InMemoryShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.store, "add_once", raising_any(KeyTakenError))
    with pytest.raises(RequestInProgressError) as refused:
        place(shop)
    assert (refused.value.http_status, refused.value.retry_after_seconds) == (409, 1)


def test_a_repeat_that_lost_the_race_gives_the_winners_answer(
    shop: InMemoryShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = place(shop)
    monkeypatch.setattr(shop.store, "add_once", raising_any(KeyTakenError))
    assert place(shop).order_id == first.order_id


STEPS = st.lists(
    st.tuples(
        st.sampled_from("ab"),  # key
        st.sampled_from(["one", "two"]),  # body
        st.integers(-1, 5),  # where it dies
        st.booleans(),  # before or after
        st.sampled_from([0, 0, 0, 3600, 90_000]),  # seconds until the next
    ),
    max_size=12,
)


@given(STEPS)
def test_any_interleaving_of_repeats_deaths_and_waits_gives_one_order_for_each_key_and_day(steps: list) -> None:
    shop = InMemoryShop()
    written: dict[str, tuple[str, object]] = {}  # key -> (body, when), as a reader of the rule would keep it
    expected = 0
    for key, body, at, after, pause in steps:
        current = written.get(key)
        fresh = current is None or shop.clock() >= current[1] + timedelta(hours=24)
        orders_before = len(shop.order_ids)
        with suppress(ProcessDied, IdempotencyConflictError):
            accepted = place(shop, key, Trap(raising(ProcessDied), at, after), body=body)
            assert accepted.replayed == (not fresh)
            assert fresh or current[0] == body
            assert accepted.order_id in shop.queued_ids
        if len(shop.order_ids) > orders_before:
            assert fresh
            expected += 1
            written[key] = (body, shop.clock.now.replace(microsecond=0))
        shop.clock.advance(seconds=pause)
    assert len(shop.order_ids) == expected


def raising_any(error: type[Exception]):
    def function(*_args, **_kwargs):
        raise error

    return function
