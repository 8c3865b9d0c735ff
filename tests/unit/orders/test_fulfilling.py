"""Shipping, delivering, taking back and refunding: what moves, what is refused, and who is told."""

import dataclasses

import pytest

from orderflow.orders import fulfilment
from orderflow.orders.errors import (
    IllegalActionError,
    NotEnoughUnitsError,
    OrderNotFoundError,
    RefundTooLargeError,
    TooManyMovementsError,
    UnknownShipmentError,
)
from orderflow.orders.fulfilling import Asked
from orderflow.orders.fulfilment import MAX_MOVEMENTS, legal_actions
from orderflow.orders.movement import MovementState
from orderflow.orders.reading import as_json
from orderflow.orders.status import OrderStatus
from orderflow.payments.payment import PaymentStatus
from orderflow.runtime.errors import ForbiddenError, InvalidRequestError
from orderflow.runtime.idempotency.errors import IdempotencyConflictError
from tests.support.fulfilment import LINES, ORDER_ID, TOTAL, Depot, Step
from tests.support.orders import ADMIN, CUSTOMER, order


@pytest.fixture
def depot() -> Depot:
    return Depot()


def test_a_shipment_without_lines_takes_everything_and_makes_reserved_units_sold(depot: Depot) -> None:
    # When
    moved = depot.ship(carrier="DHL", tracking_number="123")
    # Then
    assert moved.order.status is OrderStatus.SHIPPED
    assert (depot.counts("MUG"), depot.counts("PEN")) == ((7, 0, 3), (8, 0, 2))
    [shipment] = as_json(depot.order, ADMIN)["shipments"]
    assert shipment == {
        "shipmentId": moved.movement.movement_id,
        "lines": [{"productId": "MUG", "quantity": 3}, {"productId": "PEN", "quantity": 2}],
        "status": "SHIPPED",
        "carrier": "DHL",
        "trackingNumber": "123",
        "shippedAt": "2026-01-02T03:04:05.678Z",
    }
    depot.check_settled()


def test_partial_shipments_stay_shipped_and_each_is_in_the_history(depot: Depot) -> None:
    depot.ship(("MUG", 1))
    depot.ship(("MUG", 2), ("PEN", 1))
    order = depot.order
    assert [(entry.status.value, entry.by, entry.reason) for entry in order.history[1:]] == [
        ("SHIPPED", "admin", "SHIPMENT"),
        ("SHIPPED", "admin", "SHIPMENT"),
    ]
    assert [line["shippedQuantity"] for line in as_json(order, ADMIN)["items"]] == [3, 1]
    assert depot.counts("PEN") == (8, 1, 1)
    depot.check_settled()


def test_an_order_is_delivered_when_every_unit_is_shipped_and_every_shipment_arrived(depot: Depot) -> None:
    first = depot.ship(("MUG", 3)).movement.movement_id
    assert depot.deliver(first).order.status is OrderStatus.SHIPPED
    second = depot.ship().movement.movement_id
    assert depot.order.status is OrderStatus.SHIPPED
    assert depot.deliver(second).order.status is OrderStatus.DELIVERED
    assert [each["status"] for each in as_json(depot.order, ADMIN)["shipments"]] == ["DELIVERED", "DELIVERED"]


def test_a_delivered_shipment_delivered_again_changes_nothing_and_answers_the_same(depot: Depot) -> None:
    shipment_id = depot.delivered()
    before = depot.order
    again = depot.deliver(shipment_id)
    assert (again.replayed, again.carried_out, depot.order) == (True, False, before)


def test_an_order_is_returned_when_everything_came_back_and_only_restocked_units_are_for_sale(depot: Depot) -> None:
    depot.delivered()
    assert depot.take_back(("MUG", 1)).order.status is OrderStatus.DELIVERED
    assert depot.counts("MUG") == (8, 0, 2)
    assert depot.take_back(("MUG", 2), ("PEN", 2), restock=False).order.status is OrderStatus.RETURNED
    assert (depot.counts("MUG"), depot.counts("PEN")) == ((8, 0, 2), (8, 0, 2))
    shown = as_json(depot.order, ADMIN)
    assert [(each["restock"], each["status"]) for each in shown["returns"]] == [(True, "DONE"), (False, "DONE")]
    assert [line["returnedQuantity"] for line in shown["items"]] == [3, 2]
    depot.check_settled()


def test_refunds_give_back_an_amount_or_what_was_paid_for_lines_up_to_the_total(depot: Depot) -> None:
    depot.shipped()
    depot.refund(400)
    depot.refund(None, ("MUG", 2))
    assert (depot.order.refunded, depot.order.status) == (2400, OrderStatus.SHIPPED)
    with pytest.raises(RefundTooLargeError) as refusal:
        depot.refund(TOTAL - 2400 + 1)
    assert refusal.value.details == ({"field": "amount", "issue": "is 1101, must be 1 to 1100 minor units"},)
    depot.refund(1100)
    assert (depot.order.refunded, depot.account.status) == (TOTAL, PaymentStatus.REFUNDED)
    assert "refund" not in legal_actions(depot.order, ADMIN)
    depot.check_settled()


def test_lines_are_refunded_once(depot: Depot) -> None:
    depot.shipped()
    depot.refund(None, ("PEN", 1))
    with pytest.raises(NotEnoughUnitsError):
        depot.refund(None, ("PEN", 2))
    assert depot.order.refunded == 250


def test_lines_of_a_checkout_are_refunded_at_what_was_paid_unit_by_unit_to_the_last_cent(depot: Depot) -> None:
    # Given three mugs for 30.00, less 4.00, with 1.00 of tax on top: 27.00, and pens for 5.00; shipping 4.90
    mugs, pens = LINES
    lines = (dataclasses.replace(mugs, discount=401, tax=100), pens)
    depot.confirm(
        order(ORDER_ID, status=OrderStatus.CONFIRMED, lines=lines, version=3, shipping=490, tax=130, discount=501)
    )
    assert depot.order.total == 3500 - 501 + 490 + 130
    depot.shipped()
    # When they come back one by one
    given = []
    for _ in range(3):
        before = depot.order.refunded
        depot.refund(None, ("MUG", 1))
        given.append(depot.order.refunded - before)
    depot.refund(None, ("PEN", 2))
    # Then every unit is worth its share, and what is left is the shipping as it was paid
    assert given == [899, 900, 900]
    assert fulfilment.to_refund(depot.order) == 490 - 100 + 30
    depot.refund(420)
    assert depot.account.status is PaymentStatus.REFUNDED
    depot.check_settled()


@pytest.mark.parametrize(("amount", "lines"), [(None, ()), (5, (("MUG", 1),))])
def test_a_refund_is_an_amount_or_lines_and_not_both(depot: Depot, amount: int | None, lines: tuple) -> None:
    depot.shipped()
    with pytest.raises(InvalidRequestError):
        depot.refund(amount, *lines)


@pytest.mark.parametrize(
    ("before", "move", "legal"),
    [
        (lambda _: None, lambda d: d.deliver("shp_01JFR0ZEN00000000000000009"), "cancel, changeAddress, ship"),
        (lambda _: None, lambda d: d.take_back(("MUG", 1)), "cancel, changeAddress, ship"),
        (lambda _: None, lambda d: d.refund(1), "cancel, changeAddress, ship"),
        (Depot.shipped, lambda d: d.ship(), "deliver, refund"),
        (lambda d: d.ship(("MUG", 1)), lambda d: d.take_back(("MUG", 1)), "deliver, refund, ship"),
        (Depot.delivered, lambda d: d.ship(), "refund, return"),
        (lambda d: d.delivered() and d.take_back(("MUG", 3), ("PEN", 2)), lambda d: d.take_back(("MUG", 1)), "refund"),
    ],
)
def test_an_illegal_move_changes_nothing_and_names_the_legal_ones(
    depot: Depot, before: Step, move: Step, legal: str
) -> None:
    # Given
    before(depot)
    order, status = depot.order, depot.order.status.value
    # When
    with pytest.raises(IllegalActionError) as refusal:
        move(depot)
    # Then
    told = {detail["field"]: detail["issue"] for detail in refusal.value.details}
    assert told["status"] == f"is {status}"
    assert sorted(told["allowedActions"].removeprefix("legal next actions: ").split(", ")) == legal.split(", ")
    assert depot.order == order


@pytest.mark.parametrize("lines", [[("MUG", 4)], [("MUG", 2), ("MUG", 2)], [("NEVER", 1)], [("PEN", 1), ("MUG", 9)]])
def test_more_than_is_left_cannot_be_shipped(depot: Depot, lines: list) -> None:
    with pytest.raises(NotEnoughUnitsError):
        depot.ship(*lines)
    assert depot.order.status is OrderStatus.CONFIRMED


def test_more_than_was_shipped_cannot_come_back(depot: Depot) -> None:
    depot.delivered()
    depot.take_back(("PEN", 1))
    with pytest.raises(NotEnoughUnitsError):
        depot.take_back(("PEN", 2))
    depot.check_settled()


def test_a_shipment_that_the_order_does_not_have_cannot_be_delivered(depot: Depot) -> None:
    depot.shipped()
    with pytest.raises(UnknownShipmentError):
        depot.deliver("shp_01JFR0ZEN00000000000000009")


def test_customers_move_nothing_not_even_their_own_order(depot: Depot) -> None:
    before = depot.order
    for move in (lambda: depot.ship(caller=CUSTOMER), lambda: depot.deliver("shp_x", caller=CUSTOMER)):
        with pytest.raises(ForbiddenError):
            move()
    assert depot.order == before
    assert legal_actions(before, CUSTOMER) == ("cancel", "changeAddress")


def test_an_order_that_is_not_there_is_not_found(depot: Depot) -> None:
    asked = Asked("01JFR0ZEN00000000000000099", ADMIN, "c")
    with pytest.raises(OrderNotFoundError):
        depot.fulfilling().ship(asked, None, carrier=None, tracking_number=None)


def test_an_order_has_room_for_so_many_movements_and_no_more(depot: Depot) -> None:
    depot.shipped()
    for _ in range(MAX_MOVEMENTS - 1):
        depot.refund(1)
    with pytest.raises(TooManyMovementsError):
        depot.refund(1)
    assert depot.order.refunded == MAX_MOVEMENTS - 1


def test_the_same_key_moves_once_and_another_body_is_refused(depot: Depot) -> None:
    depot.shipped()
    first = depot.refund(500, key="k")
    again = depot.refund(500, key="k")
    assert (again.order, again.movement, again.replayed) == (first.order, first.movement, True)
    with pytest.raises(IdempotencyConflictError):
        depot.refund(501, key="k")
    assert depot.refund(500, key="another").order.refunded == 1000


def test_a_repeated_key_is_answered_even_when_the_move_would_be_illegal_now(depot: Depot) -> None:
    first = depot.ship(key="k")
    depot.deliver(first.movement.movement_id)
    again = depot.ship(key="k")
    assert (again.movement, again.order.status) == (first.movement, OrderStatus.DELIVERED)


def test_a_refund_that_is_refused_for_good_fails_and_counts_for_nothing(depot: Depot) -> None:
    depot.shipped()
    depot.ledger.refusal = "charge_disputed"
    moved = depot.refund(500, key="k")
    assert (moved.movement.state, moved.movement.failure, moved.carried_out) == (
        MovementState.FAILED,
        "charge_disputed",
        True,
    )
    assert (depot.order.refunded, depot.account.refunded, depot.account.left) == (0, 0, TOTAL)
    assert depot.order.history[-1].reason == "REFUND_FAILED"
    assert not any("REFUNDED" in event for event in depot.told)
    # A repeat says the same, another refund may be tried.
    assert depot.refund(500, key="k").movement == moved.movement
    depot.ledger.refusal = None
    assert depot.refund(TOTAL).order.refunded == TOTAL
    [failed, _] = as_json(depot.order, ADMIN)["refunds"]
    assert (failed["status"], failed["failure"]) == ("FAILED", "charge_disputed")
    depot.check_settled()


def test_a_payment_that_was_given_back_otherwise_is_not_refunded_again(depot: Depot) -> None:
    depot.shipped()
    [(payment_id, account)] = depot.accounts.accounts.items()
    depot.accounts.accounts[payment_id] = account.__class__(payment_id, PaymentStatus.REFUNDED, TOTAL, "EUR", "ref")
    assert depot.refund(1).movement.failure == "payment_refunded"
    assert depot.ledger.given == {}


def test_each_movement_is_told_with_an_id_of_its_own(depot: Depot) -> None:
    # When
    shipment_id = depot.ship(carrier="DHL").movement.movement_id
    depot.deliver(shipment_id)
    return_id = depot.take_back(("PEN", 1)).movement.movement_id
    refund_id = depot.refund(250).movement.movement_id
    # Then
    envelope = {
        "schema": "order-event/1",
        "orderId": ORDER_ID,
        "userId": CUSTOMER.user_id,
        "total": TOTAL,
        "currency": "EUR",
        "correlationId": "correlation-7",
        "at": "2026-01-02T03:04:05.678Z",
    }
    lines = [{"productId": "MUG", "quantity": 3}, {"productId": "PEN", "quantity": 2}]
    assert depot.notices.sent == [
        envelope
        | {"eventId": f"{ORDER_ID}#SHIPPED#{shipment_id}", "type": "order.shipped", "status": "SHIPPED"}
        | {"shipmentId": shipment_id, "lines": lines, "carrier": "DHL"},
        envelope
        | {"eventId": f"{ORDER_ID}#DELIVERED#{shipment_id}", "type": "order.delivered", "status": "DELIVERED"}
        | {"shipmentId": shipment_id},
        envelope
        | {"eventId": f"{ORDER_ID}#RETURNED#{return_id}", "type": "order.returned", "status": "DELIVERED"}
        | {"returnId": return_id, "lines": [{"productId": "PEN", "quantity": 1}], "restocked": True},
        envelope
        | {"eventId": f"{ORDER_ID}#REFUNDED#{refund_id}", "type": "order.refunded", "status": "DELIVERED"}
        | {"refundId": refund_id, "amount": 250},
    ]


def test_only_what_is_left_to_do_is_offered(depot: Depot) -> None:
    assert legal_actions(depot.order, ADMIN) == ("ship", "cancel", "changeAddress")
    first = depot.ship(("MUG", 1)).movement.movement_id
    assert legal_actions(depot.order, ADMIN) == ("ship", "deliver", "refund")
    depot.deliver(first)
    assert legal_actions(depot.order, ADMIN) == ("ship", "refund")
    assert legal_actions(depot.order, CUSTOMER) == ()
