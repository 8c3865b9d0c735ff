"""Starting again what failed technically: what it does to each kind of order, and that twice is once."""

import dataclasses

import pytest

from orderflow.orders.execution_names import MAX_REPAIRS, MAX_RETRIES, cancellation_names, repair_names
from orderflow.orders.retrying import Remedy, Retrier, Retry
from orderflow.orders.status import OrderStatus
from orderflow.orders.sweeping import ExecutionState
from tests.support.desk import InMemoryCancellations
from tests.support.sweeping import RepairShop

PROCESSING = OrderStatus.PROCESSING


class Ward:
    """A retrier over a shop of stopped orders and their cancellations."""

    def __init__(self) -> None:
        self.shop, self.cancellations = RepairShop(), InMemoryCancellations()

    def retrier(self) -> Retrier:
        return Retrier(dataclasses.replace(self.shop.sweeper(), repairs=MAX_RETRIES), self.cancellations)


@pytest.fixture
def ward() -> Ward:
    return Ward()


def test_an_order_that_was_never_picked_up_is_queued_again(ward: Ward) -> None:
    ward.shop.add("A")
    assert ward.retrier().retry("A") == Retry(Remedy.QUEUE)
    assert [each.order_id for each in ward.shop.queue.messages] == ["A"]


def test_an_order_whose_execution_is_gone_gets_one_fresh_execution_however_often_it_is_retried(ward: Ward) -> None:
    ward.shop.add("A", PROCESSING)
    ward.shop.ended("A")
    assert ward.retrier().retry("A") == Retry(Remedy.REPLACE, "A-repair-1")
    assert ward.retrier().retry("A").remedy is Remedy.WAIT
    assert list(ward.shop.executions.started) == ["A-repair-1"]


def test_a_person_may_go_on_where_the_sweeper_stops(ward: Ward) -> None:
    ward.shop.add("A", PROCESSING)
    ward.shop.ended("A", *repair_names("A", MAX_REPAIRS))
    assert ward.retrier().retry("A") == Retry(Remedy.REPLACE, f"A-repair-{MAX_REPAIRS + 1}")
    ward.shop.ended(*repair_names("A", MAX_RETRIES))
    assert ward.retrier().retry("A").remedy is Remedy.BEYOND_REPAIR


def test_an_order_that_is_over_or_at_work_is_left_alone(ward: Ward) -> None:
    ward.shop.add("over", OrderStatus.REJECTED, check_after=None)
    ward.shop.add("busy", PROCESSING)
    ward.shop.executions.states[ward.shop.executions.identify("busy")] = ExecutionState.RUNNING
    assert [ward.retrier().retry(each).remedy for each in ("over", "busy")] == [Remedy.NOTHING, Remedy.WAIT]
    assert (ward.shop.executions.started, ward.shop.queue.messages) == ({}, [])


@pytest.mark.parametrize("ending", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_a_cancellation_that_failed_is_started_again_once_with_the_first_ones_input(ward: Ward, ending: str) -> None:
    ward.cancellations.states = {"cancel-A": ending}
    again = "cancel-A-repair-1"
    assert ward.retrier().retry("A") == Retry(Remedy.CANCEL_AGAIN, again)
    assert ward.retrier().retry("A") == Retry(Remedy.WAIT, again)
    assert ward.cancellations.started == {again: "cancel-A"}
    # And when that one fails as well, the next
    ward.cancellations.states[again] = ending
    assert ward.retrier().retry("A") == Retry(Remedy.CANCEL_AGAIN, "cancel-A-repair-2")


def test_a_cancellation_that_was_finished_by_a_later_execution_is_not_started_again(ward: Ward) -> None:
    ward.cancellations.states = {"cancel-A": "FAILED", "cancel-A-repair-1": "SUCCEEDED"}
    assert ward.retrier().retry("A") == Retry(Remedy.NOTHING)
    assert ward.cancellations.started == {}


def test_the_cancellation_of_an_order_comes_before_its_workflow(ward: Ward) -> None:
    ward.shop.add("A", PROCESSING)
    ward.shop.ended("A")
    ward.cancellations.states = {"cancel-A": "FAILED"}
    assert ward.retrier().retry("A").remedy is Remedy.CANCEL_AGAIN
    assert ward.shop.executions.started == {}


def test_cancellations_are_bounded(ward: Ward) -> None:
    ward.cancellations.states = dict.fromkeys(cancellation_names("A"), "FAILED")
    assert len(ward.cancellations.states) == MAX_RETRIES + 1
    assert ward.retrier().retry("A").remedy is Remedy.BEYOND_REPAIR
    assert ward.cancellations.started == {}


def test_looking_changes_nothing(ward: Ward) -> None:
    ward.shop.add("A", PROCESSING)
    ward.shop.ended("A")
    before = dict(ward.shop.store.orders)
    ward.cancellations.states = {"cancel-B": "FAILED"}
    assert [ward.retrier().look(each).remedy for each in "AB"] == [Remedy.REPLACE, Remedy.CANCEL_AGAIN]
    assert (ward.shop.store.orders, ward.shop.executions.started, ward.cancellations.started) == (before, {}, {})
