"""Another address: only while nothing has left the shop, only on what was read, and it moves nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest

from orderflow.checkout.pricing.ordering import priced_region
from orderflow.checkout.pricing.table_files import tables
from orderflow.orders.cancelling import OrderMovedError
from orderflow.orders.errors import (
    DestinationPricedError,
    IllegalActionError,
    OrderBusyError,
    OrderNotFoundError,
    OrderVersionConflictError,
)
from orderflow.orders.order import Address, Order
from orderflow.orders.readdressing import change_address
from orderflow.orders.status import READDRESSABLE, OrderStatus
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso
from tests.support.frozen import FrozenClock
from tests.support.orders import ADDRESS, ADMIN, CUSTOMER, STRANGER, order

ELSEWHERE = Address("Am Markt 1", "Jena", "07743", "DE")
CLOSED = tuple(status for status in OrderStatus if status not in READDRESSABLE)


@dataclass
class OneOrder:
    """An order's row, written on its version only; `meanwhile` happens between the reading and the writing."""

    row: Order = field(default_factory=lambda: order(status=OrderStatus.CONFIRMED, version=3))
    meanwhile: Callable[["OneOrder"], None] = lambda _: None
    writes: int = 0

    def find(self, order_id: str) -> Order | None:
        return self.row if order_id == self.row.order_id else None

    def page(self, *_: Any) -> Any:
        raise AssertionError("changing an address lists no orders")

    def readdress(self, before: Order, after: Order, at: datetime) -> None:
        assert after.updated_at == iso(at)
        self.meanwhile(self)
        if self.row.version != before.version:
            raise OrderMovedError
        self.row, self.writes = after, self.writes + 1

    def change(self, version: int = 3, caller: Caller = CUSTOMER, address: Address = ELSEWHERE, **given: Any) -> Order:
        """Ask for another address."""
        order_id = given.get("order_id", self.row.order_id)
        return change_address(
            order_id,
            caller,
            version,
            address,
            orders=self,
            store=self,
            priced_region=lambda place: priced_region(place, tables("default").tax),
            clock=FrozenClock(),
        )


def moves_to(status: OrderStatus) -> Callable[[OneOrder], None]:
    """Return what moves the order, once, before the write arrives."""

    def move(one: OneOrder) -> None:
        one.row = replace(one.row, status=status, version=one.row.version + 1)
        one.meanwhile = lambda _: None

    return move


@pytest.mark.parametrize("caller", [CUSTOMER, ADMIN])
@pytest.mark.parametrize("status", READDRESSABLE)
def test_its_owner_and_administrators_send_an_order_elsewhere_and_it_stays_where_it_is(
    status: OrderStatus, caller: Caller
) -> None:
    one = OneOrder(order(status=status, version=3))
    before = one.row
    changed = one.change(caller=caller)
    assert changed == one.row
    assert changed == replace(before, shipping_address=ELSEWHERE, version=4, updated_at=iso(FrozenClock()()))


@pytest.mark.parametrize("status", CLOSED)
def test_an_order_that_is_shipped_or_has_ended_keeps_its_address_whatever_the_version(status: OrderStatus) -> None:
    one = OneOrder(order(status=status, version=3))
    for version in (2, 3):
        with pytest.raises(IllegalActionError) as refusal:
            one.change(version)
        assert refusal.value.details[0] == {"field": "status", "issue": f"is {status.value}"}
    assert (one.row.shipping_address, one.writes) == (ADDRESS, 0)


@pytest.mark.parametrize("version", [1, 2, 4])
def test_another_version_than_the_orders_is_refused_with_the_present_one(version: int) -> None:
    one = OneOrder()
    with pytest.raises(OrderVersionConflictError) as refusal:
        one.change(version)
    assert (refusal.value.current, one.writes) == (3, 0)
    assert refusal.value.details == ({"field": "version", "issue": "is 3 now"},)


def test_a_change_that_is_repeated_is_told_the_version_it_made() -> None:
    one = OneOrder()
    changed = one.change()
    with pytest.raises(OrderVersionConflictError) as refusal:
        one.change()
    assert (refusal.value.current, one.writes) == (changed.version, 1)


def test_the_address_that_the_order_has_already_writes_nothing() -> None:
    one = OneOrder()
    assert one.change(address=ADDRESS) == OneOrder().row
    assert one.writes == 0


@pytest.mark.parametrize(
    ("caller", "order_id"),
    [(STRANGER, order().order_id), (CUSTOMER, "01JFR0ZEN00000000000000009"), (ADMIN, "nonsense")],
)
def test_a_strangers_order_and_one_that_is_not_there_are_not_found(caller: Caller, order_id: str) -> None:
    one = OneOrder()
    with pytest.raises(OrderNotFoundError):
        one.change(caller=caller, order_id=order_id)
    assert one.writes == 0


def test_whoever_is_overtaken_by_the_workflow_is_told_the_new_version_and_may_ask_again() -> None:
    # Given an order that its workflow confirms between the reading and the writing
    one = OneOrder(order(status=OrderStatus.PROCESSING, version=2), moves_to(OrderStatus.CONFIRMED))
    # When
    with pytest.raises(OrderVersionConflictError) as refusal:
        one.change(2)
    # Then
    assert (refusal.value.current, one.row.status, one.row.shipping_address) == (3, OrderStatus.CONFIRMED, ADDRESS)
    assert one.change(refusal.value.current).shipping_address == ELSEWHERE


@pytest.mark.parametrize("status", CLOSED)
def test_whoever_is_overtaken_by_a_shipment_or_an_end_is_told_that_it_is_too_late(status: OrderStatus) -> None:
    one = OneOrder(meanwhile=moves_to(status))
    with pytest.raises(IllegalActionError):
        one.change()
    assert (one.row.status, one.row.shipping_address, one.writes) == (status, ADDRESS, 0)


def test_of_two_changes_at_once_the_first_counts_and_the_second_is_told() -> None:
    one = OneOrder()
    first = Address("Holzmarkt 2", "Jena", "07743", "DE")

    def overtake(_: OneOrder) -> None:
        one.meanwhile = lambda _: None
        one.change(caller=ADMIN, address=first)

    one.meanwhile = overtake
    with pytest.raises(OrderVersionConflictError):
        one.change()
    assert (one.row.shipping_address, one.row.version) == (first, 4)


def test_a_store_that_refuses_for_ever_is_not_asked_for_ever() -> None:
    one = OneOrder()

    def refuse(_: OneOrder) -> None:
        raise OrderMovedError

    one.meanwhile = refuse
    with pytest.raises(OrderBusyError):
        one.change()
    assert one.row.shipping_address == ADDRESS


def priced_for(city: str, country: str) -> OneOrder:
    """Return an order of a checkout session, which paid the shipping and the tax of its address."""
    there = Address("1 Main St", city, "97201", country)
    kept = order(status=OrderStatus.CONFIRMED, version=3, checkout_session_id="cs_1", shipping_address=there)
    return OneOrder(kept)


@pytest.mark.parametrize(
    ("paid_for", "asked", "field", "issue"),
    [
        (("Berlin, BE", "DE"), ("Wien", "AT"), "country", "must stay DE"),
        (("Portland, OR", "US"), ("Toronto, ON", "CA"), "country", "must stay US"),
        (("Portland, OR", "US"), ("Seattle, WA", "US"), "city", "must end with its region as before: ', OR'"),
        (("Toronto, CA-ON", "CA"), ("Halifax, NS", "CA"), "city", "must end with its region as before: ', ON'"),
        # Without one nobody knows what the tax would be.
        (("Portland, OR", "US"), ("Portland", "US"), "city", "must end with its region as before: ', OR'"),
    ],
)
def test_what_was_priced_for_a_country_or_a_region_is_sent_to_no_other(
    paid_for: tuple[str, str], asked: tuple[str, str], field: str, issue: str
) -> None:
    one = priced_for(*paid_for)
    before = one.row
    with pytest.raises(DestinationPricedError) as refusal:
        one.change(caller=ADMIN, address=Address("2 Oak St", asked[0], "10117", asked[1]))
    assert refusal.value.details == ({"field": f"shippingAddress.{field}", "issue": issue},)
    assert (one.row, one.writes) == (before, 0)


@pytest.mark.parametrize(
    ("paid_for", "asked"),
    [
        (("Portland, OR", "US"), ("Salem, or", "US")),
        (("Portland, OR", "US"), ("Salem, US-OR", "US")),
        # Germany taxes all its regions alike.
        (("Berlin, BE", "DE"), ("Jena", "DE")),
    ],
)
def test_what_costs_the_same_elsewhere_is_sent_there(paid_for: tuple[str, str], asked: tuple[str, str]) -> None:
    elsewhere = Address("2 Oak St", asked[0], "97301", asked[1])
    assert priced_for(*paid_for).change(caller=ADMIN, address=elsewhere).shipping_address == elsewhere


def test_an_order_of_no_checkout_goes_to_another_country_as_before() -> None:
    abroad = Address("Ring 1", "Wien", "1010", "AT")
    assert OneOrder().change(address=abroad).shipping_address == abroad
