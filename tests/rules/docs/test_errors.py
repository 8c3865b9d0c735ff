"""docs/errors.md says of every error what the code says, and operations document what they can answer."""

import re
from collections import Counter

import pytest

from tests.support.contract_document import Operation, document, operations
from tools import error_catalogue
from tools.error_codes import error_classes, gateway_answers

ERRORS = {error.name: error for error in error_classes()}


def test_the_page_is_what_the_code_says() -> None:
    text = error_catalogue.PAGE.read_text(encoding="utf-8")
    assert text == error_catalogue.page(document()), "run `make contract`"


def test_every_code_stands_on_the_page_once() -> None:
    listed = re.findall(r"^\| `([A-Z0-9_]+)` \|", error_catalogue.PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    codes = {error.code for error in ERRORS.values()} | {answer.code for answer in gateway_answers()}
    assert Counter(listed) == Counter(codes)


def test_a_code_belongs_to_one_class_or_says_the_same_of_several_things() -> None:
    owners: dict[str, list[str]] = {}
    for error in ERRORS.values():
        if error.own_code:
            owners.setdefault(error.code, []).append(error.name)
    assert {error.code for error in ERRORS.values()} == set(owners)
    for code, names in owners.items():
        # Such as VersionConflictError and UserVersionConflictError.
        same = "".join(word.capitalize() for word in code.split("_")) + "Error"
        assert len(names) == 1 or all(name.endswith(same) for name in names), (code, names)


def test_a_code_always_comes_with_the_same_status() -> None:
    several = {code: statuses for code, statuses in error_catalogue.statuses_of_codes().items() if len(statuses) > 1}
    # Ours and the gateway's: the function failed, or gave no usable answer.
    assert several == {"INTERNAL_ERROR": [500, 502]}


@pytest.mark.parametrize("error", ERRORS.values(), ids=lambda error: error.name)
def test_every_error_says_what_it_means_in_a_code_that_machines_can_read(error) -> None:
    assert re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", error.code)
    assert error.meaning.endswith(".")
    assert 400 <= error.status <= 599


def test_whoever_may_come_again_is_told_when() -> None:
    waiting = [error for error in ERRORS.values() if error.status in (429, 503)]
    assert [error.name for error in waiting if error.retry_after_seconds is None] == []


@pytest.mark.parametrize("operation", [pytest.param(o, id=o.name) for o in operations()])
def test_an_operation_documents_the_status_of_every_error_that_its_code_can_reach(operation: Operation) -> None:
    (reached,) = error_catalogue.operation_errors(
        {"paths": {operation.path: {operation.method: operation.facts}}}
    ).values()
    # An open operation has nobody to refuse; that its door could is all the walk knows.
    reached -= {"NotAuthenticatedError"} if operation.is_open else set()
    statuses = {str(ERRORS[name].status): name for name in sorted(reached & ERRORS.keys())}
    if operation.facts.get("x-orderflow-answers-in-results"):
        # What a tool refuses is a result, with 200; its route documents the status.
        tools = [each for each in operations() if "x-orderflow-tool" in each.facts]
        statuses = {
            status: name for status, name in statuses.items() if not any(status in each.responses() for each in tools)
        }
    assert {status: name for status, name in statuses.items() if status not in operation.responses()} == {}
    assert "OrderflowError" in reached, "the walk through the code did not even reach the door"
