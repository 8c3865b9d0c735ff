"""Whole amounts divided so that nothing is lost: rounding by its name, and shares that sum to what was shared."""

from collections.abc import Mapping
from enum import StrEnum


class Rounding(StrEnum):
    """How a fraction of a minor unit becomes a whole one; which one applies is the jurisdiction's."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"


def divided(dividend: int, divisor: int, rounding: Rounding) -> int:
    """Return the quotient of two amounts that are not negative, rounded; exact at any size, unlike a float's."""
    whole, rest = divmod(dividend, divisor)
    match rounding:
        case Rounding.DOWN:
            return whole
        case Rounding.UP:
            return whole + (rest > 0)
        case Rounding.HALF_EVEN if 2 * rest == divisor:
            return whole + whole % 2
        case _:
            return whole + (2 * rest >= divisor)


def shared(amount: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Return `amount` in proportion to the weights, by the largest remainder: the shares sum to it exactly.

    Equal remainders go to the smaller key, so that the order of the weights says nothing. No share is more than its
    weight when `amount` is at most their sum. Weights of zero together can share nothing: raises ValueError.
    """
    whole = sum(weights.values())
    if not whole:
        if amount:
            raise ValueError(f"{amount} cannot be shared by nobody")
        return dict.fromkeys(weights, 0)
    shares = {key: amount * weight // whole for key, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda key: (-(amount * weights[key] % whole), key))
    for key in by_remainder[: amount - sum(shares.values())]:
        shares[key] += 1
    return shares
