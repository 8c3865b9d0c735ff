"""One engine for all workflow tests; every case of a machine runs at once, each test waits for its own.

A machine's name is a fixture: it gives a function that returns the finished execution of a case by its name.
"""

import json
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.support.step_functions import Execution
from tests.support.workflow_engine import Engine, running_engine
from tests.workflow import mock_files
from tests.workflow.machines import MACHINES, cases_of, has_cases
from tests.workflow.path_coverage import Coverage, report
from tests.workflow.rendering import rendered
from tools.paths import ROOT

# What the last run reached: for whoever did not see the terminal.
REPORT = ROOT / ".orderflow" / "reports" / "workflow-paths.txt"
_CASE_SECONDS = 60
_reached = pytest.StashKey[list[Coverage]]()


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give an engine that knows the mocks of every machine."""
    mocks = tmp_path_factory.mktemp("mocks") / "mocks.json"
    mocks.write_text(json.dumps(mock_files.all_mocks()), encoding="utf-8")
    with running_engine(mocks) as engine:
        yield engine


def _executions_of(machine: str) -> Any:
    @pytest.fixture(scope="session", name=machine)
    def executions(engine: Engine) -> Callable[[str], Execution]:
        return _runner(engine, cases_of(machine))

    return executions


for _machine in MACHINES:
    if has_cases(_machine):
        globals()[f"executions_of_{_machine}"] = _executions_of(_machine)


def _runner(engine: Engine, cases: ModuleType) -> Callable[[str], Execution]:
    machine = engine.create(cases.MACHINE, rendered(cases.DEFINITION.read_text(encoding="utf-8")))
    started = {case: engine.start(machine, case, case, cases.input_of(case)) for case in cases.cases()}
    finished: dict[str, Execution] = {}

    def run(case: str) -> Execution:
        if case not in finished:
            finished[case] = engine.finished(started[case], _CASE_SECONDS)
        return finished[case]

    return run


@pytest.fixture
def reached(request: pytest.FixtureRequest) -> list[Coverage]:
    """Give the list of what was reached, one entry a machine; it is told at the end of the run."""
    return request.config.stash.setdefault(_reached, [])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Tell what the cases reached of every machine, and keep it in a file."""
    if found := config.stash.get(_reached, []):
        text = report(found)
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(text, encoding="utf-8")
        terminalreporter.section("ways of the workflows that the cases take, of all there are")
        terminalreporter.write(text)
        terminalreporter.write_line(f"({REPORT.relative_to(ROOT)})")
