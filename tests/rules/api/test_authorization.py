"""docs/authorization.md has an answer for every route and every identity, and none that the document contradicts."""

import pytest

from tests.support.authorization import (
    CELL,
    HARMLESS,
    IDENTITIES,
    MACHINES,
    NOBODY,
    NOBODYS_IDS,
    NOT_ALLOWED,
    NOT_IN_SCOPE,
    OWNERS_IDS,
    PAGE,
    PEOPLE,
    UNKNOWN,
    documented,
    filled,
    is_admin_only,
    missing_rows,
    operation_of,
    read_table,
    refused,
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
def test_nobody_is_let_in_whom_the_document_does_not_name(route: str) -> None:
    operation = operation_of(route)
    assert operation
    if operation.is_open:
        assert len(set(TABLE[route].values())) == 1
        return
    named = MACHINES if operation.is_for_machines else PEOPLE
    if operation.protocol:
        # Where the table is made the checkout is lenient: who shows no key is let in like a key, and no further.
        assert TABLE[route]["no token"] == TABLE[route]["key"]
        named = (*named, "no token")
    others = dict.fromkeys((each for each in IDENTITIES if each not in named), refused(NOBODY, operation))
    assert {identity: TABLE[route][identity] for identity in others} == others
    assert not TABLE[route][MACHINES[0] if operation.is_for_machines else "admin"].startswith(("401", "403"))


@every_row
def test_customers_are_refused_exactly_where_the_document_says_that_it_is_for_administrators(route: str) -> None:
    operation = operation_of(route)
    assert operation
    if is_admin_only(operation):
        assert [TABLE[route][who] for who in ("other customer", "owner")] == [NOT_ALLOWED] * 2
    elif "?" not in route:
        assert not TABLE[route]["owner"].startswith("403"), "its summary must say (group admin)"


@every_row
def test_a_key_without_the_scope_is_refused_exactly_where_the_document_names_one(route: str) -> None:
    operation = operation_of(route)
    assert operation
    if operation.is_for_machines:
        named = bool(operation.facts["x-orderflow-scopes"])
        assert (TABLE[route]["key without scope"] == refused(NOT_IN_SCOPE, operation)) is named


@every_row
def test_a_stranger_gets_at_most_what_the_owner_gets(route: str) -> None:
    other, owner = TABLE[route]["other customer"], TABLE[route]["owner"]
    assert other == owner or other[0] == "4"


@every_row
def test_the_request_of_a_row_can_be_made_from_the_document(route: str) -> None:
    request = request_for(route, NOBODYS_IDS | {name: f"<{name}>" for name in OWNERS_IDS})
    assert request.path.startswith("/")
    assert "{" not in request.path
    operation = operation_of(route)
    assert operation
    assert (request.body is not None) == ("requestBody" in operation.facts)


def test_what_the_document_says_about_a_route_without_a_row_is_filled_in() -> None:
    # Given a table without one route for administrators and one for all
    left = {route: cells for route, cells in TABLE.items() if route not in ("POST /products", "GET /health")}
    assert [operation.name for operation in missing_rows(left)] == ["GET /health", "POST /products"]
    # When it is filled
    table = read_table(with_table(TEXT, filled(left)))
    # Then only what the routes alone can tell is left, and no other row has changed
    assert set(table["GET /health"].values()) == {UNKNOWN}
    assert table["POST /products"] == TABLE["POST /products"] | {"admin": UNKNOWN}
    assert {route: cells for route, cells in table.items() if route in left} == left


def test_what_the_document_says_about_an_identity_without_a_column_is_filled_in() -> None:
    without = {route: cells | {"forged": UNKNOWN} for route, cells in TABLE.items()}
    assert filled(without) == TABLE


def test_a_row_that_lacks_a_cell_is_an_error() -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith("| `GET /health`"))
    with pytest.raises(ValueError, match="shorter"):
        read_table(TEXT.replace(row, row.removesuffix("| 200 |") + "|"))
