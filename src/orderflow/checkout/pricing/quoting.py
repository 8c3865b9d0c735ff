"""The price of a checkout: goods at the catalogue's prices, less discounts, with shipping and tax of where they go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from orderflow.checkout.pricing import messages
from orderflow.checkout.pricing.discounts import AppliedDiscount, Discount, judged, off_shipping, taken_off
from orderflow.checkout.pricing.quote import SHIPPING, GoodsLine, Quote
from orderflow.checkout.pricing.shipping import ShippingOption, ShippingTable
from orderflow.checkout.pricing.taxes import Destination, Taxable, TaxAreaError, TaxService
from orderflow.orders.limits import MAX_TOTAL

_NO_DISCOUNTS: Mapping[str, Discount] = {}


@dataclass(frozen=True)
class Tables:
    """What a price is computed from, besides the catalogue."""

    shipping: ShippingTable
    tax: TaxService


class Codes(Protocol):
    """Where discount codes are found."""

    def of(self, codes: Iterable[str], client_id: str) -> Mapping[str, Discount]:
        """Return those that exist, by `discounts.normal`, with what the client used of them."""
        ...


@dataclass(frozen=True)
class Quoting:
    """`quote` for one client, with the codes that the shop has."""

    tables: Tables
    codes: Codes
    client_id: str

    def __call__(
        self,
        lines: Sequence[GoodsLine],
        address: Mapping[str, Any] | None,
        chosen: str | None,
        codes: Sequence[str],
        currency: str,
        now: datetime,
    ) -> Quote:
        """Return what `quote` does; raises what reading codes and asking the tax service raises."""
        known = self.codes.of(codes, self.client_id)
        return quote(lines, address, chosen, codes, currency, now, self.tables, known)


def quote(
    lines: Sequence[GoodsLine],
    address: Mapping[str, Any] | None,
    chosen: str | None,
    codes: Sequence[str],
    currency: str,
    now: datetime,
    tables: Tables,
    discounts: Mapping[str, Discount] = _NO_DISCOUNTS,
) -> Quote:
    """Return what the lines cost: `address` as the protocol's Address, `chosen` the id of a fulfilment option.

    `discounts` are those of the codes that exist, by `discounts.normal`. What is missing or wrong is a message of the
    quote, never an error; only what the tax service raises passes through.
    """
    goods = {line.line_id: line.base for line in lines}
    counting, rejected = judged(codes, discounts, sum(goods.values()), currency, now)
    applied = taken_off(counting, goods)
    told: list[Mapping[str, Any]] = []
    options: tuple[ShippingOption, ...] = ()
    selected, assessment = None, None
    if address is None:
        told.append(messages.address_missing())
    else:
        destination = Destination.of(address)
        try:
            options = tables.shipping.options(destination.country, sum(goods.values()), currency, now)
            selected = next((option for option in options if option.option_id == chosen), None)
            applied = off_shipping(applied, selected.amount if selected else 0)
            assessment = tables.tax.assess(destination, _taxables(lines, applied, selected), currency)
            told.extend(_about_delivery(destination, chosen, options, selected))
        except TaxAreaError as error:
            # What cannot be taxed cannot be sold: there is nothing to choose from either.
            options, selected, applied = (), None, off_shipping(applied, 0)
            told.append(messages.not_taxed(error))
    priced = Quote(
        currency=currency,
        lines=tuple(lines),
        options=options,
        selected=selected,
        codes=tuple(codes),
        applied=tuple(applied),
        rejected=tuple(rejected),
        assessment=assessment,
        messages=(*told, *messages.codes_rejected(rejected)),
    )
    return _payable(priced)


def _about_delivery(
    destination: Destination, chosen: str | None, options: Sequence[ShippingOption], selected: ShippingOption | None
) -> list[dict[str, Any]]:
    if not options:
        return [messages.not_delivered(destination.country)]
    if chosen is None:
        return [messages.option_missing()]
    return [] if selected else [messages.option_unknown(chosen)]


def _taxables(
    lines: Sequence[GoodsLine], applied: Sequence[AppliedDiscount], selected: ShippingOption | None
) -> list[Taxable]:
    """Return what is paid for: discounts lower what is taxed, as the shop grants them and nobody refunds them."""
    goods = [
        Taxable(line.line_id, line.base - sum(each.by_line.get(line.line_id, 0) for each in applied), line.category)
        for line in lines
    ]
    if selected is None:
        return goods
    shipping = selected.amount - sum(each.off_shipping for each in applied)
    return [*goods, Taxable(SHIPPING, shipping, is_shipping=True)]


def _payable(priced: Quote) -> Quote:
    """Return the quote with a message when it comes to more than one payment carries, or codes left nothing to pay."""
    if priced.total > MAX_TOTAL:
        message = messages.too_much(MAX_TOTAL, priced.currency)
    elif priced.applied and not priced.total:
        message = messages.nothing_to_pay()
    else:
        return priced
    return replace(priced, messages=(message, *priced.messages))
