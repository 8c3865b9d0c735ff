"""Placing an order: whose it is, how it is paid, what is stored and queued."""

import dataclasses

import pytest

from orderflow.orders.errors import (
    ForeignOrdersError,
    OrderNotQueuedError,
    OrderTooLargeError,
    PaymentMethodMissingError,
)
from orderflow.orders.intake import Accepted, Charges, OrderRequest
from orderflow.orders.limits import MAX_TOTAL
from orderflow.orders.order import HistoryEntry
from orderflow.orders.pricing import RequestedLine
from orderflow.orders.status import OrderStatus
from orderflow.orders.workflow_start import QueuedOrder
from orderflow.runtime.idempotency.answer import Answer
from orderflow.runtime.json_text import JsonText
from tests.support.orders import ADDRESS, ADMIN, CUSTOMER, InMemoryShop, keyed, order_request


@pytest.fixture
def shop() -> InMemoryShop:
    return InMemoryShop()


def test_an_accepted_order_is_stored_pending_with_the_servers_prices_and_queued(shop: InMemoryShop) -> None:
    # When
    accepted = shop.intake().place_order(
        order_request(("ITEM001", 1), ("ITEM002", 2)), CUSTOMER, correlation_id="correlation-1"
    )
    # Then
    order_id = shop.ids.made[0]
    body = f'{{"orderId":"{order_id}","status":"PENDING","total":3499,"currency":"EUR"}}'
    answer = Answer(202, JsonText(body), {"Location": f"/orders/{order_id}"})
    assert accepted == Accepted(order_id, 3499, "EUR", answer, replayed=False)
    new = shop.store.orders[order_id]
    assert (new.order.user_id, new.order.status, new.order.version) == ("customer-1", OrderStatus.PENDING, 1)
    assert new.order.history == (HistoryEntry(OrderStatus.PENDING, "2026-01-02T03:04:05.678Z", "customer"),)
    assert new.order.shipping_address == ADDRESS
    assert shop.queue.messages == [QueuedOrder(order_id, "correlation-1")]


CHECKOUT_LINE = RequestedLine("ITEM001", 2, unit_price=1999, discount=400, tax=261)


def test_an_order_of_a_checkout_carries_exactly_its_totals(shop: InMemoryShop) -> None:
    # Given a line less 4.00 with 2.61 of tax, and shipping for 4.90 less 0.90 with 0.29 of tax
    request = OrderRequest((CHECKOUT_LINE,), ADDRESS, charges=Charges(shipping=490, tax=290, discount=490))
    # When
    accepted = shop.intake().place_order(request, CUSTOMER, correlation_id="c")
    # Then
    order = shop.store.orders[accepted.order_id].order
    assert accepted.total == order.total == 3998 - 490 + 490 + 290
    assert (order.subtotal, order.shipping, order.tax, order.discount) == (3998, 490, 290, 490)
    assert (order.lines[0].discount, order.lines[0].tax, order.lines[0].paid) == (400, 261, 3859)


@pytest.mark.parametrize(
    ("line", "charges"),
    [
        ({}, Charges(shipping=490, tax=290, discount=891)),  # more off the shipping than it costs
        ({}, Charges(shipping=490, tax=290, discount=399)),  # less than off the line
        ({}, Charges(shipping=490, tax=260, discount=400)),  # less than on the line
        ({}, Charges(shipping=-1, tax=261, discount=400)),
        ({"discount": 3999}, Charges(tax=261, discount=3999)),
        ({"discount": -1}, Charges(tax=261, shipping=1)),
        ({"tax": -1}, Charges(discount=400)),
    ],
)
def test_charges_that_do_not_add_up_are_a_defect_and_leave_nothing(
    shop: InMemoryShop, line: dict[str, int], charges: Charges
) -> None:
    request = OrderRequest((dataclasses.replace(CHECKOUT_LINE, **line),), ADDRESS, charges=charges)
    with pytest.raises(ValueError, match="do not add up"):
        shop.intake().place_order(request, CUSTOMER, correlation_id="c")
    assert shop.order_ids == []


def test_a_total_above_what_one_payment_carries_is_refused_with_its_charges(shop: InMemoryShop) -> None:
    most = OrderRequest((RequestedLine("ITEM001", 1),), ADDRESS, charges=Charges(shipping=MAX_TOTAL - 1999))
    assert shop.intake().place_order(most, CUSTOMER, correlation_id="c").total == MAX_TOTAL
    above = dataclasses.replace(most, charges=Charges(shipping=MAX_TOTAL - 1998))
    with pytest.raises(OrderTooLargeError):
        shop.intake().place_order(above, CUSTOMER, correlation_id="c")


def test_an_order_for_another_user_is_refused_and_leaves_nothing(shop: InMemoryShop) -> None:
    with pytest.raises(ForeignOrdersError):
        shop.intake().place_order(order_request(user_id="customer-2"), CUSTOMER, correlation_id="c")
    assert (shop.order_ids, shop.queued_ids) == ([], [])


def test_naming_oneself_changes_nothing(shop: InMemoryShop) -> None:
    shop.intake().place_order(order_request(user_id=CUSTOMER.user_id), CUSTOMER, correlation_id="c")
    assert shop.store.orders[shop.ids.made[0]].order.user_id == CUSTOMER.user_id


def test_an_administrator_may_order_for_a_customer_and_the_history_says_so(shop: InMemoryShop) -> None:
    shop.intake().place_order(order_request(user_id="customer-2"), ADMIN, correlation_id="c")
    placed = shop.store.orders[shop.ids.made[0]].order
    assert (placed.user_id, placed.history[0].by) == ("customer-2", "admin")


@pytest.mark.parametrize(
    ("sent", "default", "used"),
    [("tok_1", None, "tok_1"), ("tok_1", "sandbox_approve", "tok_1"), (None, "sandbox_approve", "sandbox_approve")],
)
def test_the_clients_payment_token_comes_before_the_environments(
    shop: InMemoryShop, sent: str | None, default: str | None, used: str
) -> None:
    intake = shop.intake(default_payment_token=default)
    intake.place_order(order_request(payment_token=sent), CUSTOMER, correlation_id="c")
    assert shop.store.orders[shop.ids.made[0]].payment_token == used


def test_an_order_without_a_way_to_pay_is_a_400_where_there_is_no_default(shop: InMemoryShop) -> None:
    with pytest.raises(PaymentMethodMissingError) as refused:
        shop.intake(default_payment_token=None).place_order(order_request(), CUSTOMER, correlation_id="c")
    assert (refused.value.http_status, refused.value.details[0]["field"]) == (400, "paymentMethod")
    assert shop.order_ids == []


def test_the_payment_token_never_shows_in_what_might_be_logged(shop: InMemoryShop) -> None:
    request = order_request(payment_token="tok_secret")
    shop.intake().place_order(request, CUSTOMER, correlation_id="c")
    assert "tok_secret" not in repr(request) + repr(shop.store.orders)


@pytest.mark.parametrize(("key", "advice"), [("key", "same Idempotency-Key"), (None, "do not order again")])
def test_an_order_that_could_not_be_queued_is_kept_and_the_client_told_what_to_do(
    shop: InMemoryShop, key: str | None, advice: str
) -> None:
    shop.queue.down = True
    with pytest.raises(OrderNotQueuedError) as failed:
        shop.intake().place_order(order_request(), CUSTOMER, once=keyed(key) if key else None, correlation_id="c")
    assert (failed.value.http_status, failed.value.retry_after_seconds) == (503, 2)
    assert advice in failed.value.message
    assert shop.order_ids == shop.ids.made[:1]


def test_an_ordinary_order_takes_one_read_one_write_and_one_message(shop: InMemoryShop) -> None:
    from tests.support.crashes import Trap

    for once in (None, keyed("key")):
        trap = Trap(lambda: None)
        shop.intake(trap).place_order(order_request(), CUSTOMER, once=once, correlation_id="c")
        assert trap.calls == 3


def test_a_request_says_nothing_of_who_orders_unless_asked_to() -> None:
    assert OrderRequest((), ADDRESS).user_id is None
