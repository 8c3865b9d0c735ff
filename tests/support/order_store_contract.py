"""What every store of orders promises; run on the one in memory and on DynamoDB. `store` is a fixture of the user."""

from datetime import timedelta
from typing import Any

import pytest

from orderflow.orders.order import OrderLine
from orderflow.orders.status import OrderStatus
from orderflow.runtime.idempotency.errors import KeyTakenError
from tests.support.frozen import START, FrozenClock
from tests.support.orders import answered, new_order

FIRST, SECOND, THIRD = (f"01JFR0ZEN0000000000000000{n}" for n in (1, 2, 3))


class OrderStoreContract:
    """Inherit it and give a `store` that is both intake's store and the order store."""

    def test_a_stored_order_is_found_as_it_was(self, store: Any) -> None:
        new = new_order(FIRST)
        store.add(new)
        assert (store.find(FIRST), store.status(FIRST)) == (new.order, OrderStatus.PENDING)

    def test_an_order_of_a_checkout_is_found_with_its_discounts_and_taxes(self, store: Any) -> None:
        line = OrderLine("ITEM001", "The ITEM001", 2, 1999, discount=400, tax=300)
        new = new_order(FIRST, lines=(line,), shipping=490, tax=320, discount=890)
        store.add(new)
        assert store.find(FIRST) == new.order

    def test_an_order_that_is_not_there_is_none(self, store: Any) -> None:
        assert (store.find(FIRST), store.status(FIRST)) == (None, None)

    def test_adding_an_order_again_leaves_the_first_untouched(self, store: Any) -> None:
        store.add(new_order(FIRST))
        store.add(new_order(FIRST, user_id="somebody-else"))
        assert store.find(FIRST) == new_order(FIRST).order

    def test_an_order_and_its_key_are_stored_together(self, store: Any) -> None:
        new, key = new_order(FIRST), answered("key")
        store.add_once(new, key)
        assert (store.find(FIRST), store.records.find(key.after.once.id)) == (new.order, key.after)

    def test_a_second_order_for_one_key_is_refused_and_writes_nothing(self, store: Any) -> None:
        first = answered("key")
        store.add_once(new_order(FIRST), first)
        with pytest.raises(KeyTakenError):
            store.add_once(new_order(SECOND), answered("key", FrozenClock(START + timedelta(hours=23))))
        assert (store.find(SECOND), store.records.find(first.after.once.id)) == (None, first.after)

    def test_an_expired_key_gives_way_though_it_is_still_there(self, store: Any) -> None:
        store.add_once(new_order(FIRST), answered("key"))
        second = answered("key", FrozenClock(START + timedelta(hours=24)))
        store.add_once(new_order(SECOND), second)
        assert store.records.find(second.after.once.id) == second.after
        assert store.find(FIRST) is not None
        assert store.find(SECOND) is not None

    def test_another_key_gives_another_order(self, store: Any) -> None:
        for order_id, key in ((FIRST, "a"), (SECOND, "b")):
            store.add_once(new_order(order_id), answered(key))
        assert store.find(FIRST) is not None
        assert store.find(SECOND) is not None

    def test_pages_are_newest_first_and_the_last_one_says_so(self, store: Any) -> None:
        for order_id in (SECOND, FIRST, THIRD):
            store.add(new_order(order_id))
        newest, before = store.page("customer-1", None, 2, None)
        oldest, end = store.page("customer-1", None, 2, before)
        assert [order.order_id for order in newest + oldest] == [THIRD, SECOND, FIRST]
        assert end is None

    def test_a_page_that_holds_exactly_the_rest_is_the_last(self, store: Any) -> None:
        store.add(new_order(FIRST))
        assert store.page("customer-1", None, 1, None) == ([new_order(FIRST).order], None)

    def test_a_page_holds_one_customers_orders_only(self, store: Any) -> None:
        store.add(new_order(FIRST))
        store.add(new_order(SECOND, user_id="customer-2"))
        assert store.page("customer-2", None, 20, None) == ([new_order(SECOND, user_id="customer-2").order], None)

    def test_a_page_of_a_status_holds_no_other(self, store: Any) -> None:
        for order_id, status in ((FIRST, "FAILED"), (SECOND, "PENDING"), (THIRD, "FAILED")):
            store.add(new_order(order_id, status=OrderStatus(status)))
        newest, before = store.page("customer-1", OrderStatus.FAILED, 1, None)
        oldest, end = store.page("customer-1", OrderStatus.FAILED, 1, before)
        assert [order.order_id for order in newest + oldest] == [THIRD, FIRST]
        assert end is None
