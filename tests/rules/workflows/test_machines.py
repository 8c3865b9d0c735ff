"""The rules that every state machine in workflows/ keeps."""

import json

import pytest

from tests.rules.workflows import error_rules, graph_rules, mock_rules, path_rules, status_rules, task_rules, text_rules
from tests.rules.workflows.machine import MACHINE_FILES, ROOT, WORKFLOWS, Machine, seconds

MACHINES = [pytest.param(Machine.read(path), id=path.name.removesuffix(".asl.json")) for path in MACHINE_FILES]
every_machine = pytest.mark.parametrize("machine", MACHINES)


def test_there_is_a_machine_to_check():
    assert "order_processing" in [param.id for param in MACHINES]


@every_machine
@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(task_rules.unbounded, id="every Task and the machine have a timeout"),
        pytest.param(task_rules.unretried, id="every Task repeats its service's passing failures with full jitter"),
        pytest.param(task_rules.wrongly_retried, id="no Task repeats what will not pass"),
        pytest.param(task_rules.uncaught, id="every Task catches everything, last and alone"),
        pytest.param(graph_rules.dangling, id="every edge resolves, every state is reached and reaches an end"),
        pytest.param(graph_rules.unbounded_loops, id="every loop is counted"),
        pytest.param(graph_rules.too_little_time, id="the machine's timeout outlasts its slowest way"),
        pytest.param(error_rules.unknown_errors, id="every custom error name is an exception class"),
        pytest.param(error_rules.misheard_errors, id="every error of a step is retried or caught as its kind demands"),
        pytest.param(status_rules.illegal_moves, id="orders are moved only as their status machine allows"),
        pytest.param(status_rules.unclosed_orders, id="an order is listed until it is ended and settled"),
        pytest.param(text_rules.literals, id="no ARN, account or region is written out"),
        pytest.param(text_rules.foreign_language, id="the file is JSONPath, which Step Functions Local loads"),
        pytest.param(text_rules.silent_endings, id="every bad ending has its own name and says what to do"),
        pytest.param(text_rules.told_secrets, id="no address or payment token reaches the history"),
    ],
)
def test_the_machine_keeps_the_rule(machine, rule):
    assert list(rule(machine)) == []


@every_machine
def test_terraform_supplies_exactly_the_placeholders(machine):
    supplied = text_rules.supplied_placeholders()
    assert machine.name in supplied, "no templatefile call in modules/ renders this machine"
    assert list(text_rules.misfit_placeholders(machine, supplied[machine.name])) == []


@every_machine
def test_every_path_read_is_written_on_all_ways_into_the_state(machine):
    example = json.loads((WORKFLOWS / f"{machine.name}.input.json").read_text(encoding="utf-8"))
    assert list(path_rules.unfilled_paths(machine, example)) == []


@every_machine
def test_the_mock_file_fits_the_machine(machine):
    mocks = json.loads((WORKFLOWS / "mocks" / f"{machine.name}.json").read_text(encoding="utf-8"))
    assert list(mock_rules.misfit_mocks(machine, mocks)) == []


@every_machine
def test_every_mock_of_a_step_is_what_its_function_can_answer_or_raise(machine):
    mocks = json.loads((WORKFLOWS / "mocks" / f"{machine.name}.json").read_text(encoding="utf-8"))
    assert list(mock_rules.impossible_mocks(machine, mocks)) == []


@every_machine
def test_the_readme_names_every_ending(machine):
    readme = (WORKFLOWS / "README.md").read_text(encoding="utf-8")
    errors = [state["Error"] for state in machine.states.values() if state["Type"] == "Fail"]
    assert [error for error in errors if f"`{error}`" not in readme] == []


@every_machine
def test_a_step_is_given_more_time_than_its_function_takes(machine):
    limits = text_rules.function_timeouts()
    steps = {
        name: (error_rules.step_of(task), seconds(task, "TimeoutSeconds")[0]) for name, task in machine.tasks.items()
    }
    late = {name: (key, given) for name, (key, given) in steps.items() if key is not None and given <= limits[key]}
    assert late == {}, (
        f"Lambda must be the first to give up, so that its own error is reported; {ROOT.name} says {limits}"
    )
