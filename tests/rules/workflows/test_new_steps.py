"""A step cannot be added to any machine without what every step has; the message says what is missing, and where."""

import copy
import dataclasses
import re
from typing import Any

import pytest

from tests.rules.workflows.completeness_rules import Companions, incomplete_steps
from tests.rules.workflows.machine import MACHINE_FILES, WORKFLOWS, Machine

MACHINES = [Machine.read(path) for path in MACHINE_FILES]
every_machine = pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
NEW = "WeighParcel"


@every_machine
def test_every_step_has_all_that_a_step_needs(machine):
    assert list(incomplete_steps(machine, Companions.of(machine.name))) == []


def with_new_step(machine: Machine, **changes: Any) -> Machine:
    """Return the machine with one more sound step at its beginning, changed as told (None leaves a field out)."""
    definition = copy.deepcopy(machine.definition)
    model = next(iter(machine.tasks.values()))
    parameters = {"FunctionName": "${weigh_parcel_function_arn}", "Payload": {"orderId.$": "$.orderId"}}
    step = {**copy.deepcopy(model), "Parameters": parameters, "ResultPath": None, "Next": definition["StartAt"]}
    step.pop("ResultSelector", None)
    step["Catch"] = [{**step["Catch"][-1], "Next": definition["StartAt"]}]
    left_out = {key for key, value in changes.items() if value is None}
    definition["States"][NEW] = {key: value for key, value in {**step, **changes}.items() if key not in left_out}
    definition["StartAt"] = NEW
    return Machine(machine.name, definition)


def beside_new_step(machine: Machine, *, mock: bool = True, row: bool = True, **changes: Any) -> Companions:
    """Return the machine's companions as they are when the new step's own are added."""
    beside = Companions.of(machine.name)
    mocks, readme = copy.deepcopy(beside.mocks), beside.readme
    assert mocks is not None
    if mock:
        next(iter(mocks["StateMachines"][machine.name]["TestCases"].values()))[NEW] = "an answer"
    if row:
        readme = re.sub(rf"(?m)^## {machine.name}$", rf"## {machine.name}\n| `{NEW}` | weighs |", readme)
    return dataclasses.replace(beside, mocks=mocks, readme=readme, **changes)


def findings(machine: Machine, beside: Companions) -> list[str]:
    """Return what is found besides what the machine lacks as it is: that has a test of its own."""
    as_it_is = Machine.read(WORKFLOWS / f"{machine.name}.asl.json")
    known = set(incomplete_steps(as_it_is, Companions.of(machine.name)))
    return [finding for finding in incomplete_steps(machine, beside) if finding not in known]


@every_machine
def test_a_step_that_comes_with_everything_is_welcome(machine):
    assert findings(with_new_step(machine), beside_new_step(machine)) == []


@every_machine
@pytest.mark.parametrize("field", ["TimeoutSeconds", "Retry", "Catch"])
def test_a_step_without_timeout_retry_or_catch_is_refused_by_name(machine, field):
    [finding] = findings(with_new_step(machine, **{field: None}), beside_new_step(machine))
    assert finding.startswith(f"{NEW} has no {field} in workflows/{machine.name}.asl.json: ")


@every_machine
def test_a_step_without_a_mock_is_refused_with_where_it_goes(machine):
    [finding] = findings(with_new_step(machine), beside_new_step(machine, mock=False))
    assert finding.startswith(f"{NEW} has no mock in workflows/mocks/{machine.name}.json: give it an answer in ")
    assert finding.endswith(f"-m tests.workflow.{machine.name}.cases")


@every_machine
def test_a_step_without_a_row_in_the_readme_is_refused(machine):
    [finding] = findings(with_new_step(machine), beside_new_step(machine, row=False))
    assert finding == (
        f"{NEW} has no row in workflows/README.md: add one to the table of tasks in the section {machine.name}"
    )


@every_machine
def test_a_step_that_reads_what_the_input_example_does_not_show_is_refused(machine):
    [finding] = findings(with_new_step(machine, Parameters={"weight.$": "$.weight"}), beside_new_step(machine))
    assert finding.startswith(f"{NEW} reads $.weight, which not every way into it writes; ")
    assert finding.endswith(f"workflows/{machine.name}.input.json")


@every_machine
def test_a_machine_without_an_example_mocks_or_section_is_refused(machine):
    assert findings(machine, dataclasses.replace(Companions.of(machine.name), example=None)) == [
        f"{machine.name} has no example of its input: write workflows/{machine.name}.input.json"
    ]
    unmocked = findings(machine, dataclasses.replace(Companions.of(machine.name), mocks=None))
    assert [finding.partition(" ")[0] for finding in unmocked] == list(machine.tasks)
    unnamed = findings(machine, dataclasses.replace(Companions.of(machine.name), readme="# Workflows"))
    assert unnamed[0] == f"{machine.name} has no section in workflows/README.md: begin one with `## {machine.name}`"
    assert {finding.partition(" ")[0] for finding in unnamed[1:]} == set(machine.states)
