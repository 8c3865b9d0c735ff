"""Whoever dies half-way, meets a lost answer or a rival: stock, money and order agree in the end, unasked.

The world is killed before and after every call that a movement makes; finish_movements then runs alone.
"""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.orders import fulfilment
from orderflow.orders.errors import (
    IllegalActionError,
    NotEnoughUnitsError,
    RefundTooLargeError,
    TooManyMovementsError,
)
from orderflow.orders.finishing import Finished
from orderflow.orders.movement import MovementKind, MovementState
from orderflow.orders.settling import OrderChangedError
from orderflow.payments.errors import PaymentTimeoutError
from orderflow.runtime.dynamo import StoreUnavailableError
from orderflow.runtime.errors import TransientError
from tests.support.crashes import ProcessDied, Trap, every_trap, raising
from tests.support.fulfilment import ORDER_ID, TOTAL, Depot, Step, as_it_was

REFUSED = (RefundTooLargeError, NotEnoughUnitsError, IllegalActionError, TooManyMovementsError)


def shipped() -> Depot:
    depot = Depot()
    depot.shipped()
    return depot


def delivered() -> Depot:
    depot = Depot()
    depot.delivered()
    return depot


CASES = {
    "a partial shipment": (Depot, lambda d: d.ship(("MUG", 1), key="k")),
    "the last shipment": (lambda: (d := Depot(), d.ship(("MUG", 1)))[0], lambda d: d.ship(key="k")),
    "a delivery": (shipped, lambda d: d.deliver(d.order.movements[0].movement_id, key="k")),
    "a return for the shelf": (delivered, lambda d: d.take_back(("MUG", 1), key="k")),
    "a return of everything": (delivered, lambda d: d.take_back(("MUG", 3), ("PEN", 2), restock=False, key="k")),
    "a refund": (shipped, lambda d: d.refund(500, key="k")),
    "a refund of everything": (delivered, lambda d: d.refund(TOTAL, key="k")),
}
every_case = pytest.mark.parametrize(("given_", "move"), CASES.values(), ids=CASES)


@every_case
def test_a_movement_killed_at_any_call_is_finished_without_being_asked_again_or_never_was(given_, move: Step) -> None:
    worlds: list[Depot] = []

    def run(trap: Trap) -> None:
        depot = given_()
        worlds.append(depot)
        depot.trap = trap
        move(depot)

    for _ in every_trap(raising(ProcessDied), run, ProcessDied):
        depot = worlds[-1]
        before = len(given_().order.movements)
        depot.check()
        # When
        depot.sweep()
        # Then
        depot.check_settled()
        assert len(depot.order.movements) - before in (0, 1)
        # And the administrator who saw an error repeats, with the same key
        move(depot)
        depot.check_settled()
        assert len(depot.order.movements) - before == 1


@every_case
def test_a_movement_killed_at_any_call_and_its_finisher_killed_at_any_call_are_finished_by_the_next(
    given_, move: Step
) -> None:
    worlds: list[Depot] = []

    def run(trap: Trap) -> None:
        depot = given_()
        worlds.append(depot)
        depot.trap = trap
        move(depot)

    for _ in every_trap(raising(ProcessDied), run, ProcessDied):
        died = worlds[-1]
        died.clock.advance(minutes=16)
        halves: list[Depot] = []

        def look(trap: Trap, died: Depot = died, halves: list[Depot] = halves) -> None:
            half = as_it_was(died)
            half.trap = trap
            halves.append(half)
            for order_id in half.finisher().due():
                half.finisher().finish(order_id)

        for _ in every_trap(raising(ProcessDied), look, ProcessDied):
            halves[-1].check()
            halves[-1].sweep()
            halves[-1].check_settled()


@every_case
@pytest.mark.parametrize("error", [StoreUnavailableError, PaymentTimeoutError])
def test_a_call_that_fails_or_whose_answer_is_lost_moves_nothing_twice(given_, move: Step, error: type) -> None:
    worlds: list[Depot] = []
    args = ("the answer was lost",) if error is StoreUnavailableError else ()

    def run(trap: Trap) -> None:
        depot = given_()
        worlds.append(depot)
        depot.trap = trap
        move(depot)

    for _ in every_trap(raising(error, *args), run, TransientError):
        depot = worlds[-1]
        before = len(given_().order.movements)
        depot.sweep()
        depot.check_settled()
        assert len(depot.order.movements) - before in (0, 1)


def test_a_write_that_landed_without_an_answer_is_met_again_as_our_own() -> None:
    # Given a store that says "changed" of a write that it took
    depot = Depot()
    save, lost = depot.movements.save, []

    def losing(before, after, now):
        save(before, after, now)
        if not lost:
            lost.append(after)
            raise OrderChangedError

    depot.movements.save = losing  # type: ignore[method-assign]  # a double in its place
    # When there is no key that would make a repeat known
    depot.ship(("MUG", 1))
    # Then
    assert len(depot.order.movements) == 1
    depot.check_settled()


def test_what_cannot_be_carried_out_now_is_answered_pending_and_finished_later() -> None:
    # Given
    depot = shipped()
    give, depot.ledger.refund = depot.ledger.refund, raising_always(PaymentTimeoutError)  # type: ignore[method-assign]  # a double in its place
    # When
    moved = depot.refund(500)
    # Then
    assert (moved.movement.state, moved.carried_out, depot.order.refunded) == (MovementState.PENDING, False, 0)
    assert fulfilment.to_refund(depot.order) == TOTAL - 500
    # And as long as the provider does not answer, it stays so, and is put off
    depot.clock.advance(minutes=16)
    assert depot.finisher().finish(ORDER_ID) == Finished(left=1)
    assert depot.finisher().due() == []
    # And then
    depot.ledger.refund = give  # type: ignore[method-assign]  # the method itself again
    depot.clock.advance(minutes=16)
    assert depot.finisher().due() == [ORDER_ID]
    assert depot.finisher().finish(ORDER_ID) == Finished(settled=1)
    assert depot.order.refunded == 500
    depot.check_settled()


def test_a_movement_that_cannot_be_carried_out_yet_keeps_no_other_waiting() -> None:
    # Given a provider that does not answer, and a shipment that died after its first write
    depot = Depot()
    depot.ship(("MUG", 1))
    depot.ledger.refund = raising_always(PaymentTimeoutError)  # type: ignore[method-assign]  # a double in its place
    depot.refund(500)
    depot.trap = Trap(raising(ProcessDied), at=1, after=True)
    with suppress(ProcessDied):
        depot.ship()
    depot.trap = None
    assert len(fulfilment.pending(depot.order)) == 2
    # When, then
    assert depot.finisher().finish(ORDER_ID) == Finished(settled=1, left=1)
    assert depot.counts("PEN") == (8, 0, 2)


def raising_always(error: type[Exception]):
    def refuse(*_args, **_kwargs):
        raise error

    return refuse


def test_a_return_carries_out_the_shipment_that_it_needs() -> None:
    # Given a shipment whose units did not move, because the stock was busy
    depot = Depot()
    trap = Trap(raising(StoreUnavailableError, "busy"))
    trap.at = 3  # the reservation's move
    depot.trap = trap
    shipment = depot.ship().movement
    assert shipment.state is MovementState.PENDING
    depot.trap = None
    depot.deliver(shipment.movement_id)
    # When
    depot.take_back(("MUG", 1))
    # Then
    depot.check_settled()
    assert depot.counts("MUG") == (8, 0, 2)


@pytest.mark.parametrize(
    ("given_", "move", "rival"),
    [
        (shipped, lambda d: d.refund(2000), lambda d: d.refund(2000)),
        (Depot, lambda d: d.ship(("MUG", 2)), lambda d: d.ship(("MUG", 2))),
        (delivered, lambda d: d.take_back(("MUG", 2)), lambda d: d.take_back(("MUG", 2))),
        (shipped, lambda d: d.refund(2000), lambda d: d.ship()),
        (shipped, lambda d: d.refund(2000), lambda d: d.finisher().finish(ORDER_ID)),
        (Depot, lambda d: d.ship(("MUG", 2)), lambda d: d.finisher().finish(ORDER_ID)),
    ],
    ids=[
        "two refunds",
        "two shipments",
        "two returns",
        "a refund and a shipment",
        "a refund and its finisher",
        "a shipment and its finisher",
    ],
)
def test_a_rival_at_any_call_never_makes_more_move_than_there_is(given_, move: Step, rival: Step) -> None:
    worlds: list[Depot] = []

    def compete() -> None:
        depot = worlds[-1]
        trap, depot.trap = depot.trap, None
        with suppress(*REFUSED):
            rival(depot)
        depot.trap = trap

    def run(trap: Trap) -> None:
        depot = given_()
        worlds.append(depot)
        depot.trap = trap
        move(depot)

    for _ in every_trap(compete, run, *REFUSED):
        worlds[-1].check_settled()


MOVES = st.one_of(
    st.tuples(st.just("ship"), st.sampled_from(["MUG", "PEN"]), st.integers(1, 3)),
    st.tuples(st.just("ship all")),
    st.tuples(st.just("deliver"), st.integers(0, 3)),
    st.tuples(st.just("return"), st.sampled_from(["MUG", "PEN"]), st.integers(1, 3), st.booleans()),
    st.tuples(st.just("refund"), st.integers(1, TOTAL)),
    st.tuples(st.just("refund lines"), st.sampled_from(["MUG", "PEN"]), st.integers(1, 2)),
    st.tuples(st.just("provider refuses"), st.booleans()),
    st.tuples(st.just("sweep")),
)
FAULTS = st.one_of(st.none(), st.tuples(st.integers(0, 9), st.booleans(), st.booleans()))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(MOVES, FAULTS), max_size=14))
def test_stock_and_money_balance_after_any_sequence_of_moves_with_faults(sequence: list) -> None:
    depot = Depot()
    for move, fault in sequence:
        depot.trap = None
        if fault:
            at, after, dies = fault
            died = raising(ProcessDied) if dies else raising(StoreUnavailableError, "lost")
            depot.trap = Trap(died, at, after)
        with suppress(ProcessDied, TransientError, *REFUSED):
            _take(depot, move)
        depot.check()
    depot.sweep()
    depot.sweep()
    depot.check_settled()


def _take(depot: Depot, move: tuple) -> None:
    match move:
        case ("ship", product, quantity):
            depot.ship((product, quantity))
        case ("ship all",):
            depot.ship()
        case ("deliver", number):
            shipments = fulfilment.counted(depot.order, MovementKind.SHIPMENT)
            if number < len(shipments):
                depot.deliver(shipments[number].movement_id)
        case ("return", product, quantity, restock):
            depot.take_back((product, quantity), restock=restock)
        case ("refund", amount):
            depot.refund(amount)
        case ("refund lines", product, quantity):
            depot.refund(None, (product, quantity))
        case ("provider refuses", refuses):
            depot.ledger.refusal = "refused" if refuses else None
        case ("sweep",):
            depot.sweep()
