"""What customers' ratings of one product come to."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Rating:
    """Ratings added up: their sum and their number, both whole. The difference of two may be below zero."""

    total: int = 0
    count: int = 0

    @property
    def average(self) -> Decimal | None:
        """The average to two decimals, None while there is no rating."""
        if not self.count:
            return None
        return (Decimal(self.total) / self.count).quantize(_HUNDREDTH, ROUND_HALF_UP)

    def __add__(self, other: "Rating") -> "Rating":
        return Rating(self.total + other.total, self.count + other.count)

    def __sub__(self, other: "Rating") -> "Rating":
        return Rating(self.total - other.total, self.count - other.count)


UNRATED = Rating()
