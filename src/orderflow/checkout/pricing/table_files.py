"""The tables as files: a folder of `tables/` with tax.json and shipping.json, chosen by a setting, read once."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from orderflow.checkout.pricing.quoting import Tables
from orderflow.checkout.pricing.shares import Rounding
from orderflow.checkout.pricing.shipping import ShippingPrice, ShippingRate, ShippingTable
from orderflow.checkout.pricing.tax_table import WHOLE, Tax, TaxArea, TaxTable

FOLDER = Path(__file__).parent / "tables"
_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_OPTION_ID = re.compile(r"[a-z0-9-]{1,64}")
_PERCENT = re.compile(r"(0|[1-9]\d?)(\.\d{1,4})?")
_PRICES = {"gross": True, "net": False}
_ROUNDED = {"line": True, "rate": False}


class TableError(ValueError):
    """A table says something that no price can be computed from; the message says where."""


@cache
def tables(name: str) -> Tables:
    """Return the tables of a folder; raises TableError, and FileNotFoundError when there is no such folder."""
    shipping, tax = (json.loads((FOLDER / name / f"{kind}.json").read_text()) for kind in ("shipping", "tax"))
    return Tables(shipping_table(shipping), tax_table(tax))


def tax_table(document: Mapping[str, Any]) -> TaxTable:
    """Read a tax table; raises TableError."""
    found = _exactly("tax.json", document, {"asOf", "sources", "countries"})
    return TaxTable({code: _country(_code(_COUNTRY, code), area) for code, area in found["countries"].items()})


def shipping_table(document: Mapping[str, Any]) -> ShippingTable:
    """Read a shipping table; raises TableError."""
    countries: dict[str, tuple[ShippingRate, ...]] = {}
    seen: set[str] = set()
    for zone in _exactly("shipping.json", document, {"zones"})["zones"]:
        where = f"zone {zone.get('zone', '?')}"
        _exactly(where, zone, {"zone", "countries", "options"})
        rates = tuple(_rate(where, option) for option in zone["options"])
        for rate in rates:
            _demand(rate.option_id not in seen, f"{where}: the option {rate.option_id} is there twice")
            seen.add(rate.option_id)
        for country in zone["countries"]:
            _demand(country not in countries, f"{where}: {country} is in another zone, too")
            countries[_code(_COUNTRY, country)] = rates
    return ShippingTable(countries)


def _country(code: str, area: Mapping[str, Any]) -> TaxArea:
    known = _exactly(code, area, {"name", "prices", "rounding", "roundedPer", "taxesShipping", "taxes"}, {"regions"})
    _demand(known["prices"] in _PRICES, f"{code}: prices are gross or net, not {known['prices']}")
    _demand(known["rounding"] in set(Rounding), f"{code}: there is no rounding {known['rounding']}")
    _demand(known["roundedPer"] in _ROUNDED, f"{code}: rounded per line or per rate, not {known['roundedPer']}")
    regions = known.get("regions")
    return TaxArea(
        name=known["name"],
        is_included=_PRICES[known["prices"]],
        rounding=Rounding(known["rounding"]),
        per_line=_ROUNDED[known["roundedPer"]],
        taxes_shipping=known["taxesShipping"],
        taxes=tuple(_tax(code, tax) for tax in known["taxes"]),
        regions={region: _region(code, region, known, own) for region, own in regions.items()} if regions else None,
    )


def _region(code: str, region: str, country: Mapping[str, Any], own: Mapping[str, Any]) -> TaxArea:
    """Read a region: all its taxes, the country's among them; the rest is the country's unless it says otherwise."""
    _exactly(f"{code}-{region}", own, {"name", "taxes"}, {"taxesShipping"})
    return _country(f"{code}-{region}", {key: value for key, value in country.items() if key != "regions"} | dict(own))


def _tax(where: str, tax: Mapping[str, Any]) -> Tax:
    _exactly(where, tax, {"jurisdiction", "rate"}, {"categories"})
    categories = {name.casefold(): _rate_of(where, rate) for name, rate in tax.get("categories", {}).items()}
    return Tax(tax["jurisdiction"], _rate_of(where, tax["rate"]), categories)


def _rate_of(where: str, percent: str) -> int:
    is_rate = isinstance(percent, str) and _PERCENT.fullmatch(percent)
    _demand(bool(is_rate), f'{where}: a rate is per cent in words such as "7.25", not {percent!r}')
    return int(Decimal(percent) * (WHOLE // 100))


def _rate(where: str, option: Mapping[str, Any]) -> ShippingRate:
    _exactly(where, option, {"id", "title", "carrier", "days", "prices"}, {"description"})
    first, last = option["days"]
    _demand(0 <= first <= last, f"{where}: {option['id']} arrives after {first} to {last} days")
    return ShippingRate(
        option_id=_code(_OPTION_ID, option["id"]),
        title=option["title"],
        carrier=option["carrier"],
        days=(first, last),
        prices={_code(_CURRENCY, code): _price(where, price) for code, price in option["prices"].items()},
        description=option.get("description"),
    )


def _price(where: str, price: Mapping[str, Any]) -> ShippingPrice:
    _exactly(where, price, {"amount"}, {"freeFrom"})
    for name, amount in price.items():
        is_amount = isinstance(amount, int) and not isinstance(amount, bool) and amount >= 0
        _demand(is_amount, f"{where}: {name} is in whole minor units, not {amount!r}")
    return ShippingPrice(price["amount"], price.get("freeFrom"))


def _exactly(
    where: str, found: Mapping[str, Any], needed: set[str], optional: frozenset[str] | set[str] = frozenset()
) -> Mapping[str, Any]:
    _demand(needed <= found.keys(), f"{where}: {', '.join(sorted(needed - found.keys()))} missing")
    surplus = found.keys() - needed - optional
    _demand(not surplus, f"{where}: nothing reads {', '.join(sorted(surplus))}")
    return found


def _code(form: re.Pattern[str], code: str) -> str:
    _demand(bool(form.fullmatch(code)), f"{code!r} is not of the form {form.pattern}")
    return code


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise TableError(otherwise)
