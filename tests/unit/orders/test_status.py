"""The status machine: every path is legal, ends are ends, nobody is offered what they cannot do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.orders import status as machine
from orderflow.orders.status import TERMINAL, TRANSITIONS, Action, Actor, OrderStatus, allowed_actions
from tests.support.orders import ADMIN, CUSTOMER, STRANGER

ENDS = {"REJECTED", "PAYMENT_FAILED", "CANCELLED", "FAILED", "RETURNED"}


def exits(status: OrderStatus) -> list[machine.Transition]:
    """Return the moves that lead away; a partial shipment or a refund leads nowhere else."""
    return [move for move in TRANSITIONS if move.source is status and move.target is not status]


def test_exactly_the_documented_statuses_are_ends() -> None:
    assert {status.value for status in TERMINAL} == ENDS


@given(st.data())
def test_every_walk_from_pending_reaches_an_end_when_it_does_not_circle_in_review(data: st.DataObject) -> None:
    status, walked = OrderStatus.PENDING, [OrderStatus.PENDING]
    while status not in TERMINAL:
        options = [step.target for step in exits(status) if step.target not in walked]
        assert options, f"{status} is a dead end that is no end"
        status = data.draw(st.sampled_from(options))
        walked.append(status)
    assert exits(status) == []


def test_every_status_can_be_reached_from_pending() -> None:
    reached = {OrderStatus.PENDING}
    while more := {step.target for step in TRANSITIONS if step.source in reached} - reached:
        reached |= more
    assert reached == set(OrderStatus)


def test_nothing_returns_to_pending() -> None:
    assert OrderStatus.PENDING not in {step.target for step in TRANSITIONS if step.source is not OrderStatus.PENDING}


def test_an_action_leads_from_a_status_to_one_place_only_or_leaves_the_order_where_it_is() -> None:
    away = [(step.source, step.action) for step in TRANSITIONS if step.target is not step.source]
    assert sorted(away) == sorted(set(away))
    assert len(TRANSITIONS) == len(set(TRANSITIONS))


def test_only_parts_of_fulfilment_and_another_address_leave_an_order_where_it_is() -> None:
    parts = {step.action for step in TRANSITIONS if step.target is step.source}
    assert parts == {Action.SHIP, Action.DELIVER, Action.RETURN, Action.REFUND, Action.CHANGE_ADDRESS}


def test_money_is_refunded_only_after_something_was_shipped() -> None:
    refundable = {step.source for step in TRANSITIONS if step.action is Action.REFUND}
    assert refundable == {OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.RETURNED}


def test_a_shipped_order_can_no_longer_be_cancelled() -> None:
    cancellable = {step.source for step in TRANSITIONS if step.action is Action.CANCEL}
    assert cancellable == {
        OrderStatus.PENDING,
        OrderStatus.PROCESSING,
        OrderStatus.REVIEW,
        OrderStatus.CONFIRMED,
    }


def test_an_order_that_is_shipped_or_has_ended_is_sent_nowhere_else() -> None:
    moves = {step.source: step for step in TRANSITIONS if step.action is Action.CHANGE_ADDRESS}
    assert set(moves) == {OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.REVIEW, OrderStatus.CONFIRMED}
    assert {(step.target is step.source, step.by) for step in moves.values()} == {
        (True, frozenset({Actor.CUSTOMER, Actor.ADMIN}))
    }


def test_only_the_workflow_confirms_and_only_administrators_ship_deliver_and_take_back() -> None:
    by = {step.action: step.by for step in TRANSITIONS}
    assert by[Action.CONFIRM] == {Actor.WORKFLOW}
    assert by[Action.SHIP] == by[Action.DELIVER] == by[Action.RETURN] == by[Action.REFUND] == {Actor.ADMIN}


@pytest.mark.parametrize("status", OrderStatus)
def test_no_action_is_offered_that_has_no_route(status: OrderStatus) -> None:
    offered = {Action(action) for action in allowed_actions(status, CUSTOMER.user_id, ADMIN)}
    assert offered <= set(machine.ROUTES)


@pytest.mark.parametrize(
    ("caller", "status", "offered"),
    [
        (CUSTOMER, OrderStatus.CONFIRMED, ("cancel", "changeAddress")),
        (CUSTOMER, OrderStatus.SHIPPED, ()),
        (CUSTOMER, OrderStatus.CANCELLED, ()),
        (STRANGER, OrderStatus.CONFIRMED, ()),
        (ADMIN, OrderStatus.CONFIRMED, ("ship", "cancel", "changeAddress")),
        (ADMIN, OrderStatus.PROCESSING, ("cancel", "changeAddress")),
        (ADMIN, OrderStatus.SHIPPED, ("ship", "deliver", "refund")),
        (ADMIN, OrderStatus.DELIVERED, ("return", "refund")),
        (ADMIN, OrderStatus.RETURNED, ("refund",)),
        (CUSTOMER, OrderStatus.DELIVERED, ()),
    ],
)
def test_each_is_offered_what_they_may_do_once_the_routes_are_there(
    monkeypatch: pytest.MonkeyPatch, caller: machine.Caller, status: OrderStatus, offered: tuple[str, ...]
) -> None:
    monkeypatch.setattr(machine, "ROUTES", dict.fromkeys(Action, "someOperation"))
    assert allowed_actions(status, CUSTOMER.user_id, caller) == offered
