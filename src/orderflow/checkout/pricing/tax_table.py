"""Tax by a table of countries and regions: rates by category, rounding and whether prices include it, by place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orderflow.checkout.pricing.shares import Rounding, divided, shared
from orderflow.checkout.pricing.taxes import Assessment, Destination, Taxable, TaxAreaError, TaxShare

WHOLE = 1_000_000  # rates are millionths: Québec's 9.975 % and Minnesota's 6.875 % are no whole basis points


@dataclass(frozen=True)
class Tax:
    """One tax of a place; rates in millionths, `categories` those that differ from the usual one (exempt is 0)."""

    jurisdiction: str
    rate: int
    categories: Mapping[str, int]

    def rate_of(self, taxable: Taxable) -> int:
        return self.rate if taxable.is_shipping else self.categories.get(taxable.category.casefold(), self.rate)


@dataclass(frozen=True)
class TaxArea:
    """How a place taxes: `per_line` rounds on each line, otherwise once for all that has the same rates."""

    name: str
    is_included: bool
    rounding: Rounding
    per_line: bool
    taxes_shipping: bool
    taxes: tuple[Tax, ...]
    regions: "Mapping[str, TaxArea] | None" = None


@dataclass(frozen=True)
class TaxTable:
    """A TaxService that asks nobody; `countries` by ISO 3166-1 alpha-2."""

    countries: Mapping[str, TaxArea]

    def assess(self, destination: Destination, taxables: Sequence[Taxable], currency: str) -> Assessment:  # noqa: ARG002 - the port's
        area = self._area(destination)
        amounts = {taxable.key: 0 for taxable in taxables}
        by_tax: dict[tuple[str, int], int] = {}
        for rates, group in _groups(area, taxables):
            for tax, rate, due in zip(
                area.taxes, rates, _due(area, rates, sum(each.amount for each in group)), strict=True
            ):
                if rate:
                    by_tax[tax.jurisdiction, rate] = by_tax.get((tax.jurisdiction, rate), 0) + due
                for key, share in shared(due, {each.key: each.amount for each in group}).items():
                    amounts[key] += share
        shares = [TaxShare(name, Decimal(rate) / WHOLE, due) for (name, rate), due in sorted(by_tax.items())]
        return Assessment(area.is_included, amounts, tuple(shares))

    def is_by_region(self, country: str) -> bool:
        area = self.countries.get(country)
        return area is not None and area.regions is not None

    def _area(self, destination: Destination) -> TaxArea:
        country = self.countries.get(destination.country)
        if country is None:
            message = f"Nothing can be sold to {destination.country[:64]}: its taxes are not known here."
            raise TaxAreaError("country", is_known=True, message=message)
        if country.regions is None:
            return country
        if destination.region not in country.regions:
            known = ", ".join(sorted(country.regions))
            message = f"{country.name} is sold to by its regions, and this is none of them: {known}."
            raise TaxAreaError("state", is_known=False, message=message)
        return country.regions[destination.region]


def _groups(area: TaxArea, taxables: Sequence[Taxable]) -> Iterator[tuple[tuple[int, ...], list[Taxable]]]:
    """Yield what is rounded together, with its rates in the order of the area's taxes."""
    groups: dict[tuple[tuple[int, ...], str], list[Taxable]] = {}
    for taxable in taxables:
        is_free = taxable.is_shipping and not area.taxes_shipping
        rates = tuple(0 if is_free else tax.rate_of(taxable) for tax in area.taxes)
        groups.setdefault((rates, taxable.key if area.per_line else ""), []).append(taxable)
    for (rates, _), group in groups.items():
        yield rates, group


def _due(area: TaxArea, rates: tuple[int, ...], amount: int) -> list[int]:
    """Return what each tax takes of an amount, or has taken of one that includes them."""
    if not area.is_included:
        return [divided(amount * rate, WHOLE, area.rounding) for rate in rates]
    together = sum(rates)
    whole = divided(amount * together, WHOLE + together, area.rounding)
    by_tax = shared(whole, {f"{position:03}": rate for position, rate in enumerate(rates)})
    return list(by_tax.values())
