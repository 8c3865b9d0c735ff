"""The cases take every way there is: a new state, transition, retrier or catcher without a case is refused."""

import copy
from typing import Any

import pytest

from tests.rules.workflows.machine import WORKFLOWS, Machine
from tests.support.step_functions import Execution
from tests.workflow.machines import MACHINES, cases_of, has_cases, no_cases
from tests.workflow.path_coverage import all_ways, coverage, report, ways_taken

SMALL = Machine(
    "small",
    {
        "StartAt": "Count",
        "States": {
            "Count": {
                "Type": "Task",
                "Retry": [{"ErrorEquals": ["Busy"]}],
                "Catch": [
                    {"ErrorEquals": ["Refused"], "Next": "Done"},
                    {"ErrorEquals": ["States.ALL"], "Next": "Done"},
                ],
                "Next": "IsEnough",
            },
            "IsEnough": {
                "Type": "Choice",
                "Choices": [{"Variable": f"$.{name}", "IsPresent": True, "Next": "Done"} for name in ("a", "b")],
                "Default": "Done",
            },
            "Done": {"Type": "Succeed"},
        },
    },
)


@pytest.mark.parametrize("name", MACHINES)
def test_the_cases_reach_every_state_transition_retrier_and_catcher(name, request, reached):
    assert has_cases(name), no_cases(name)
    run, cases = request.getfixturevalue(name), cases_of(name)
    found = coverage(Machine.read(WORKFLOWS / f"{name}.asl.json"), map(run, cases.cases()))
    reached.append(found)
    assert found.missed == [], (
        f"{name}: {len(found.missed)} of {len(found.all)} ways are taken by no case; "
        f"add cases to tests/workflow/{name}/cases.py: {'; '.join(found.missed)}"
    )


def entered(name: str, **given: Any) -> dict[str, Any]:
    return {"type": "StateEntered", "stateEnteredEventDetails": {"name": name, "input": _json(given)}}


def failed(error: str) -> dict[str, Any]:
    return {"type": "TaskFailed", "taskFailedEventDetails": {"error": error}}


def _json(given: dict[str, Any]) -> str:
    return "{" + ", ".join(f'"{key}": {value}' for key, value in given.items()) + "}"


DONE = {"type": "TaskSucceeded"}


@pytest.mark.parametrize(
    ("events", "taken"),
    [
        ([], []),
        ([entered("Count"), DONE], ["Count: entered"]),
        (
            [entered("Count"), failed("Busy"), DONE, entered("IsEnough", b=1), entered("Done")],
            ["Count: entered", "Count: next", "Count: retry 0", "Done: entered",
             "IsEnough: choice 1", "IsEnough: entered"],
        ),
        ([entered("Count"), failed("Busy"), failed("Refused"), entered("Done")],
         ["Count: catch 0", "Count: entered", "Count: retry 0", "Done: entered"]),
        ([entered("Count"), failed("Other"), entered("Done")], ["Count: catch 1", "Count: entered", "Done: entered"]),
    ],
)  # fmt: skip
def test_a_history_tells_which_ways_it_took(events, taken):
    execution = Execution("SUCCEEDED", None, None, tuple(events))
    assert sorted({str(way) for way in ways_taken(SMALL, execution)}) == taken


@pytest.mark.parametrize(
    "way", ["Count: entered", "Count: next", "Count: catch 1", "Count: retry 0", "IsEnough: default"]
)
def test_a_way_that_no_case_takes_is_missed(way):
    nothing = coverage(SMALL, [Execution("SUCCEEDED", None, None, ())])
    assert way in nothing.missed


def test_a_state_added_to_a_file_is_missed():
    definition = copy.deepcopy(SMALL.definition)
    definition["States"]["Again"] = {"Type": "Pass", "Next": "Done"}
    assert {str(way) for way in set(all_ways(Machine("small", definition))) - set(all_ways(SMALL))} == {
        "Again: entered",
        "Again: next",
    }


def test_the_report_counts_each_kind_and_names_what_is_missing():
    # Given one case that repeats, and takes the plain way
    events = [entered("Count"), failed("Busy"), DONE, entered("IsEnough"), entered("Done")]
    # When
    told = report([coverage(SMALL, [Execution("SUCCEEDED", None, None, tuple(events))])]).splitlines()
    # Then
    assert told[0].split() == ["machine", "cases", "states", "transitions", "retriers", "catchers"]
    assert told[1].split() == ["small", "1", "3/3", "2/4", "1/1", "0/2"]
    assert told[2:] == [
        f"not reached: small: {way}"
        for way in ("Count: catch 0", "Count: catch 1", "IsEnough: choice 0", "IsEnough: choice 1")
    ]


def test_a_machine_without_cases_is_refused_with_what_to_write():
    assert not has_cases("no_such_machine")
    with pytest.raises(AssertionError, match=r"write tests/workflow/no_such_machine/cases\.py"):
        cases_of("no_such_machine")
