"""What ratings of a product come to."""

from decimal import Decimal

import pytest

from orderflow.catalog.rating import Rating


@pytest.mark.parametrize(
    ("total", "count", "average"),
    [(0, 0, None), (4, 1, "4.00"), (9, 2, "4.50"), (13, 3, "4.33"), (14, 3, "4.67"), (33, 8, "4.13"), (25, 8, "3.13")],
)
def test_the_average_is_rounded_to_two_decimals_half_up_and_absent_without_ratings(
    total: int, count: int, average: str | None
) -> None:
    assert Rating(total, count).average == (None if average is None else Decimal(average))


def test_ratings_are_added_and_taken_away_by_sum_and_number() -> None:
    assert Rating(9, 2) + Rating(1, 1) - Rating(5, 1) == Rating(5, 2)
