"""The summary of some days: the shop's for administrators, everybody's own for themselves."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Protocol

from orderflow.analytics.counted import (
    SHOP,
    STATUS_PREFIX,
    UNITS_PREFIX,
    Figures,
    customer_book,
    line_of,
    products_book,
    rating_line_of,
)
from orderflow.analytics.period import Period
from orderflow.catalog.rating import Rating
from orderflow.runtime.caller import Caller

TOP = 10
# Of each day: a product that is never among them is not found, and counts only on the days on which it is.
TOP_OF_A_DAY = 100


class SummaryStore(Protocol):
    """Counters as they are read."""

    def lines(self, book: str, period: Period) -> Mapping[str, Figures]:
        """Return the lines of a book by name, of every currency."""
        ...

    def best(self, book: str, limit: int) -> Mapping[str, int]:
        """Return the units of at most `limit` products of a book, those sold most."""
        ...


def summarize(caller: Caller, period: Period, currency: str, *, mine: bool, store: SummaryStore) -> dict[str, Any]:
    """Return the contract's schema `Analytics`: orders in one currency, by the day on which they were placed, and
    ratings, by the day on which they were given.

    Costs one Query, and for the whole shop one more a day.
    """
    whole_shop = caller.is_admin and not mine
    found = store.lines(SHOP if whole_shop else customer_book(caller.user_id), period)
    days = {day: {**found.get(line_of(day, currency), {}), **found.get(rating_line_of(day), {})} for day in period.days}
    totals: Counter[str] = Counter()
    for figures in days.values():
        totals.update(figures)
    units: Counter[str] = Counter()
    if whole_shop:
        for day in days:
            units.update(store.best(products_book(day, currency), TOP_OF_A_DAY))
    else:
        units.update(_each(totals, UNITS_PREFIX))
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "currency": currency,
        "scope": "shop" if whole_shop else "own",
        "totals": _shown(totals),
        "days": [{"day": day, **_shown(figures)} for day, figures in days.items()],
        "topProducts": [
            {"productId": product_id, "quantity": quantity}
            for product_id, quantity in sorted(units.items(), key=lambda each: (-each[1], each[0]))[:TOP]
            if quantity
        ],
    }


def _shown(figures: Figures) -> dict[str, Any]:
    statuses = {status: count for status, count in sorted(_each(figures, STATUS_PREFIX).items()) if count}
    sold, gross, refunded = (figures.get(name, 0) for name in ("sold", "gross", "refunded"))
    shown: dict[str, Any] = {
        "orders": sum(statuses.values()),
        "ordersByStatus": statuses,
        "sold": sold,
        "gross": gross,
        "refunded": refunded,
        "revenue": gross - refunded,
    }
    if sold:
        shown["averageBasket"] = (2 * gross + sold) // (2 * sold)  # rounded half up, in integers
    rating = Rating(figures.get("rating", 0), figures.get("ratings", 0))
    if rating.average is not None:
        shown["rating"] = {"average": rating.average, "count": rating.count}
    return shown


def _each(figures: Figures, prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): amount for name, amount in figures.items() if name.startswith(prefix)}
