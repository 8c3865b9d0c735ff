"""The orders table's stream, read with the orders' own eyes: what changed in what is counted."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from orderflow.analytics.change import Change, change_of, day_of, newest
from orderflow.analytics.counted import facts_of
from orderflow.orders.order import Order
from orderflow.orders.order_records import from_record
from orderflow.runtime.dynamo import from_item


def messages(records: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the bodies to queue for a batch of stream records with both images: at most one an order.

    A write that changes nothing counted (an address, a token, when to look again) is left out. A record that cannot be
    read becomes a message that cannot be counted: it ends among the dead letters, and keeps nothing behind it waiting.
    """
    changes, unreadable = [], []
    for record in records:
        try:
            change = _change(record["dynamodb"])
        except (KeyError, TypeError, ValueError) as error:
            told = {"record": record.get("eventID"), "keys": record.get("dynamodb", {}).get("Keys")}
            unreadable.append(json.dumps({**told, "unreadable": f"{type(error).__name__}: {error}"}))
            continue
        if change:
            changes.append(change)
    return [*(change.as_message() for change in newest(changes)), *unreadable]


def _change(images: Mapping[str, Any]) -> Change | None:
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
