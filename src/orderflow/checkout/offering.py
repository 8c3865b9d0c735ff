"""What the shop offers for the items that an agent asks for: the catalogue's names, prices and stock, and a quote."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from orderflow.catalog.errors import UnknownProductError
from orderflow.catalog.pricing import PricedProduct
from orderflow.checkout import messages
from orderflow.checkout.errors import ProductNotSoldError, TooManyLinesError
from orderflow.checkout.pricing import quote_view
from orderflow.checkout.pricing.quote import GoodsLine, Quote
from orderflow.checkout.session import Line, Offer, Wire
from orderflow.orders.limits import MAX_LINES, MAX_QUANTITY

if TYPE_CHECKING:
    from orderflow.catalog.browsing import StockOfMany

Prices = Callable[[Iterable[str]], Mapping[str, PricedProduct]]  # the catalogue's `price_items`
# Goods, address, chosen option, discount codes, currency, now.
Quoting = Callable[[Sequence[GoodsLine], Wire | None, str | None, Sequence[str], str, datetime], Quote]


@dataclass(frozen=True)
class Offering:
    """Makes offers, each from the catalogue as it is at that moment."""

    prices: Prices
    stock: "StockOfMany"
    quote: Quoting

    def for_items(self, items: Sequence[Wire], asked: Wire, currency: str, now: datetime) -> Offer:
        """Return the offer for items just asked for; raises ProductNotSoldError, TooManyLinesError."""
        if not 1 <= len(items) <= MAX_LINES:
            raise TooManyLinesError(len(items), MAX_LINES)
        found = self._on_sale([item["id"] for item in items], currency)
        for index, item in enumerate(items):
            if item["id"] not in found:
                raise ProductNotSoldError(item["id"], index)
        lines = [
            Line(f"line_{number}", item["id"], found[item["id"]].name, item["quantity"], found[item["id"]].unit_price)
            for number, item in enumerate(items, start=1)
        ]
        offer = self._offer(lines, found, asked, currency, now)
        told = messages.prices_expected(items, lines)
        return dataclasses.replace(offer, messages=(*offer.messages, *told))

    def again(self, lines: Sequence[Line], asked: Wire, currency: str, now: datetime) -> Offer:
        """Return the offer for lines of a session, some of which may not be sold any more."""
        return self._offer(lines, self._on_sale([line.product_id for line in lines], currency), asked, currency, now)

    def _offer(
        self, lines: Sequence[Line], found: Mapping[str, PricedProduct], asked: Wire, currency: str, now: datetime
    ) -> Offer:
        available = self.stock.available(list(found)) if found else {}
        fresh = tuple(_line(line, found.get(line.product_id), available) for line in lines)
        goods = [
            GoodsLine(each.line_id, each.product_id, each.quantity, each.unit_price, each.category) for each in fresh
        ]
        quoted = self.quote(goods, _address(asked), _chosen(asked), _codes(asked), currency, now)
        return Offer(
            lines=fresh,
            line_totals={line.line_id: tuple(quote_view.line_totals(quoted, line)) for line in goods},
            totals=tuple(quote_view.totals(quoted)),
            options=tuple(quote_view.fulfillment_options(quoted)),
            selected=quoted.selected.option_id if quoted.selected else None,
            discounts=quote_view.discounts(quoted) if quoted.codes else None,
            messages=(*_about_stock(fresh, found), *quoted.messages),
            charges={
                "shipping": quoted.fulfillment,
                "tax": quoted.tax,
                "discount": quoted.items_discount + quoted.discount,
            },
        )

    def _on_sale(self, product_ids: Sequence[str], currency: str) -> dict[str, PricedProduct]:
        """Return what is sold of these products in the session's currency."""
        wanted = list(dict.fromkeys(product_ids))
        try:
            found = self.prices(wanted)
        except UnknownProductError as unknown:
            known = [product_id for product_id in wanted if product_id not in unknown.product_ids]
            found = self.prices(known) if known else {}
        return {product_id: product for product_id, product in found.items() if product.currency == currency}


def _line(line: Line, product: PricedProduct | None, available: Mapping[str, int]) -> Line:
    if product is None:
        # As it was last known, so that the buyer sees what is gone; nothing of it can be bought.
        return dataclasses.replace(line, available=0)
    return dataclasses.replace(
        line,
        name=product.name,
        unit_price=product.unit_price,
        category=product.category,
        available=available.get(product.product_id, 0),
    )


def _about_stock(lines: Sequence[Line], found: Mapping[str, PricedProduct]) -> Iterable[dict[str, Any]]:
    wanted: Counter[str] = Counter()
    for index, line in enumerate(lines):
        wanted[line.product_id] += line.quantity
        if line.product_id not in found:
            yield messages.not_sold_any_more(index, line)
        elif wanted[line.product_id] > MAX_QUANTITY:
            yield messages.too_many(index, line, MAX_QUANTITY)
        elif wanted[line.product_id] > line.available:
            yield messages.out_of_stock(index, line)


def _address(asked: Wire) -> Wire | None:
    address: Wire | None = asked.get("fulfillment_details", {}).get("address")
    return address


def _chosen(asked: Wire) -> str | None:
    selected = asked.get("selected_fulfillment_options") or []
    return str(selected[0]["option_id"]) if selected else None


def _codes(asked: Wire) -> list[str]:
    codes: list[str] | None = asked.get("discounts", {}).get("codes")
    return list(asked.get("coupons", ()) if codes is None else codes)
