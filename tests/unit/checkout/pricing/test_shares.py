"""Nothing is lost when an amount is divided."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.checkout.pricing.shares import Rounding, divided, shared

WEIGHTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 10**6), min_size=1)


@given(st.integers(0, 10**9), WEIGHTS)
def test_shares_sum_to_exactly_what_was_shared(amount: int, weights: dict[str, int]) -> None:
    if sum(weights.values()):
        assert sum(shared(amount, weights).values()) == amount


@given(st.data(), WEIGHTS)
def test_no_share_is_more_than_its_weight_or_further_than_one_from_its_proportion(
    data: st.DataObject, weights: dict[str, int]
) -> None:
    whole = sum(weights.values())
    amount = data.draw(st.integers(0, whole))
    for key, share in shared(amount, weights).items():
        assert 0 <= share <= weights[key]
        if whole:
            assert abs(share - Fraction(amount * weights[key], whole)) < 1


@given(WEIGHTS, st.integers(0, 10**6), st.randoms())
def test_the_order_of_the_weights_says_nothing(weights: dict[str, int], amount: int, random) -> None:
    turned = list(weights.items())
    random.shuffle(turned)
    if sum(weights.values()):
        assert shared(amount, weights) == shared(amount, dict(turned))


def test_the_largest_remainder_gets_what_is_left_and_the_smaller_key_of_equals() -> None:
    assert shared(100, {"c": 1, "b": 1, "a": 1}) == {"a": 34, "b": 33, "c": 33}
    assert shared(10, {"a": 65, "b": 35}) == {"a": 7, "b": 3}
    assert shared(10, {"a": 62, "b": 38}) == {"a": 6, "b": 4}


def test_what_nobody_can_have_is_an_error_and_nothing_can_be_shared_by_nobody() -> None:
    assert shared(0, {"a": 0}) == {"a": 0}
    with pytest.raises(ValueError, match="nobody"):
        shared(1, {"a": 0})


@pytest.mark.parametrize(
    ("rounding", "of_halves"),
    [("half_up", [1, 2, 3, 4]), ("half_even", [0, 2, 2, 4]), ("down", [0, 1, 2, 3]), ("up", [1, 2, 3, 4])],
)
def test_a_half_goes_where_the_rounding_says(rounding: str, of_halves: list[int]) -> None:
    assert [divided(2 * whole + 1, 2, Rounding(rounding)) for whole in range(4)] == of_halves


@given(st.integers(0, 10**30), st.integers(1, 10**12), st.sampled_from(Rounding))
def test_a_rounded_quotient_is_less_than_one_away_and_whole_ones_stay(
    dividend: int, divisor: int, rounding: Rounding
) -> None:
    assert abs(divided(dividend, divisor, rounding) - Fraction(dividend, divisor)) < 1
    assert divided(dividend * divisor, divisor, rounding) == dividend


@given(st.integers(0, 10**6), st.integers(3, 10**6))
def test_less_than_a_half_goes_down_and_more_goes_up(dividend: int, divisor: int) -> None:
    rest = Fraction(dividend % divisor, divisor)
    if rest != Fraction(1, 2):
        for rounding in (Rounding.HALF_UP, Rounding.HALF_EVEN):
            assert divided(dividend, divisor, rounding) == dividend // divisor + (rest > Fraction(1, 2))
