"""A page costs what it costs, however long the list is: `make bench-lists` says the same of 100,000 rows."""

import pytest

from tests.support.list_costs import LIMIT, Cost, Measured, measure
from tests.support.lists import LISTS

FEW, MANY = 100, 1200
EXAMINED = 50  # by the stores, for a page that is filtered after reading


@pytest.mark.parametrize("operation", LISTS)
def test_a_page_costs_the_same_of_a_short_list_and_of_a_long_one(operation: str) -> None:
    measured = measure((FEW, MANY), [operation])
    assert {each.filter for each in measured} == set(LISTS[operation].filters)
    assert {each.filter: each.pages for each in measured if each.rises()} == {}
    for each in measured:
        first, second = each.pages[MANY]
        assert first.units > 0
        examined = EXAMINED if each.filter in LISTS[operation].selective else LIMIT + 1
        assert (first.queried, second.queried) == (examined, examined)


def measured(*pages: Cost) -> Measured:
    return Measured("listOrders", "by status", {rows: (cost, cost) for rows, cost in enumerate(pages)})


def test_a_dearer_page_of_a_longer_list_is_found() -> None:
    assert measured(Cost(1, 21, 2.0), Cost(1, 21, 2.5)).rises()
    assert not measured(Cost(1, 21, 2.0), Cost(1, 21, 2.0)).rises()
