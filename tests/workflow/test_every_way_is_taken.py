"""The cases take every way there is: a new state, catcher or retrier without a case is refused."""

import itertools
from typing import Any

import pytest

from tests.rules.workflows.machine import MACHINE_FILES, Machine, edges_of
from tests.support.step_functions import Execution, failure_of
from tests.workflow.order_cancellation import cases as cancellation_cases
from tests.workflow.order_processing import cases as processing_cases

CASES = {"order_processing": processing_cases, "order_cancellation": cancellation_cases}


def test_every_machine_has_its_cases():
    assert set(CASES) == {path.name.removesuffix(".asl.json") for path in MACHINE_FILES}


@pytest.mark.parametrize("name", CASES)
def test_the_cases_take_every_edge_and_every_retrier(name, request):
    run, cases = request.getfixturevalue(name), CASES[name]
    machine = Machine.read(cases.DEFINITION)
    taken: set[str] = set()
    for case in cases.cases():
        taken |= ways_taken(machine, run(case))
    missed = all_ways(machine) - taken
    assert missed == set(), f"{len(missed)} of {len(all_ways(machine))} ways are taken by no case"


def all_ways(machine: Machine) -> set[str]:
    edges = {way(e.source, e.kind) for name, state in machine.states.items() for e in edges_of(name, state)}
    retriers = {
        way(n, f"retry {i}") for n, state in machine.states.items() for i, _ in enumerate(state.get("Retry", []))
    }
    return edges | retriers | {way(n, "entered") for n in machine.states}


def ways_taken(machine: Machine, execution: Execution) -> set[str]:
    taken = set()
    visits = list(execution.visits())
    for (name, events), following in itertools.zip_longest(visits, [name for name, _ in visits[1:]]):
        taken.add(way(name, "entered"))
        state = machine.states[name]
        errors = [error for event in events if (error := failure_of(event)) is not None]
        caught = bool(errors) and not any(event["type"] == "TaskSucceeded" for event in events)
        retried = errors[:-1] if caught else errors
        taken |= {way(name, f"retry {listed(state['Retry'], error)}") for error in retried}
        if caught:
            taken.add(way(name, f"catch {listed(state['Catch'], errors[-1])}"))
        elif following is not None:
            (kind,) = {e.kind for e in edges_of(name, state) if e.target == following and "catch" not in e.kind}
            taken.add(way(name, kind))
    return taken


def listed(entries: list[dict[str, Any]], error: str) -> int:
    """Return which retrier or catcher an error finds first."""
    return next(i for i, e in enumerate(entries) if error in e["ErrorEquals"] or e["ErrorEquals"] == ["States.ALL"])


def way(state: str, kind: str) -> str:
    return f"{state}: {kind}"


@pytest.mark.parametrize("kind", ["entered", "next", "catch 0", "retry 0"])
def test_a_way_that_no_case_takes_is_missed(kind):
    # Given one visit of a state that is neither entered, left, retried nor caught by anything
    machine = Machine.read(processing_cases.DEFINITION)
    nothing = Execution("SUCCEEDED", None, None, ())
    assert way("ReserveStock", kind) in all_ways(machine) - ways_taken(machine, nothing)
