"""One engine for all workflow tests; every case of a machine runs at once, each test waits for its own."""

import json
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from tests.support.step_functions import Execution, StepFunctions
from tests.support.workflow_engine import running_engine
from tests.workflow import mock_files
from tests.workflow.order_cancellation import cases as cancellation_cases
from tests.workflow.order_processing import cases as processing_cases
from tests.workflow.rendering import rendered

_CASE_SECONDS = 60


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StepFunctions]:
    """Give a client of an engine that knows the mocks of every machine."""
    mocks = tmp_path_factory.mktemp("mocks") / "mocks.json"
    mocks.write_text(json.dumps(mock_files.all_mocks()), encoding="utf-8")
    with running_engine(mocks) as endpoint:
        yield StepFunctions(endpoint)


@pytest.fixture(scope="session")
def order_processing(engine: StepFunctions) -> Callable[[str], Execution]:
    """Give a function that returns the finished execution of a case by its name."""
    return _runner(engine, processing_cases)


@pytest.fixture(scope="session")
def order_cancellation(engine: StepFunctions) -> Callable[[str], Execution]:
    """Give a function that returns the finished execution of a case by its name."""
    return _runner(engine, cancellation_cases)


def _runner(engine: StepFunctions, cases: ModuleType) -> Callable[[str], Execution]:
    machine = engine.create(cases.MACHINE, rendered(cases.DEFINITION.read_text(encoding="utf-8")))
    started = {case: engine.start(machine, case, case, cases.input_of(case)) for case in cases.cases()}
    finished: dict[str, Execution] = {}

    def run(case: str) -> Execution:
        if case not in finished:
            finished[case] = engine.finished(started[case], _CASE_SECONDS)
        return finished[case]

    return run
