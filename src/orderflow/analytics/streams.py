"""What streams tell, as messages for the counters: of orders and of feedback, by their keys."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from orderflow.analytics.change import Change, newest
from orderflow.analytics.order_change import order_change
from orderflow.analytics.rating_change import rating_change
from orderflow.runtime.dynamo import from_item


def messages(records: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the bodies to queue for a batch of stream records with both images: at most one an order or a rating.

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
    old, new = (from_item(images[name]) if images.get(name) else None for name in ("OldImage", "NewImage"))
    if old is None and new is None:
        raise ValueError("no image: the stream must carry both")
    change_in = rating_change if "feedbackId" in images["Keys"] else order_change
    return change_in(old, new)
