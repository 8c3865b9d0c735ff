"""What a session shows, as what an order is placed with: both come to the same total, to the last minor unit."""

from collections.abc import Iterable, Mapping
from typing import Any

from orderflow.checkout.pricing.taxes import Destination, TaxService
from orderflow.orders.intake import Charges
from orderflow.orders.order import Address
from orderflow.orders.pricing import RequestedLine


def order_line(
    product_id: str, quantity: int, unit_price: int, line_totals: Iterable[Mapping[str, Any]]
) -> RequestedLine:
    """Return a line of an order from a session's; intake compares `unit_price` with the catalogue's of then."""
    amounts = _amounts(line_totals)
    return RequestedLine(product_id, quantity, unit_price, discount=amounts["items_discount"], tax=amounts["tax"])


def order_charges(totals: Iterable[Mapping[str, Any]]) -> Charges:
    """Return what an order costs besides its goods from a session's totals."""
    amounts = _amounts(totals)
    return Charges(
        shipping=amounts["fulfillment"],
        tax=amounts["tax"],
        discount=amounts["items_discount"] + amounts["discount"],
    )


def priced_region(address: Address, taxes: TaxService) -> str | None:
    """Return the region that an order's address is taxed by, None in a country that taxes all its regions alike.

    A session's order has it behind the last comma of its city (`placing.label`); a city without one says no region.
    """
    if not taxes.is_by_region(address.country):
        return None
    state = address.city.rpartition(",")[2]
    wire = {"country": address.country, "state": state, "postal_code": address.zip_code}
    return Destination.of(wire).region


def _amounts(totals: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    return {total["type"]: total["amount"] for total in totals}
