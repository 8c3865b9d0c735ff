"""What is counted of an order and of a rating, and what that adds to which counters: the only place that says so."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from orderflow.orders.order import Order
from orderflow.orders.status import OrderStatus

SHOP = "shop"
# The goods are the customer's, or were: what an order in another status once took was given back or never came.
SOLD = frozenset({OrderStatus.CONFIRMED, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.RETURNED})
# Names of figures that there is one of for each status, and for each product.
STATUS_PREFIX, UNITS_PREFIX = "status:", "units:"
_PRODUCTS = "products#"
_RATING = "rating"

Figures = Mapping[str, int]


class Row(NamedTuple):
    """One row of counters: whose book (`shop`, a customer's, a day's products) and the line in it."""

    book: str
    line: str


@dataclass(frozen=True)
class CountedOrder:
    """What counts of an order: amounts in minor units of `currency`, `units` by product."""

    user_id: str
    status: str
    currency: str
    total: int
    refunded: int
    units: Mapping[str, int]

    def as_record(self) -> dict[str, Any]:
        """Return the facts as plain JSON."""
        return {
            "userId": self.user_id,
            "status": self.status,
            "currency": self.currency,
            "total": self.total,
            "refunded": self.refunded,
            "units": dict(self.units),
        }


@dataclass(frozen=True)
class CountedRating:
    """What counts of a customer's rating of one product: 1 to 5."""

    user_id: str
    rating: int

    def as_record(self) -> dict[str, Any]:
        """Return the facts as plain JSON."""
        return {"userId": self.user_id, "rating": self.rating}


Facts = CountedOrder | CountedRating


def from_record(record: Mapping[str, Any]) -> Facts:
    """Return the facts in a record of `as_record`; raises KeyError, TypeError or ValueError for any other."""
    if "rating" in record:
        if type(record["rating"]) is not int:
            raise ValueError("rating must be a whole number")
        return CountedRating(record["userId"], record["rating"])
    amounts = {"total": record["total"], "refunded": record["refunded"], **record["units"]}
    if wrong := [name for name, amount in amounts.items() if type(amount) is not int]:
        raise ValueError(f"{', '.join(wrong)} must be whole numbers")
    return CountedOrder(
        user_id=record["userId"],
        status=OrderStatus(record["status"]).value,
        currency=record["currency"],
        total=record["total"],
        refunded=record["refunded"],
        units=dict(record["units"]),
    )


def facts_of(order: Order) -> CountedOrder:
    """Return what counts of an order as it is now."""
    units: defaultdict[str, int] = defaultdict(int)
    for line in order.lines:
        units[line.product_id] += line.quantity
    return CountedOrder(
        order.user_id, order.status.value, order.currency, order.total, order.refunded, dict(sorted(units.items()))
    )


def customer_book(user_id: str) -> str:
    """Return the book of one customer."""
    return f"customer#{user_id}"


def products_book(day: str, currency: str) -> str:
    """Return the book of the products sold on a day, ISO 8601."""
    return f"{_PRODUCTS}{day}#{currency}"


def line_of(day: str, currency: str) -> str:
    """Return the line of a day in the book of the shop or of a customer: its orders in one currency."""
    return f"{day}#{currency}"


def rating_line_of(day: str) -> str:
    """Return the line of a day in the book of the shop or of a customer: the ratings given on it."""
    return f"{day}#{_RATING}"


def day_of(row: Row) -> str:
    """Return the day that a row of counters is about, ISO 8601."""
    return row.book.split("#")[1] if row.book.startswith(_PRODUCTS) else row.line.partition("#")[0]


def contribution(day: str, facts: Facts | None) -> dict[Row, dict[str, int]]:
    """Return what an order placed, or a rating given, on `day` adds to the counters; nothing when there is none."""
    if facts is None:
        return {}
    if isinstance(facts, CountedRating):
        line, given = rating_line_of(day), {"rating": facts.rating, "ratings": 1}
        return {Row(SHOP, line): given, Row(customer_book(facts.user_id), line): dict(given)}
    line = line_of(day, facts.currency)
    figures = {f"{STATUS_PREFIX}{facts.status}": 1}
    if facts.status not in SOLD:
        return {Row(SHOP, line): figures, Row(customer_book(facts.user_id), line): dict(figures)}
    figures |= {"sold": 1, "gross": facts.total, "refunded": facts.refunded}
    bought = {f"{UNITS_PREFIX}{product_id}": units for product_id, units in facts.units.items()}
    products = products_book(day, facts.currency)
    return {
        Row(SHOP, line): figures,
        Row(customer_book(facts.user_id), line): figures | bought,
        **{Row(products, product_id): {"units": units} for product_id, units in facts.units.items()},
    }


def difference(day: str, before: Facts | None, after: Facts | None) -> dict[Row, dict[str, int]]:
    """Return what to add to the counters when the facts of an order or a rating change; only what changes."""
    changes: defaultdict[Row, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for sign, facts in ((-1, before), (1, after)):
        for row, figures in contribution(day, facts).items():
            for name, amount in figures.items():
                changes[row][name] += sign * amount
    changed = {row: {name: amount for name, amount in each.items() if amount} for row, each in changes.items()}
    return {row: figures for row, figures in changed.items() if figures}
