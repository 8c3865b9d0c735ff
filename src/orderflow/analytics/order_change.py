"""A write of an order, read with the orders' own eyes: what it changed in what is counted."""

from collections.abc import Mapping
from typing import Any

from orderflow.analytics.change import Change, change_of, day_of
from orderflow.analytics.counted import facts_of
from orderflow.orders.order_records import from_record

Record = Mapping[str, Any]


def order_change(old: Record | None, new: Record | None) -> Change | None:
    """Return what a write changed in what is counted of an order; None: nothing, as with an address or a token."""
    before = from_record(old) if old else None
    after = from_record(new) if new else None
    if after is None:
        return Change(before.order_id, day_of(before), before.version + 1, None) if before else None
    if before and facts_of(before) == facts_of(after):
        return None
    return change_of(after)
