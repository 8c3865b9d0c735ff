"""The commands: what they show, what they refuse, and what they write down."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from orderflow.catalog.product import Product, ProductFacts
from orderflow.catalog.stock import Stock
from orderflow.operations.journal import Phase
from orderflow.orders.executions import Execution, ExecutionEvent
from orderflow.orders.order import StatusReason
from orderflow.orders.status import OrderStatus
from orderflow.payments.audit import PaymentMove
from orderflow.payments.payment import PaymentStatus
from tests.support.desk import AT, OPERATOR, ORDER_ID, World, ended
from tests.support.frozen import START
from tests.support.orders import CUSTOMER
from tools import target
from tools.ops.cli import cli

WHY = ("--reason", "the cause is mended")
BODY = json.dumps({"orderId": ORDER_ID, "correlationId": "correlation-1"})


@pytest.fixture
def world() -> World:
    world = World()
    world.catalog.products["ITEM001"] = Product("ITEM001", ProductFacts("Item", "things", 1999), "EUR", AT, AT)
    world.catalog.stocks["ITEM001"] = Stock(10, 0, 0, AT)
    return world


def run(world: World, *arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(cli, arguments, obj=world.desk(), input=answer)


def shown(result: Result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_help_needs_no_shop() -> None:
    result = CliRunner().invoke(cli, ["dlq", "replay", "--help"])
    assert (result.exit_code, "--dry-run" in result.output) == (0, True)


def test_an_order_is_shown_with_its_reason_and_without_its_payment_token(world: World) -> None:
    world.keep(ended(OrderStatus.REJECTED, status_reason=StatusReason("OUT_OF_STOCK", "Sold out.")))
    result = run(world, "orders", "show", ORDER_ID)
    assert "OUT_OF_STOCK: Sold out." in result.stdout
    assert "39.98 EUR" in result.stdout
    assert "sandbox_approve" not in result.stdout + run(world, "orders", "show", ORDER_ID, "--json").stdout


def test_an_order_that_is_not_there_is_one_clear_line_and_exit_code_2(world: World) -> None:
    result = run(world, "orders", "show", ORDER_ID)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: ")
    assert ORDER_ID in result.stderr


def test_orders_are_listed_by_customer_and_status(world: World) -> None:
    world.keep(ended(OrderStatus.CONFIRMED))
    world.keep(ended(OrderStatus.FAILED, "01JFR0ZEN00000000000000002"))
    listed = shown(run(world, "orders", "list", "--user", CUSTOMER.user_id, "--status", "failed", "--json"))
    assert [(order["orderId"], order["status"]) for order in listed] == [("01JFR0ZEN00000000000000002", "FAILED")]


def test_without_a_customer_the_newest_started_orders_are_listed(world: World) -> None:
    ids = ["01JFR0ZEN00000000000000003", "01JFR0ZEN00000000000000002", ORDER_ID]
    for order_id in ids:
        world.keep(ended(OrderStatus.CONFIRMED, order_id))
    names = [ids[0], f"{ids[0]}-repair-1", *ids[1:]]
    world.audits.executions = [Execution(name, "SUCCEEDED", START) for name in names]
    listed = shown(run(world, "orders", "list", "--limit", "2", "--json"))
    assert [order["orderId"] for order in listed] == ids[:2]


def test_a_timeline_orders_history_execution_and_payment_by_time(world: World) -> None:
    world.keep(ended(OrderStatus.CONFIRMED))
    world.audits.confirmed()
    begun = datetime.fromisoformat(AT)
    repair = f"{ORDER_ID}-repair-1"
    arn = f"arn:aws:states:eu-central-1:123456789012:execution:order-processing:{repair}"
    world.audits.records[ORDER_ID] = replace(world.audits.records[ORDER_ID], execution_arn=arn)
    failed = ExecutionEvent(begun + timedelta(seconds=2), "TaskFailed", "ProcessPayment", "PaymentTimeoutError", "slow")
    world.audits.happened = {ORDER_ID: [ExecutionEvent(begun, "entered", "ValidateOrder")], repair: [failed]}
    world.audits.history[ORDER_ID] = (PaymentMove(PaymentStatus.CAPTURED, "2026-01-02T03:04:06.678Z", "reference-1"),)
    found = shown(run(world, "orders", "timeline", ORDER_ID, "--json"))
    assert [(moment["source"], moment["what"], moment["detail"]) for moment in found] == [
        ("execution", "ValidateOrder", ""),
        ("order", "PENDING", "by customer"),
        ("order", "PROCESSING", "by workflow"),
        ("order", "CONFIRMED", "by workflow"),
        ("payment", "CAPTURED", "reference-1"),
        ("execution", "ProcessPayment TaskFailed", "PaymentTimeoutError: slow"),
    ]


def test_dead_letters_are_listed_by_their_facts_also_those_that_are_no_json(world: World) -> None:
    world.dead_letters.arrive("m-1", BODY)
    world.dead_letters.arrive("m-2", "not json [")
    assert [each["messageId"] for each in shown(run(world, "dlq", "list", "--json"))] == ["m-1", "m-2"]
    listed = shown(run(world, "dlq", "list", "--where", f"orderId={ORDER_ID}", "--json"))
    assert [each["messageId"] for each in listed] == ["m-1"]
    assert shown(run(world, "dlq", "show", "m-2", "--json"))["body"] == "not json ["
    assert run(world, "dlq", "show", "m-9").exit_code == 2


def test_replaying_sends_back_what_matches_records_it_and_changes_nothing_the_second_time(world: World) -> None:
    # Given
    world.dead_letters.arrive("m-0", "another")
    world.dead_letters.arrive("m-1", BODY)
    world.dead_letters.arrive("m-2", "other")
    command = ("dlq", "replay", "--where", f"orderId={ORDER_ID}", *WHY, "--yes", "--json")
    # When
    first, second = shown(run(world, *command)), shown(run(world, *command))
    # Then
    assert ([each["messageId"] for each in first], second) == (["m-1"], [])
    assert [letter.message_id for letter in world.dead_letters.sent] == ["m-1"]
    assert [letter.message_id for letter in world.dead_letters.letters] == ["m-0", "m-2"]
    begun, done = world.journal.entries
    assert (begun.phase, done.phase) == (Phase.BEGUN, Phase.DONE)
    assert (done.operation.by, done.operation.command) == (OPERATOR, "dlq replay")
    assert (done.operation.subject, done.operation.reason) == ("message m-1", WHY[1])
    assert (done.before["body"], done.after) == (BODY, {"waits": False, "sentBack": True})


def test_a_replay_that_breaks_off_keeps_the_message_and_leaves_begun_alone(world: World) -> None:
    world.dead_letters.arrive("m-1", BODY)
    world.dead_letters.down = True
    assert run(world, "dlq", "replay", *WHY, "--yes").exit_code != 0
    assert [letter.message_id for letter in world.dead_letters.letters] == ["m-1"]
    assert [entry.phase for entry in world.journal.entries] == [Phase.BEGUN]


def test_dropping_needs_to_be_told_which_and_keeps_the_body_in_the_journal(world: World) -> None:
    world.dead_letters.arrive("m-1", "rubbish")
    assert run(world, "dlq", "drop", *WHY, "--yes").exit_code == 2
    assert run(world, "dlq", "drop", "--all", "--where", "a=b", *WHY, "--yes").exit_code == 2
    assert len(world.dead_letters.letters) == 1
    assert run(world, "dlq", "drop", "--where", "messageId=m-1", *WHY, "--yes").exit_code == 0
    assert (world.dead_letters.letters, world.dead_letters.sent) == ([], [])
    assert world.journal.entries[-1].before["body"] == "rubbish"


CHANGES = {
    "replay": ("dlq", "replay"),
    "drop": ("dlq", "drop", "--all"),
    "adjust": ("stock", "adjust", "ITEM001", "--set", "3"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(
    ("how", "answer"), [(("--dry-run",), None), ((), "n\n"), ((), "")], ids=["dry run", "said no", "no terminal"]
)
def test_nothing_changes_without_a_yes(world: World, change: tuple[str, ...], how: tuple[str, ...], answer) -> None:
    world.dead_letters.arrive("m-1", BODY)
    result = run(world, *change, *WHY, *how, answer=answer)
    assert result.exit_code == (0 if how else 2)
    assert (len(world.dead_letters.letters), world.dead_letters.sent) == (1, [])
    assert world.catalog.stocks["ITEM001"].available == 10
    assert world.journal.entries == []


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_needs_a_reason(world: World, change: tuple[str, ...]) -> None:
    world.dead_letters.arrive("m-1", BODY)
    for reason in ((), ("--reason", "  ")):
        result = run(world, *change, *reason, "--yes")
        assert (result.exit_code, "reason" in result.stderr) == (2, True)
    assert world.journal.entries == []


def test_a_yes_at_the_question_makes_the_change(world: World) -> None:
    assert run(world, "stock", "adjust", "ITEM001", "--change", "-4", *WHY, answer="y\n").exit_code == 0
    assert world.catalog.stocks["ITEM001"].available == 6


def test_a_correction_repeated_with_its_operation_changes_nothing_the_second_time(world: World) -> None:
    command = ("stock", "adjust", "ITEM001", "--change", "5", *WHY, "--yes", "--operation", ORDER_ID)
    first, second = run(world, *command), run(world, *command)
    assert (first.exit_code, second.exit_code) == (0, 2)
    assert "nothing was changed" in second.stderr
    assert world.catalog.stocks["ITEM001"].available == 15
    [entry] = world.journal.entries
    assert (entry.before["available"], entry.after["available"]) == (10, 15)


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("--change", "1", "--set", "1"),
        ("--change", "-11"),
        ("--set", "-1"),
        ("--change", "1", "--operation", "not-a-ulid"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_written_nowhere(world: World, wrong: tuple[str, ...]) -> None:
    assert run(world, "stock", "adjust", "ITEM001", *wrong, *WHY, "--dry-run").exit_code == 2
    result = run(world, "stock", "adjust", "ITEM001", *wrong, *WHY, "--yes")
    assert (result.exit_code, world.catalog.stocks["ITEM001"].available, world.journal.entries) == (2, 10, [])


def test_failed_executions_are_shown_with_their_error_and_only_since_then(world: World) -> None:
    bad = Execution(ORDER_ID, "FAILED", START, START, "OrderFailedError", "Look at the provider.")
    world.audits.executions = [bad, replace(bad, name="old", started=START - timedelta(hours=3))]
    [found] = shown(run(world, "executions", "failed", "--since", "2h", "--json"))
    assert (found["orderId"], found["error"], found["cause"]) == (ORDER_ID, bad.error, bad.cause)
    assert len(shown(run(world, "executions", "failed", "--since", "1d", "--json"))) == 2
    assert run(world, "executions", "failed", "--since", "soon").exit_code == 2


def test_a_payment_is_shown_with_its_history(world: World) -> None:
    world.audits.confirmed()
    world.audits.history[ORDER_ID] = (PaymentMove(PaymentStatus.CAPTURED, AT, "reference-1"),)
    found = shown(run(world, "payments", "show", ORDER_ID, "--json"))
    assert (found["status"], found["amount"], found["currency"]) == ("CAPTURED", 3998, "EUR")
    assert found["history"] == [{"at": AT, "status": "CAPTURED", "detail": "reference-1"}]
    assert run(world, "payments", "show", "unknown").exit_code == 2


def test_the_doctor_answers_1_when_something_is_broken_and_0_when_nothing_is(world: World) -> None:
    world.catalog.stocks.clear()
    world.audits.confirmed()
    sound = run(world, "doctor")
    world.audits.stocks["ITEM001"] = Stock(10, 1, 0, AT)
    broken = run(world, "doctor", "--json")
    assert (sound.exit_code, sound.stdout) == (0, "Every invariant holds.\n")
    assert broken.exit_code == 1
    [finding] = json.loads(broken.stdout)
    assert (finding["rule"], finding["subject"], finding["verdict"]) == (
        "reserved-is-what-orders-hold",
        "product ITEM001",
        "broken",
    )


def test_the_journal_is_listed_by_day(world: World) -> None:
    run(world, "stock", "adjust", "ITEM001", "--set", "7", *WHY, "--yes")
    [entry] = shown(run(world, "operations", "list", "--json"))
    assert (entry["by"], entry["command"], entry["subject"]) == (OPERATOR, "stock adjust", "product ITEM001")
    assert (entry["before"]["available"], entry["after"]["available"]) == (10, 7)
    assert shown(run(world, "operations", "list", "--day", "2026-01-01", "--json")) == []


def test_a_shop_that_was_applied_before_the_journal_is_told_to_be_brought_up_to_date(monkeypatch) -> None:
    monkeypatch.setattr(target, "current", lambda: SimpleNamespace(outputs={}, client=lambda service: None))
    result = CliRunner().invoke(cli, ["doctor"])
    assert (result.exit_code, "operations_table_name" in result.stderr, "make up" in result.stderr) == (2, True, True)


def test_stopping_a_command_is_not_taken_for_a_broken_shop(world: World, monkeypatch) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(world.dead_letters, "waiting", stop)
    assert run(world, "dlq", "list").exit_code == 130


def test_square_brackets_in_a_message_are_shown_as_they_are(world: World) -> None:
    world.dead_letters.arrive("m-1", "[bold]x[/]")
    assert "[bold]x[/]" in run(world, "dlq", "show", "m-1").stdout
