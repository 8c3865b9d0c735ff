"""docs/parity.md is about the cases that there are, and says what a comparison finds."""

import json

import pytest

from tests.rules.workflows.machine import WORKFLOWS
from tests.support.step_functions import Execution
from tests.workflow.machines import MACHINES
from tests.workflow.parity import DOCUMENT, Difference, Facts, cases_in, differences, document, facts_of, never_told

PLAIN = Facts("SUCCEEDED", "Count > Done", None, 'Count {"a": 1}')


def told(**cases: Facts) -> dict[str, dict[str, Facts]]:
    return {"small": cases}


@pytest.mark.parametrize("machine", MACHINES)
def test_the_document_names_the_present_cases(machine):
    text = DOCUMENT.read_text(encoding="utf-8")
    mocks = json.loads((WORKFLOWS / "mocks" / f"{machine}.json").read_text(encoding="utf-8"))
    assert cases_in(text).get(machine) == sorted(mocks["StateMachines"][machine]["TestCases"]), (
        "docs/parity.md is of other cases: run `make parity` and commit it"
    )


def test_engines_that_do_the_same_do_not_differ():
    assert list(differences(told(A=PLAIN), told(A=PLAIN))) == []


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Facts("FAILED X", "Count > Done", None, PLAIN.requests), ("ending", "SUCCEEDED", "FAILED X")),
        (Facts("SUCCEEDED", "Count > Lost", None, PLAIN.requests), ("way", "Done", "Lost")),
        (Facts("SUCCEEDED", "Count", None, PLAIN.requests), ("way", "Done", "(nothing more)")),
        (
            Facts("SUCCEEDED", "Count > Done", "Count E > Count E", PLAIN.requests),
            ("errors", "(nothing)", "Count E x2"),
        ),
        (Facts("SUCCEEDED", "Count > Done", None, 'Count {"a": 2}'), ("requests", PLAIN.requests, 'Count {"a": 2}')),
    ],
)
def test_a_difference_is_told_with_its_case_and_from_where_they_part(other, expected):
    assert list(differences(told(A=PLAIN, B=PLAIN), told(A=PLAIN, B=other))) == [Difference("small", "B", *expected)]


def test_what_an_engine_never_tells_is_said_once_and_no_difference_of_a_case():
    silent = Facts("SUCCEEDED", "Count > Done")
    assert list(differences(told(A=PLAIN), told(A=silent))) == []
    assert never_told(told(A=PLAIN), told(A=silent)) == ["requests"]


def test_times_are_no_difference():
    def at(time: str) -> Facts:
        details = {"parameters": f'{{"at": "{time}"}}'}
        entered = {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "Count", "input": "{}"}}
        events = (entered, {"type": "TaskScheduled", "taskScheduledEventDetails": details})
        return facts_of(Execution("SUCCEEDED", None, None, events))

    assert at("2026-01-02T03:04:05.678Z") == at("2026-01-02T03:04:06+00:00")


def test_the_document_counts_what_is_the_same_and_lists_what_is_not():
    other = Facts("FAILED X", "Count > Done", None, PLAIN.requests)
    engines = {"one": told(A=PLAIN, B=PLAIN), "two": told(A=PLAIN, B=other), "three": told(A=PLAIN, B=PLAIN)}
    text = document(engines, {"one": "1", "two": "2", "three": "3"})
    assert "| small | 2 | 1 | 2 |" in text
    assert "| small | B | ending | SUCCEEDED | FAILED X |" in text
    assert text.partition("## three")[2].strip().startswith("No case differs.")
    assert cases_in(text) == {"small": ["A", "B"]}
