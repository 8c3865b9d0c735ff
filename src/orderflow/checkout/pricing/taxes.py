"""Tax as a checkout asks for it: a port, for the table beside it or a tax service of one's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol


@dataclass(frozen=True)
class Destination:
    """Where goods go, as far as their price knows: `country` is ISO 3166-1 alpha-2, `region` a state's own code."""

    country: str
    region: str
    postal_code: str

    @classmethod
    def of(cls, address: Mapping[str, Any]) -> "Destination":
        """Read a protocol's Address; codes count in any letter case, and a region with its country's prefix, too."""
        country = address["country"].strip().upper()
        region = address["state"].strip().upper().removeprefix(f"{country}-")
        return cls(country, region, address["postal_code"].strip())


@dataclass(frozen=True)
class Taxable:
    """Something to be taxed: `amount` is what the buyer pays for it, discounts taken off, in minor units."""

    key: str
    amount: int
    category: str = ""
    is_shipping: bool = False


@dataclass(frozen=True)
class TaxShare:
    """What one tax of one jurisdiction comes to; `rate` as a fraction of one: 0.0725."""

    jurisdiction: str
    rate: Decimal
    amount: int


@dataclass(frozen=True)
class Assessment:
    """The tax on each taxable and the same by jurisdiction; `included` says that the prices hold it already."""

    included: bool
    amounts: Mapping[str, int]
    shares: tuple[TaxShare, ...]

    @property
    def total(self) -> int:
        return sum(share.amount for share in self.shares)


class TaxAreaError(Exception):
    """Nothing can be sold to there: `is_known` when the place exists and is not served, else it is no such place."""

    def __init__(self, field: str, *, is_known: bool, message: str) -> None:
        super().__init__(message)
        self.field, self.is_known, self.message = field, is_known, message


class TaxService(Protocol):
    """Who knows the taxes of a place."""

    def assess(self, destination: Destination, taxables: Sequence[Taxable], currency: str) -> Assessment:
        """Return the tax of one sale; what is on each taxable sums to what the jurisdictions get.

        Raises TaxAreaError, and TransientError when the service cannot be asked now.
        """
        ...

    def is_by_region(self, country: str) -> bool:
        """Tell whether the taxes of a country depend on the region."""
        ...
