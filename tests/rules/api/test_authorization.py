"""docs/authorization.md has an answer for every route and every identity, and none that the document contradicts."""

import pytest

from tests.support.authorization import (
    CELL,
    HARMLESS,
    IDS,
    NOBODY,
    NOT_ALLOWED,
    PAGE,
    REFUSED,
    documented,
    is_admin_only,
    missing_rows,
    operation_of,
    proposed,
    read_table,
    request_for,
    with_table,
)
from tests.support.contract_document import operations

TEXT = PAGE.read_text(encoding="utf-8")
TABLE = read_table(TEXT)
HOW = "run `PYTHONPATH=src .venv/bin/python -m tests.support.authorization` and write the answers where `?` stands"

every_row = pytest.mark.parametrize("route", TABLE)


def test_every_route_has_a_row() -> None:
    assert [operation.name for operation in missing_rows(TABLE)] == [], f"docs/authorization.md lacks these: {HOW}"


def test_every_row_is_about_a_route_that_exists() -> None:
    assert [route for route in TABLE if operation_of(route) is None] == []
    assert set(HARMLESS) - {operation.facts["operationId"] for operation in operations()} == set()


def test_the_rows_stand_in_the_order_of_the_document() -> None:
    assert with_table(TEXT, TABLE) == TEXT, HOW


@every_row
def test_every_cell_is_a_status_that_the_document_promises(route: str) -> None:
    operation = operation_of(route)
    assert operation
    unsaid = {identity: cell for identity, cell in TABLE[route].items() if not CELL.fullmatch(cell)}
    assert unsaid == {}, f"say what {route} answers them: a status, and the code of an error"
    statuses = {identity: cell.partition(" ")[0] for identity, cell in TABLE[route].items()}
    assert {who: status for who, status in statuses.items() if status not in documented(operation)} == {}
    assert {who: cell for who, cell in TABLE[route].items() if (cell >= "4") != (" " in cell)} == {}


@every_row
def test_who_is_nobody_is_refused_unless_the_route_is_open_to_all_alike(route: str) -> None:
    operation = operation_of(route)
    assert operation
    if operation.is_open:
        assert len(set(TABLE[route].values())) == 1
    else:
        assert {identity: TABLE[route][identity] for identity in REFUSED} == dict.fromkeys(REFUSED, NOBODY)
        assert not TABLE[route]["admin"].startswith(("401", "403"))


@every_row
def test_customers_are_refused_exactly_where_the_document_says_that_it_is_for_administrators(route: str) -> None:
    operation = operation_of(route)
    assert operation
    if is_admin_only(operation):
        assert [TABLE[route][who] for who in ("other customer", "owner")] == [NOT_ALLOWED] * 2
    elif "?" not in route:
        assert not TABLE[route]["owner"].startswith("403"), "its summary must end with (group admin)"


@every_row
def test_a_stranger_gets_at_most_what_the_owner_gets(route: str) -> None:
    other, owner = TABLE[route]["other customer"], TABLE[route]["owner"]
    assert other == owner or other[0] == "4"


@every_row
def test_the_request_of_a_row_can_be_made_from_the_document(route: str) -> None:
    request = request_for(route, {name: f"<{name}>" for name in IDS})
    assert request.path.startswith("/")
    assert "{" not in request.path
    operation = operation_of(route)
    assert operation
    assert (request.body is not None) == ("requestBody" in operation.facts)


def test_a_row_that_is_missing_is_proposed_from_the_document_alone() -> None:
    # Given a table without one route for administrators and one for all
    left = {route: cells for route, cells in TABLE.items() if route not in ("POST /products", "GET /health")}
    # When the missing rows are looked for
    found = missing_rows(left)
    # Then these are they, and what the document says is filled in
    assert [operation.name for operation in found] == ["GET /health", "POST /products"]
    assert [set(proposed(operation).values()) for operation in found] == [{"?"}, {NOBODY, NOT_ALLOWED, "?"}]
    # And so they are what the page would say
    assert read_table(with_table(TEXT, left | {found[1].name: proposed(found[1])}))["POST /products"]["admin"] == "?"


def test_a_row_that_lacks_a_cell_is_an_error() -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith("| `GET /health`"))
    with pytest.raises(ValueError, match="shorter"):
        read_table(TEXT.replace(row, row.removesuffix("| 200 |") + "|"))
