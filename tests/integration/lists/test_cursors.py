"""Whatever comes and goes between two pages: what was there from the first page to the last is shown exactly once."""

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from orderflow.runtime import aws
from tests.support.lists import LISTS, Shelf, settings_of_lists
from tests.support.tables import create_tables, table_schemas

EVERY_FILTER = [
    pytest.param(operation, name, id=f"{operation} {name}") for operation in LISTS for name in LISTS[operation].filters
]
NUMBERS = st.integers(0, 30)
# What happens before a page is read: numbers that are there are taken away, others are put.
HAPPENINGS = st.lists(st.lists(NUMBERS, max_size=3), max_size=12)


@pytest.fixture(scope="module")
def tables() -> Iterator[dict[str, str]]:
    """Give every table that Terraform declares, once for all histories: each leaves its shelf empty."""
    with mock_aws():
        aws.client.cache_clear()
        created = create_tables(aws.client("dynamodb"), "orderflow-test", *table_schemas())
        with settings_of_lists(created):
            yield created
    aws.client.cache_clear()


@pytest.mark.parametrize(("operation", "name"), EVERY_FILTER)
# A failing history is shortened; explaining it as well would take minutes.
@settings(max_examples=25, phases=[Phase.generate, Phase.shrink], suppress_health_check=[HealthCheck.too_slow])
@given(first=st.sets(NUMBERS, max_size=20), limit=st.integers(1, 7), happenings=HAPPENINGS)
def test_every_item_that_stays_is_shown_exactly_once(
    operation: str, name: str, tables: dict[str, str], first: set[int], limit: int, happenings: list[list[int]]
) -> None:
    # Given a shelf, and what one reader is shown while nothing happens
    shelf, query = Shelf(operation, tables), LISTS[operation].filters[name]
    present = set(first)
    try:
        for number in first:
            shelf.put(number)
        wanted = set(shelf.page(query, 100).ids)
        # When it is read page by page, and things come and go before each
        stayed, shown, token = set(first), Counter[str](), None
        for turn in range(len(first) + sum(map(len, happenings)) + 2):
            page = shelf.page(query, limit, token)
            shown.update(page.ids)
            assert len(page.ids) <= limit
            token = page.token
            if token is None:
                break
            for number in happenings[turn] if turn < len(happenings) else ():
                _toggle(shelf, number, present)
                stayed -= {number}
    finally:
        for number in present:
            shelf.take(number)
    # Then the list ended, nothing was shown twice, and nothing that stayed was left out
    assert token is None
    assert [item for item, times in shown.items() if times > 1] == []
    assert {shelf.list.id_of(number) for number in stayed} & wanted <= set(shown)


def _toggle(shelf: Shelf, number: int, present: set[int]) -> None:
    if number in present:
        shelf.take(number)
        present.remove(number)
    else:
        shelf.put(number)
        present.add(number)


def test_each_filter_shows_something_unless_its_name_says_otherwise(tables: dict[str, str]) -> None:
    for operation, the_list in LISTS.items():
        shelf = Shelf(operation, tables)
        for number in range(30):
            shelf.put(number)
        shown = {name: len(shelf.page(query, 100).ids) for name, query in the_list.filters.items()}
        for number in range(30):
            shelf.take(number)
        assert [name for name, count in shown.items() if (count == 0) != ("none" in name)] == []
        assert shown[next(iter(the_list.filters))] == 30
