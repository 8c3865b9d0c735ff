"""No list of the API escapes the property test of cursors and the measurement of request units."""

from tests.support.contract_document import operations
from tests.support.doors import paged
from tests.support.lists import LISTS


def test_every_list_has_rows_to_be_tried_with() -> None:
    assert {operation.facts["operationId"] for operation in paged()} == set(LISTS), (
        "say in LISTS of tests/support/lists.py how its rows are made and which filters it has"
    )


def test_every_filter_of_a_list_is_tried() -> None:
    """`userId` says whose list it is; what it does to others is the matter of tests/e2e/test_ownership.py."""
    untried = {}
    for operation in operations():
        if each := LISTS.get(operation.facts["operationId"]):
            names = {parameter["name"] for parameter in operation.parameters() if parameter["in"] == "query"}
            tried = {name for query in each.filters.values() for name in query}
            untried[operation.name] = names - tried - each.of_one - {"limit", "nextToken", "userId"}
    assert {name: left for name, left in untried.items() if left} == {}


def test_rows_of_a_list_have_ids_in_the_order_of_their_numbers() -> None:
    for each in LISTS.values():
        ids = [each.id_of(number) for number in (0, 1, 9, 10, 99_999, 100_000)]
        assert ids == sorted(ids)
