"""The commands that mend an order: start it again, give back its money, release its units; each once."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from orderflow.catalog.stock import ReservationStatus
from orderflow.operations.journal import Phase
from orderflow.orders.execution_names import repair_names
from orderflow.orders.executions import Execution, ExecutionEvent
from orderflow.orders.status import OrderStatus
from orderflow.payments.payment import PaymentStatus
from tests.support.desk import OPERATOR, ORDER_ID, World, ended
from tests.support.frozen import START
from tools.ops.cli import cli

WHY = ("--reason", "the cause is mended")
YES = (*WHY, "--yes")
RETRY, REFUND, RELEASE = (
    ("executions", "retry", ORDER_ID),
    ("payments", "refund", ORDER_ID),
    ("stock", "release", ORDER_ID),
)
AGAIN = f"cancel-{ORDER_ID}-repair-1"


@pytest.fixture
def world() -> World:
    """A shop with an order that FAILED and kept everything."""
    world = World()
    world.audits.confirmed()
    world.keep(ended(OrderStatus.FAILED))
    return world


def run(world: World, *arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(cli, arguments, obj=world.desk(), input=answer)


def shown(result: Result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def stop(world: World) -> None:
    world.keep(ended(OrderStatus.PROCESSING))
    world.repairs.add(ORDER_ID, OrderStatus.PROCESSING)
    world.repairs.ended(ORDER_ID)


def journal(world: World) -> list[tuple[Phase, str, str]]:
    return [(entry.phase, entry.operation.command, entry.operation.subject) for entry in world.journal.entries]


def recorded(command: str) -> list[tuple[Phase, str, str]]:
    return [(phase, command, f"order {ORDER_ID}") for phase in (Phase.BEGUN, Phase.DONE)]


def test_a_retry_starts_one_fresh_execution_records_it_and_changes_nothing_the_second_time(world: World) -> None:
    # Given
    stop(world)
    # When
    first, second = shown(run(world, *RETRY, *YES, "--json")), shown(run(world, *RETRY, *YES, "--json"))
    # Then
    assert (first["remedy"], first["execution"]) == ("REPLACE", f"{ORDER_ID}-repair-1")
    assert second["remedy"] == "WAIT"
    assert list(world.repairs.executions.started) == [f"{ORDER_ID}-repair-1"]
    assert journal(world) == recorded("executions retry")
    done = world.journal.entries[-1]
    assert (done.operation.by, done.operation.reason, done.before) == (OPERATOR, WHY[1], {"status": "PROCESSING"})
    assert done.after == {"remedy": "REPLACE", "execution": f"{ORDER_ID}-repair-1"}


def test_a_cancellation_that_broke_off_is_carried_out_again_under_another_name(world: World) -> None:
    world.keep(ended(OrderStatus.CANCELLED))
    world.cancellations.states = {f"cancel-{ORDER_ID}": "FAILED"}
    assert shown(run(world, *RETRY, *YES, "--json"))["execution"] == AGAIN
    assert shown(run(world, *RETRY, *YES, "--json"))["remedy"] == "WAIT"
    assert world.cancellations.started == {AGAIN: f"cancel-{ORDER_ID}"}
    assert journal(world) == recorded("executions retry")


def test_a_retry_of_an_order_that_is_over_says_what_else_there_is_and_writes_nothing(world: World) -> None:
    result = run(world, *RETRY, *YES)
    assert (result.exit_code, "NOTHING" in result.stdout, "payments refund" in result.stdout) == (0, True, True)
    assert world.journal.entries == []


def test_a_retry_beyond_repair_and_of_an_unknown_order_is_refused(world: World) -> None:
    stop(world)
    world.repairs.ended(*repair_names(ORDER_ID, 100))
    refused, unknown = run(world, *RETRY, *YES), run(world, "executions", "retry", "unknown", *YES)
    assert (refused.exit_code, unknown.exit_code, world.journal.entries) == (2, 2, [])
    assert "by hand" in refused.stderr


def test_a_refund_gives_back_records_it_and_changes_nothing_the_second_time(world: World) -> None:
    first, second = shown(run(world, *REFUND, *YES, "--json")), shown(run(world, *REFUND, *YES, "--json"))
    assert (first["before"]["status"], first["after"]["status"], first["after"]["outcome"]) == (
        "CAPTURED",
        "REFUNDED",
        "REFUNDED",
    )
    assert second["before"] == second["after"]
    assert world.ran == [("refund_payment", ORDER_ID)]
    assert journal(world) == recorded("payments refund")
    assert world.journal.entries[-1].before == {"status": "CAPTURED", "amount": 3998, "currency": "EUR"}


def test_a_release_gives_back_records_it_and_changes_nothing_the_second_time(world: World) -> None:
    first, second = shown(run(world, *RELEASE, *YES, "--json")), shown(run(world, *RELEASE, *YES, "--json"))
    assert (first["before"], first["after"]["status"]) == ({"status": "RESERVED", "lines": {"ITEM001": 2}}, "RELEASED")
    assert second["before"] == second["after"]
    assert world.ran == [("release_stock", ORDER_ID)]
    assert journal(world) == recorded("stock release")


@pytest.mark.parametrize("command", [REFUND, RELEASE], ids=["refund", "release"])
@pytest.mark.parametrize(
    "status",
    [OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.REVIEW, OrderStatus.CONFIRMED, OrderStatus.SHIPPED],
)
def test_what_an_order_on_its_way_or_sold_holds_stays_where_it_is(
    world: World, command: tuple[str, ...], status: OrderStatus
) -> None:
    world.keep(ended(status))
    result = run(world, *command, *YES)
    assert (result.exit_code, str(status) in result.stderr, "Nothing was changed" in result.stderr) == (2, True, True)
    assert (world.ran, world.journal.entries) == ([], [])


@pytest.mark.parametrize(("status", "done"), [(OrderStatus.CONFIRMED, 1), (OrderStatus.PROCESSING, 0)])
def test_a_sold_order_is_refunded_when_told_and_one_on_its_way_never(
    world: World, status: OrderStatus, done: int
) -> None:
    world.keep(ended(status))
    run(world, *REFUND, *YES, "--although-sold")
    assert len(world.ran) == done


@pytest.mark.parametrize("status", [OrderStatus.REJECTED, OrderStatus.PAYMENT_FAILED, OrderStatus.CANCELLED])
def test_every_ending_without_a_sale_can_be_refunded(world: World, status: OrderStatus) -> None:
    world.keep(ended(status))
    assert run(world, *REFUND, *YES).exit_code == 0
    assert world.audits.payments[ORDER_ID].status is PaymentStatus.REFUNDED


def test_money_and_units_of_an_order_that_is_not_there_can_be_given_back(world: World) -> None:
    world.orders.orders.clear()
    assert (run(world, *REFUND, *YES).exit_code, run(world, *RELEASE, *YES).exit_code) == (0, 0)
    assert world.audits.payments[ORDER_ID].status is PaymentStatus.REFUNDED
    assert world.audits.reservations[ORDER_ID].status is ReservationStatus.RELEASED


def test_an_order_without_a_payment_cannot_be_refunded(world: World) -> None:
    world.audits.payments.clear()
    assert (run(world, *REFUND, *YES).exit_code, world.ran) == (2, [])


@pytest.mark.parametrize("command", [REFUND, RELEASE], ids=["refund", "release"])
def test_giving_back_that_fails_leaves_begun_alone_and_can_be_repeated(world: World, command: tuple[str, ...]) -> None:
    world.steps_down = True
    assert run(world, *command, *YES).exit_code == 2
    assert [entry.phase for entry in world.journal.entries] == [Phase.BEGUN]
    world.steps_down = False
    assert run(world, *command, *YES).exit_code == 0
    assert len(world.ran) == 1


@pytest.mark.parametrize("command", [REFUND, RELEASE, RETRY, ("sweep",)], ids=["refund", "release", "retry", "sweep"])
@pytest.mark.parametrize(
    ("how", "answer"), [(("--dry-run",), None), ((), "n\n"), ((), "")], ids=["dry run", "said no", "no terminal"]
)
def test_nothing_is_mended_without_a_yes(world: World, command: tuple[str, ...], how: tuple[str, ...], answer) -> None:
    if command[0] in ("executions", "sweep"):
        stop(world)
    result = run(world, *command, *WHY, *how, answer=answer)
    assert result.exit_code == (0 if how else 2)
    assert (world.ran, world.journal.entries, world.repairs.executions.started) == ([], [], {})
    assert "would be" in result.stderr or not how


@pytest.mark.parametrize("command", [REFUND, RELEASE, RETRY, ("sweep",)], ids=["refund", "release", "retry", "sweep"])
def test_mending_needs_a_reason(world: World, command: tuple[str, ...]) -> None:
    result = run(world, *command, "--yes")
    assert (result.exit_code, "reason" in result.stderr, world.journal.entries) == (2, True, [])


def test_a_sweep_mends_what_stopped_leaves_the_rest_and_is_recorded_order_by_order(world: World) -> None:
    # Given an order that was never picked up, one whose execution is gone, one at work, and one not due yet
    lost, busy, later = (ORDER_ID[:-1] + last for last in "234")
    world.repairs.add(ORDER_ID)
    world.repairs.add(lost, OrderStatus.PROCESSING)
    world.repairs.ended(lost)
    world.repairs.add(busy, OrderStatus.PROCESSING)
    world.repairs.executions.restart(world.repairs.store.orders[busy], busy)
    world.repairs.executions.started.clear()
    world.repairs.add(later, check_after="2099-01-01T00:00:00.000Z")
    before = world.repairs.store.orders[busy]
    # When
    found = shown(run(world, "sweep", *YES, "--json"))
    # Then
    assert {each["orderId"]: each["finding"] for each in found} == {
        ORDER_ID: "NOT_PICKED_UP",
        lost: "ABANDONED",
        busy: "RUNNING",
    }
    assert [each.order_id for each in world.repairs.queue.messages] == [ORDER_ID]
    assert list(world.repairs.executions.started) == [f"{lost}-repair-1"]
    assert world.repairs.store.orders[busy] == before
    subjects = [entry.operation.subject for entry in world.journal.entries if entry.phase is Phase.DONE]
    assert subjects == [f"order {ORDER_ID}", f"order {lost}"]
    # And again: nothing is due but the one at work
    assert [each["orderId"] for each in shown(run(world, "sweep", *YES, "--json"))] == [busy]
    assert len(world.journal.entries) == 4


def test_a_sweep_is_bounded(world: World) -> None:
    for last in "123":
        world.repairs.add(ORDER_ID[:-1] + last)
    assert len(shown(run(world, "sweep", "--limit", "2", *YES, "--json"))) == 2
    assert run(world, "sweep", "--limit", "201", *YES).exit_code == 2


def test_failed_cancellations_are_listed_between_the_other_failed_executions(world: World) -> None:
    cancelled = Execution(f"cancel-{ORDER_ID}", "FAILED", START, START, "CancellationIncompleteError", "refund it")
    earlier = replace(cancelled, name=ORDER_ID, started=START - timedelta(minutes=5), error="OrderFailedError")
    world.cancellations.ended_badly, world.audits.executions = [cancelled], [earlier]
    found = shown(run(world, "executions", "failed", "--json"))
    assert [(each["orderId"], each["execution"]) for each in found] == [
        (ORDER_ID, f"cancel-{ORDER_ID}"),
        (ORDER_ID, ORDER_ID),
    ]


def test_a_timeline_shows_every_execution_of_the_cancellation(world: World) -> None:
    world.cancellations.states = {f"cancel-{ORDER_ID}": "FAILED", AGAIN: "SUCCEEDED"}
    world.cancellations.happened = {
        f"cancel-{ORDER_ID}": [ExecutionEvent(START, "entered", "RefundPayment")],
        AGAIN: [ExecutionEvent(START + timedelta(hours=1), "entered", "OrderCancelled")],
    }
    found = shown(run(world, "orders", "timeline", ORDER_ID, "--json"))
    assert [each["what"] for each in found if each["source"] == "cancellation"] == ["RefundPayment", "OrderCancelled"]


def test_a_timeline_shows_what_the_payment_workflow_did(world: World) -> None:
    failed = ExecutionEvent(START, "TaskFailed", "CapturePayment", "PaymentTimeoutError", "slow")
    world.payment_runs.happened = {ORDER_ID: [ExecutionEvent(START, "entered", "AuthorizePayment"), failed]}
    found = shown(run(world, "orders", "timeline", ORDER_ID, "--json"))
    assert [(each["what"], each["detail"]) for each in found if each["source"] == "paying"] == [
        ("AuthorizePayment", ""),
        ("CapturePayment TaskFailed", "PaymentTimeoutError: slow"),
    ]
