"""A shop that answers what it was asked: each update replaces what it names, and everything costs 100 apiece."""

from collections.abc import Mapping
from typing import Any

_PRICE = 100


def echoed(create: Mapping[str, Any], *updates: Mapping[str, Any]) -> dict[str, Any]:
    """Return the session of 2026-04-17 after a create request and updates, in the core's words."""
    asked = dict(create)
    for update in updates:
        asked |= update
    options = [
        {"type": "shipping", "id": each["option_id"], "title": "Post", "totals": [_total("total", 0)]}
        for each in asked.get("selected_fulfillment_options", ())
    ]
    kept = ("buyer", "fulfillment_details", "selected_fulfillment_options")
    return {
        "id": "cs_1",
        "status": "ready_for_payment",
        "currency": asked["currency"],
        "capabilities": {},
        "line_items": [_line(str(i), item) for i, item in enumerate(asked["line_items"])],
        "fulfillment_options": options,
        "totals": [_total("total", sum(_PRICE * item["quantity"] for item in asked["line_items"]))],
        "messages": [],
        "links": [],
        **{name: asked[name] for name in kept if name in asked},
    }


def _line(line_id: str, item: Mapping[str, Any]) -> dict[str, Any]:
    amount = _PRICE * item["quantity"]
    totals = [_total("items_base_amount", amount), _total("subtotal", amount), _total("total", amount)]
    return {"id": line_id, "item": {"id": item["id"]}, "quantity": item["quantity"], "totals": totals}


def _total(kind: str, amount: int) -> dict[str, Any]:
    return {"type": kind, "display_text": kind, "amount": amount}
