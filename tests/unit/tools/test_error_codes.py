"""Error codes are read from source text: inherited facts, messages, and only what an operation's code can reach."""

from pathlib import Path

import pytest

from tools import error_reach
from tools.error_codes import ErrorClass, error_classes, gateway_answers

ERRORS = '''
class OrderflowError(Exception):
    """Base."""

    code = "INTERNAL_ERROR"
    http_status = 500
    retry_after_seconds: int | None = None


class ConflictError(OrderflowError):
    """Contradicts."""

    code = "CONFLICT"
    http_status = 409


class Unrelated(Exception):
    code = "NOT_OURS"
'''
CONTEXT = '''
from orderflow.runtime.errors import ConflictError


class ShelfFullError(ConflictError):
    """The shelf
    is full.

    Not this paragraph.
    """

    code = "SHELF_FULL"
    retry_after_seconds = 7

    def __init__(self, shelf: str, most: int) -> None:
        super().__init__(f"Shelf {shelf} holds {most + 1} already; " f"choose another.")


class ShelfGoneError(ConflictError):
    """There is no such shelf."""

    code = "SHELF_GONE"


class ShelfShyError(ConflictError):
    """Only ever caught."""


def stack(shelf: "ShelfShyError", book: object) -> None:
    try:
        book.put(shelf)
    except ShelfShyError:
        raise ShelfGoneError("Shelf is gone; look again.") from None


def unused() -> None:
    raise ShelfShyError("never")


class Book:
    def put(self, shelf: str) -> None:
        raise ShelfFullError(shelf, 1)

    def burn(self) -> None:
        raise ShelfShyError("nobody calls this")

    def dumps(self) -> None:
        raise ShelfShyError("nobody calls this either: a library has a function of the name")
'''
HANDLER = """
import json

from orderflow.shelves import stacking
from orderflow.shelves.stacking import Book


def handler(event: object) -> None:
    stacking.stack(json.dumps("a"), Book())
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    files = {
        "orderflow/runtime/errors.py": ERRORS,
        "orderflow/shelves/stacking.py": CONTEXT,
        "handlers/shelves/stack_book.py": HANDLER,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_new_context_is_found_with_what_its_errors_inherit(source: Path) -> None:
    found = {error.name: error for error in error_classes(source / "orderflow")}
    assert set(found) == {"OrderflowError", "ConflictError", "ShelfFullError", "ShelfGoneError", "ShelfShyError"}
    assert found["ShelfFullError"] == ErrorClass(
        name="ShelfFullError",
        context="shelves",
        code="SHELF_FULL",
        own_code=True,
        status=409,
        retry_after_seconds=7,
        meaning="The shelf is full.",
        messages=("Shelf {shelf} holds {…} already; choose another.",),
    )
    assert (found["ShelfShyError"].code, found["ShelfShyError"].own_code) == ("CONFLICT", False)


def test_a_component_of_the_runtime_has_errors_of_its_own_and_the_runtime_itself_has_those_of_all(source: Path) -> None:
    component = source / "orderflow" / "runtime" / "locks" / "errors.py"
    component.parent.mkdir()
    component.write_text(CONTEXT.replace("Shelf", "Lock"))
    found = {error.name: error.context for error in error_classes(source / "orderflow")}
    assert (found["LockFullError"], found["ConflictError"]) == ("locks", "runtime")


def test_a_message_is_found_where_it_is_raised(source: Path) -> None:
    found = {error.name: error for error in error_classes(source / "orderflow")}
    assert found["ShelfGoneError"].messages == ("Shelf is gone; look again.",)


def test_only_what_a_handlers_code_can_raise_is_reached(source: Path) -> None:
    reached = error_reach.named_by("handlers.shelves.stack_book", source)
    assert {name for name in reached if name.endswith("Error")} == {"ShelfFullError", "ShelfGoneError"}


def test_the_gateways_answers_have_their_messages_filled_in() -> None:
    answers = {answer.response_type: answer for answer in gateway_answers()}
    assert (answers["THROTTLED"].code, answers["THROTTLED"].status) == ("TOO_MANY_REQUESTS", 429)
    assert answers["DEFAULT_4XX"].status is None
    assert [
        name for name, answer in answers.items() if "${" in answer.message or not answer.message.endswith(".")
    ] == []
