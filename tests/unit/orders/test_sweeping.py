"""The sweeper: what it does with each kind of stopped order, and that dying anywhere changes nothing."""

import dataclasses

import pytest

from orderflow.orders.execution_names import MAX_REPAIRS, cancellation_names, repair_names
from orderflow.orders.open_orders import OPEN
from orderflow.orders.status import TERMINAL, OrderStatus
from orderflow.orders.sweeping import ExecutionState, Finding
from orderflow.orders.workflow_start import QueuedOrder
from tests.support.crashes import ProcessDied, Trap, every_trap, raising
from tests.support.sweeping import RepairShop

PENDING, PROCESSING, REVIEW = OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.REVIEW
CANCELLED = OrderStatus.CANCELLED
LATER = "2026-01-02T03:19:05.678Z"  # a quarter of an hour after START


@pytest.fixture
def shop() -> RepairShop:
    return RepairShop()


def test_an_order_that_was_never_picked_up_is_queued_again(shop: RepairShop) -> None:
    # Given intake died between the table and the queue
    shop.add("A")
    # When / Then
    assert shop.sweeper().sweep("A") is Finding.NOT_PICKED_UP
    assert shop.queue.messages == [QueuedOrder("A", "correlation-A")]
    assert shop.executions.started == {}


@pytest.mark.parametrize("status", [PENDING, PROCESSING])
def test_an_order_with_a_running_execution_is_left_alone(shop: RepairShop, status: OrderStatus) -> None:
    shop.add("A", status)
    shop.executions.states[shop.executions.identify("A")] = ExecutionState.RUNNING
    assert shop.sweeper().sweep("A") is Finding.RUNNING
    assert (shop.queue.messages, shop.executions.started) == ([], {})


def test_a_wait_for_a_review_is_looked_after_at_each_look_while_its_execution_runs(shop: RepairShop) -> None:
    # Given an order in review, one whose decision was not told, and one that waits for nobody
    shop.add("HELD", REVIEW)
    shop.add("DECIDED", PROCESSING)
    shop.store.orders["DECIDED"] = dataclasses.replace(shop.store.orders["DECIDED"], waits=True)
    shop.add("AT-WORK", PROCESSING)
    for name in ("HELD", "DECIDED", "AT-WORK"):
        shop.executions.states[shop.executions.identify(name)] = ExecutionState.RUNNING
    # When
    found = [shop.sweeper().sweep(order_id) for order_id in ("HELD", "DECIDED", "AT-WORK")]
    # Then
    assert found == [Finding.RUNNING] * 3
    assert shop.tended == ["HELD", "DECIDED"]
    shop.clock.advance(minutes=15)
    for order_id in shop.sweeper().due():
        shop.sweeper().sweep(order_id)
    assert sorted(shop.tended) == ["DECIDED", "DECIDED", "HELD", "HELD"]


def test_a_wait_whose_execution_is_gone_is_not_told_but_replaced(shop: RepairShop) -> None:
    shop.add("A", REVIEW)
    shop.ended("A")
    assert shop.sweeper().sweep("A") is Finding.ABANDONED
    assert shop.executions.started == {"A-repair-1": shop.executions.identify("A")}
    assert shop.tended == []


@pytest.mark.parametrize(("status", "lost"), [(PENDING, False), (PROCESSING, True), (REVIEW, True)])
def test_an_order_whose_execution_ended_without_it_gets_a_fresh_one(
    shop: RepairShop, status: OrderStatus, lost: bool
) -> None:
    # Given an execution that is over and did not finish its order
    shop.add("A", status)
    shop.ended("A")
    # When / Then the fresh one is told which to take over, if that one held the order
    assert shop.sweeper().sweep("A") is Finding.ABANDONED
    assert shop.executions.started == {"A-repair-1": shop.executions.identify("A") if lost else None}
    assert shop.queue.messages == []


def test_a_processing_order_whose_execution_nobody_knows_gets_a_fresh_one(shop: RepairShop) -> None:
    shop.add("A", PROCESSING)
    assert shop.sweeper().sweep("A") is Finding.ABANDONED
    assert list(shop.executions.started) == ["A-repair-1"]


def test_a_fresh_execution_that_is_at_work_is_not_joined_by_another(shop: RepairShop) -> None:
    shop.add("A", PROCESSING)
    shop.ended("A")
    shop.executions.states[shop.executions.identify("A-repair-1")] = ExecutionState.RUNNING
    assert shop.sweeper().sweep("A") is Finding.RUNNING
    assert shop.executions.started == {}


def test_a_fresh_execution_that_failed_as_well_is_followed_by_the_next(shop: RepairShop) -> None:
    shop.add("A", PROCESSING)
    shop.ended("A", "A-repair-1", "A-repair-2")
    assert shop.sweeper().sweep("A") is Finding.ABANDONED
    assert list(shop.executions.started) == ["A-repair-3"]


def test_repairs_are_bounded_and_then_a_person_is_told_at_each_look(shop: RepairShop) -> None:
    shop.add("A", PROCESSING)
    shop.ended("A", *repair_names("A"))
    assert len(list(repair_names("A"))) == MAX_REPAIRS == 5
    assert shop.sweeper().sweep("A") is Finding.BEYOND_REPAIR
    assert shop.executions.started == {}
    shop.clock.advance(minutes=15)
    assert shop.sweeper().due() == ["A"]


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - OPEN - {CANCELLED}))
def test_an_ended_order_that_is_still_listed_is_taken_out(shop: RepairShop, status: OrderStatus) -> None:
    shop.add("A", status)
    assert shop.sweeper().sweep("A") is Finding.ENDED
    assert shop.store.orders["A"].check_after is None
    assert shop.sweeper().due() == []


def test_a_cancelled_order_whose_cancellation_is_gone_is_given_back_by_a_fresh_one(shop: RepairShop) -> None:
    # Given somebody stopped the execution that gives back
    shop.cancelled("A")
    shop.cancellations.end("cancel-A")
    # When / Then only the cancellation goes on, not the order
    assert shop.sweeper().sweep("A") is Finding.ABANDONED
    assert list(shop.cancellations.started) == ["cancel-A-repair-1"]
    assert (shop.executions.started, shop.queue.messages) == ({}, [])
    # And while that one works, it is left alone
    assert shop.sweeper().sweep("A") is Finding.RUNNING
    assert list(shop.cancellations.started) == ["cancel-A-repair-1"]


def test_a_cancelled_order_that_nobody_began_to_give_back_is_given_back(shop: RepairShop) -> None:
    shop.cancelled("A")
    assert shop.sweeper().sweep("A") is Finding.ABANDONED
    assert list(shop.cancellations.started) == ["cancel-A"]


def test_a_cancellation_at_work_is_left_alone_and_looked_at_again_after_a_while(shop: RepairShop) -> None:
    shop.cancelled("A")
    shop.cancellations.states[shop.cancellations.identify("cancel-A")] = ExecutionState.RUNNING
    assert shop.sweeper().sweep("A") is Finding.RUNNING
    assert (shop.cancellations.started, shop.store.orders["A"].check_after) == ({}, LATER)


def test_a_cancelled_order_that_is_settled_is_taken_out_and_nothing_is_started(shop: RepairShop) -> None:
    shop.cancelled("A", settled=True)
    assert shop.sweeper().sweep("A") is Finding.ENDED
    assert (shop.store.orders["A"].check_after, shop.cancellations.started) == (None, {})


def test_cancellations_are_bounded_and_then_a_person_is_told_at_each_look(shop: RepairShop) -> None:
    shop.cancelled("A")
    shop.cancellations.end(*cancellation_names("A", MAX_REPAIRS))
    assert shop.sweeper().sweep("A") is Finding.BEYOND_REPAIR
    assert shop.cancellations.started == {}
    shop.clock.advance(minutes=15)
    assert shop.sweeper().due() == ["A"]


@pytest.mark.parametrize("names", [["cancel-A"], list(cancellation_names("A", MAX_REPAIRS))])
def test_a_cancellation_that_ends_well_during_the_look_is_neither_repeated_nor_reported(
    shop: RepairShop, names: list[str]
) -> None:
    # Given an execution that settles its order just after the order was read, and ends
    shop.cancelled("A")
    shop.cancellations.end(*names)
    settled = dataclasses.replace(shop.store.orders["A"], settled=True, check_after=None)
    trap = Trap(lambda: shop.store.orders.update(A=settled), at=1, after=True)
    # When / Then
    assert shop.sweeper(trap).sweep("A") is Finding.MOVED_ON
    assert trap.sprung
    assert (shop.cancellations.started, shop.store.orders["A"]) == ({}, settled)


def test_an_order_that_left_the_index_meanwhile_is_not_touched(shop: RepairShop) -> None:
    shop.add("A", check_after=None)
    assert [shop.sweeper().sweep("A"), shop.sweeper().sweep("B")] == [Finding.MOVED_ON, Finding.MOVED_ON]
    assert shop.queue.messages == []


def test_orders_are_looked_at_longest_due_first_and_a_run_is_bounded(shop: RepairShop) -> None:
    for order_id, minute in (("A", 3), ("B", 1), ("C", 2), ("D", 5)):
        shop.add(order_id, check_after=f"2026-01-02T03:0{minute}:00.000Z")
    assert shop.sweeper().due() == ["B", "C", "A"]
    assert shop.sweeper().due(limit=2) == ["B", "C"]


def test_who_was_looked_at_makes_room_so_that_running_orders_never_starve_a_stopped_one(shop: RepairShop) -> None:
    # Given more running orders than one run looks at, all older than a stopped one
    for number in range(3):
        shop.add(f"R{number}", PROCESSING, "2026-01-02T03:00:00.000Z")
        shop.executions.states[shop.executions.identify(f"R{number}")] = ExecutionState.RUNNING
    shop.add("STOPPED")
    # When two runs look at three each
    for _ in range(2):
        for order_id in shop.sweeper().due(limit=3):
            shop.sweeper().sweep(order_id)
    # Then
    assert [message.order_id for message in shop.queue.messages] == ["STOPPED"]


def test_a_second_run_at_once_finds_nothing_and_one_a_quarter_of_an_hour_later_looks_again(shop: RepairShop) -> None:
    shop.add("A")
    assert [shop.sweeper().sweep(order_id) for order_id in shop.sweeper().due()] == [Finding.NOT_PICKED_UP]
    assert shop.sweeper().due() == []
    assert shop.store.orders["A"].check_after == LATER
    shop.clock.advance(minutes=15)
    assert shop.sweeper().due() == ["A"]


def test_a_look_never_overwrites_what_happened_meanwhile(shop: RepairShop) -> None:
    # Given the order is confirmed while it is looked at
    shop.add("A", PROCESSING)
    shop.executions.states[shop.executions.identify("A")] = ExecutionState.RUNNING
    confirmed = dataclasses.replace(shop.store.orders["A"], status=OrderStatus.CONFIRMED, check_after=None)
    trap = Trap(lambda: shop.store.orders.update(A=confirmed), at=1, after=True)
    # When
    shop.sweeper(trap).sweep("A")
    # Then
    assert trap.sprung
    assert shop.store.orders["A"] == confirmed


def stopped_shop() -> RepairShop:
    """One order of every kind that needs a repair."""
    shop = RepairShop()
    shop.add("LOST-MESSAGE")
    shop.add("NEVER-CLAIMED")
    shop.add("STOPPED", PROCESSING)
    shop.add("STOPPED-TWICE", PROCESSING)
    shop.add("ENDED", OrderStatus.FAILED)
    shop.cancelled("CANCELLED")
    shop.cancelled("CANCELLED-TWICE")
    shop.cancelled("SETTLED", settled=True)
    shop.cancellations.end("cancel-CANCELLED", "cancel-CANCELLED-TWICE", "cancel-CANCELLED-TWICE-repair-1")
    shop.ended("NEVER-CLAIMED", "STOPPED", "STOPPED-TWICE", "STOPPED-TWICE-repair-1")
    return shop


def sweep_all(shop: RepairShop, trap: Trap | None = None) -> None:
    sweeper = shop.sweeper(trap)
    for order_id in sweeper.due():
        sweeper.sweep(order_id)


def test_dying_before_or_after_any_call_and_running_again_ends_as_if_nothing_had_happened() -> None:
    # Given what a run that nobody kills leaves behind
    whole = stopped_shop()
    sweep_all(whole)
    worlds: list[RepairShop] = []

    def run(trap: Trap) -> None:
        worlds.append(stopped_shop())
        sweep_all(worlds[-1], trap)

    # When a run dies at each of its calls, and the next one runs
    deaths = 0
    for _ in every_trap(raising(ProcessDied), run, ProcessDied):
        deaths += 1
        sweep_all(worlds[-1])
        # Then orders and executions are the same, and an order is queued once more at most
        assert worlds[-1].store == whole.store
        assert worlds[-1].executions == whole.executions
        assert worlds[-1].cancellations == whole.cancellations
        assert set(worlds[-1].queue.messages) == set(whole.queue.messages)
        assert len(worlds[-1].queue.messages) <= len(whole.queue.messages) + 1
    assert deaths > 40
    assert worlds[0].sweeper().due() == []


def test_exactly_the_statuses_in_which_the_workflow_has_work_left_are_open() -> None:
    assert {status.value for status in OPEN} == {"PENDING", "PROCESSING", "REVIEW"}
    assert OPEN.isdisjoint(TERMINAL)
