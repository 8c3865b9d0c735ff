"""The orders table's stream, read with the orders' own eyes: what changed in what is counted."""

from collections.abc import Mapping
from typing import Any

from orderflow.analytics.change import Change, change_of, day_of
from orderflow.analytics.counted import facts_of
from orderflow.orders.order import Order
from orderflow.orders.order_records import from_record
from orderflow.runtime.dynamo import from_item


def order_change(images: Mapping[str, Any]) -> Change | None:
    """Return what a write changed in what is counted of an order; None: nothing, as with an address or a token."""
    before = _order(images.get("OldImage"))
    after = _order(images.get("NewImage"))
    if after is None:
        if before is None:
            raise ValueError("no image: the stream must carry both")
        return Change(before.order_id, day_of(before), before.version + 1, None)
    if before and facts_of(before) == facts_of(after):
        return None
    return change_of(after)


def _order(image: Mapping[str, Any] | None) -> Order | None:
    return from_record(from_item(image)) if image else None
