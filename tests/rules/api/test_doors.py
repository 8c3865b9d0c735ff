"""No id of the OpenAPI document and no list in it escapes tests/e2e/test_ownership.py."""

from tests.support.doors import LISTS, OWNED, SHARED, doors, named_ids, own_pages, paged


def test_every_id_in_the_document_is_somebodys_or_has_a_reason_to_be_everybodys() -> None:
    names = {door.name for door in named_ids()}
    assert names - set(OWNED) - set(SHARED) == set(), (
        "say in tests/support/doors.py whose these are; what is owned needs an example in tests/e2e/test_ownership.py"
    )
    assert {*OWNED, *SHARED} - names == set(), "tests/support/doors.py names ids that the document does not know"


def test_ids_are_found_in_path_query_and_body() -> None:
    titles = {door.title for door in doors()}
    assert {"GET /orders/{orderId} path orderId", "GET /orders query userId", "POST /pay body orderId"} <= titles
    assert len(titles) == len(doors())


def test_every_list_is_tried_with_anothers_token() -> None:
    assert {operation.facts["operationId"] for operation in paged()} == set(LISTS), (
        "say in LISTS of tests/support/doors.py where the list is and which filter makes it another one"
    )
    assert {operation.path for operation in paged() if not operation.is_open} == {
        each.path for each in LISTS.values() if not each.public
    }


def test_what_a_caller_can_read_without_naming_anything_is_found() -> None:
    assert "/orders" in own_pages()
    assert "/orders/{orderId}" not in own_pages()
