"""The order's status machine and the workflows agree on every path, and no failing path keeps what it took."""

import copy
import json
from typing import Any

import pytest

from tests.rules.workflows.machine import MACHINE_FILES, Machine
from tests.support.asl.mocked import MockedEngine
from tests.workflow import mock_files
from tests.workflow.machines import MACHINES, cases_of
from tests.workflow.order_paths import GIVEN_BACK_BY, KEEPS_NOTHING, breaches, called_by, moves_orders
from tests.workflow.rendering import rendered

MACHINES_BY_NAME = {machine.name: machine for machine in map(Machine.read, MACHINE_FILES)}


@pytest.mark.parametrize("name", [name for name in MACHINES if moves_orders(MACHINES_BY_NAME[name])])
def test_every_path_moves_its_order_legally_and_every_failing_one_ends_released_and_refunded(name, request):
    run = request.getfixturevalue(name)
    found = {case: breaches(MACHINES_BY_NAME[name], run(case)) for case in cases_of(name).cases()}
    assert {case: findings for case, findings in found.items() if findings} == {}


@pytest.mark.parametrize("name", MACHINES)
def test_every_step_is_known_to_take_something_or_to_keep_nothing(name):
    called = {called for task in MACHINES_BY_NAME[name].tasks.values() if (called := called_by(task))}
    unknown = called - set(GIVEN_BACK_BY) - KEEPS_NOTHING
    assert unknown == set(), (
        f"{name} calls {sorted(unknown)}: say in tests/workflow/order_paths.py what gives back what it takes, "
        "or that it keeps nothing"
    )


def changed(name: str, case: str, change: Any) -> list[str]:
    """Run a case of a machine with one thing changed in its file, and return what is wrong with the path."""
    definition = copy.deepcopy(MACHINES_BY_NAME[name].definition)
    change(definition["States"])
    engine = MockedEngine(mock_files.all_mocks())
    arn = engine.create(name, rendered(json.dumps(definition)))
    execution = engine.finished(engine.start(arn, case, case, cases_of(name).input_of(case)), 0)
    return breaches(Machine(name, definition), execution)


def write(states: Any, state: str) -> Any:
    return states[state]["Parameters"]["ExpressionAttributeValues"]


@pytest.mark.parametrize(
    ("name", "case", "change", "finding"),
    [
        ("order_processing", "Confirmed", lambda states: None, None),
        (
            "order_processing",
            "Confirmed",
            lambda states: write(states, "ConfirmOrder")[":status"].update(S="SHIPPED"),
            "ConfirmOrder lets workflow move PROCESSING to SHIPPED",
        ),
        (
            "order_processing",
            "Confirmed",
            lambda states: write(states, "ConfirmOrder")[":processing"].update(S="REVIEW"),
            "ConfirmOrder moves an order that is PROCESSING to CONFIRMED",
        ),
        (
            "order_processing",
            "ConfirmationFails",
            lambda states: states["RefundPayment"].update(Next="RecordFailure"),
            "the order ends FAILED without release_stock after reserve_stock",
        ),
        (
            "order_processing",
            "ConfirmationFails",
            lambda states: states["ExplainTechnicalFailure"].update(Next="ReleaseStock"),
            "the order ends FAILED without refund_payment after p",  # the payment's step, or its machine
        ),
        (
            "order_processing",
            "RefundFails",
            lambda states: states["NoteRefundFailure"]["Parameters"].update(code="TECHNICAL_FAILURE"),
            "the order ends FAILED without refund_payment after",
        ),
        (
            "order_cancellation",
            "Cancelled",
            lambda states: states["RefundPayment"].update(Next="IsPaymentRefunded"),
            "the order ends CANCELLED without release_stock after reserve_stock",
        ),
        (
            "order_cancellation",
            "CancelledByTheRequest",
            lambda states: states["ResumeCancellation"].update(Next="ReleaseStock"),
            "the order ends CANCELLED without refund_payment after",
        ),
    ],
)
def test_a_path_that_breaks_the_rule_is_found(name, case, change, finding):
    found = changed(name, case, change)
    assert found == [] if finding is None else any(finding in each for each in found), found
