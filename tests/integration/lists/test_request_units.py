"""A page costs what it costs, however long the list is: `make bench-lists` says the same of 100,000 rows."""

import pytest

from tests.support.list_costs import BOUND, LIMIT, Cost, Measured, measure
from tests.support.lists import LISTS

FEW, MANY = 100, BOUND + 200


@pytest.mark.parametrize("operation", LISTS)
def test_a_page_costs_the_same_of_a_short_list_and_of_a_long_one(operation: str) -> None:
    measured = measure((FEW, MANY), [operation])
    assert {each.filter for each in measured} == set(LISTS[operation].filters)
    assert {each.filter: each.pages for each in measured if each.rises()} == {}
    for each in measured:
        first = each.pages[MANY][0]
        assert first.units > 0
        if each.bounded:
            assert LIMIT < first.queried <= BOUND
        else:
            assert first.queried == LIMIT + 1


def measured(*pages: Cost, bounded: bool = False) -> Measured:
    return Measured("listOrders", "by status", bounded, {rows: (cost, cost) for rows, cost in enumerate(pages)})


def test_a_dearer_page_of_a_longer_list_is_found() -> None:
    assert measured(Cost(1, 21, 2.0), Cost(1, 21, 2.5)).rises()
    assert not measured(Cost(1, 21, 2.0), Cost(1, 21, 2.0)).rises()
    assert not measured(Cost(1, 100, 7.5), Cost(5, BOUND, 75.0), bounded=True).rises()
    assert measured(Cost(1, 100, 7.5), Cost(6, BOUND + 1, 75.5), bounded=True).rises()
