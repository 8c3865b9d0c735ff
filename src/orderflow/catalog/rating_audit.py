"""The products' ratings as an audit reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from orderflow.catalog.rating import Rating
from orderflow.runtime.audit import Page


@dataclass(frozen=True)
class RatedProduct:
    """A product's rating, and how often it changed: two equal looks mean that nothing moved in between."""

    product_id: str
    rating: Rating
    changes: int


class RatingAudit(Protocol):
    """Ratings of products, withdrawn ones included: for audits only."""

    def rating_pages(self) -> Iterator[Page[RatedProduct]]:
        """Return every product's rating."""
        ...

    def rated(self, product_id: str) -> RatedProduct | None:
        """Return one product's rating as it is now."""
        ...
