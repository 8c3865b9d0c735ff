"""Two independent interpreters take the same way: these tests' engine, and ours, on which the crash matrix runs."""

import pytest

from tests.support.asl.mocked import MockedEngine
from tests.workflow import mock_files
from tests.workflow.machines import MACHINES, cases_of
from tests.workflow.parity import facts_of
from tests.workflow.rendering import rendered


@pytest.mark.parametrize("name", MACHINES)
def test_every_case_ends_goes_fails_and_asks_the_same_on_both(name, request):
    # Given the executions of the engine, and the same cases on ours
    run, cases, ours = request.getfixturevalue(name), cases_of(name), MockedEngine(mock_files.all_mocks())
    machine = ours.create(name, rendered(cases.DEFINITION.read_text(encoding="utf-8")))
    # Then
    for case in cases.cases():
        execution = ours.finished(ours.start(machine, case, case, cases.input_of(case)), 0)
        assert facts_of(execution) == facts_of(run(case)), case
