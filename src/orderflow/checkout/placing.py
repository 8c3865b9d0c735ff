"""The order that a session becomes: its lines at what the session shows, to its address, owned by its client."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orderflow.catalog.pricing import PricedProduct
from orderflow.checkout.ownership import owner_of
from orderflow.checkout.pricing.ordering import order_charges, order_line
from orderflow.checkout.session import Offer, Session
from orderflow.orders.intake import NewOrder, OrderRequest, new_order
from orderflow.orders.order import Address
from orderflow.orders.pricing import Prices
from orderflow.runtime.caller import Caller

# What the contract's schema `Address` takes.
_STREET, _CITY, _ZIP_CODE = 200, 100, re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,15}")


@dataclass(frozen=True)
class Placement:
    """What is written together with the event that says that an order was placed; the token never shows."""

    new: NewOrder
    token_id: str = field(repr=False)
    codes: tuple[str, ...] = ()


def order_of(
    session: Session,
    offer: Offer,
    shipping_address: Address,
    *,
    order_id: str,
    payment_token: str,
    correlation_id: str,
    now: datetime,
) -> NewOrder:
    """Return the order of a payable offer; it comes to the offer's total, or this raises ValueError (a defect)."""
    request = OrderRequest(
        lines=tuple(
            order_line(line.product_id, line.quantity, line.unit_price, offer.line_totals[line.line_id])
            for line in offer.lines
        ),
        shipping_address=shipping_address,
        payment_token=payment_token,
        charges=order_charges(offer.totals),
        checkout_session_id=session.session_id,
    )
    new = new_order(
        request,
        Caller(owner_of(session.client_id)),
        order_id=order_id,
        prices=_as_offered(offer, session.currency),
        currency=session.currency,
        correlation_id=correlation_id,
        now=now,
    )
    if new.order.total != offer.total:
        raise ValueError(f"an order of {new.order.total} cannot be placed for a session of {offer.total}")
    return new


def _as_offered(offer: Offer, currency: str) -> Prices:
    """Return the catalogue as the offer has just read it: session and order cannot differ."""
    products = {
        line.product_id: PricedProduct(line.product_id, line.name, line.unit_price, currency, line.category)
        for line in offer.lines
    }
    return lambda product_ids: {product_id: products[product_id] for product_id in product_ids}


def label(address: Mapping[str, Any]) -> Address | None:
    """Return the protocol's address as an order keeps it, None where it does not fit the contract's `Address`.

    An order knows no name and no state of its own: the name begins its street, the state follows its city.
    """
    street = ", ".join(filter(None, (_line(address.get(name, "")) for name in ("name", "line_one", "line_two"))))
    city = ", ".join(filter(None, (_line(address[name]) for name in ("city", "state"))))
    zip_code, country = _line(address["postal_code"]), address["country"].strip().upper()
    fits = 0 < len(street) <= _STREET and 0 < len(city) <= _CITY and _ZIP_CODE.fullmatch(zip_code)
    return Address(street, city, zip_code, country) if fits else None


def _line(text: str) -> str:
    return " ".join(text.split())
