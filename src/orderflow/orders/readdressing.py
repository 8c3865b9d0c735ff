"""Sending an order elsewhere than it was placed for, as long as nothing of it has left the shop.

The address is written on the version that was read, and nothing else with it: the order stays where it is, and no write
of its workflow asks for a version, so none of them is refused by this one. They raise the version, though. Whoever
changes the address while the order moves is told the version of now, and decides again.

An order of a checkout session has paid the shipping and the tax of one country, and of one region where taxes differ by
region: it stays there. Prices of other orders do not depend on where they go.
"""

import dataclasses
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from orderflow.orders.cancelling import OrderMovedError
from orderflow.orders.errors import DestinationPricedError, OrderBusyError, OrderVersionConflictError
from orderflow.orders.fulfilment import require_legal
from orderflow.orders.order import Address, Order
from orderflow.orders.reading import OrderStore, get_order
from orderflow.orders.status import Action
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso

# Whoever was faster raised the version, which the second look tells.
_ATTEMPTS = 3


class AddressStore(Protocol):
    """Where an order's address is changed."""

    def readdress(self, before: Order, after: Order, at: datetime) -> None:
        """Write the address, version and time of `after`, if the order still is as `before`; raises OrderMovedError."""
        ...


# Returns the region that an address is taxed by; None where its country alone decides.
PricedRegion = Callable[[Address], str | None]


def change_address(
    order_id: str,
    caller: Caller,
    version: int,
    address: Address,
    *,
    orders: OrderStore,
    store: AddressStore,
    priced_region: PricedRegion,
    clock: Callable[[], datetime],
) -> Order:
    """Change where the order is sent, and return it with its next version; as it is when it is sent there already.

    Raises OrderNotFoundError, IllegalActionError once it is shipped or ended, DestinationPricedError where a session's
    order would cost something else, and OrderVersionConflictError when `version` is not the order's: also for whoever
    repeats a change that was made, and finds it in the order read again.
    """
    for _ in range(_ATTEMPTS):
        before, now = get_order(order_id, caller, orders), clock()
        # First: no version would help an order that is shipped.
        require_legal(before, Action.CHANGE_ADDRESS, caller)
        if before.version != version:
            raise OrderVersionConflictError(order_id, before.version)
        if before.shipping_address == address:
            return before
        if before.checkout_session_id is not None:
            _require_same_price(before, address, priced_region)
        after = dataclasses.replace(before, shipping_address=address, version=version + 1, updated_at=iso(now))
        try:
            store.readdress(before, after, now)
        except OrderMovedError:
            continue  # what is there now decides
        return after
    raise OrderBusyError(order_id)


def _require_same_price(order: Order, address: Address, priced_region: PricedRegion) -> None:
    paid_for = order.shipping_address
    if address.country != paid_for.country:
        raise DestinationPricedError(order.order_id, "country", f"must stay {paid_for.country}")
    region = priced_region(paid_for)
    if priced_region(address) != region:
        raise DestinationPricedError(order.order_id, "city", f"must end with its region as before: ', {region}'")
