"""From 2025-09-29 to 2026-04-17: what an older agent asks, in the words of the core.

Pure; bodies have been validated. docs/checkout-dialects.md lists every field.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from orderflow.checkout.dialects import pieces

# The one payment handler of this shop: a card, by a delegated token.
CARD_HANDLER = "card"
# The older version pays with a shared payment token and has no word for its kind.
_CREDENTIAL = "spt"


def create(body: Mapping[str, Any], *, currency: str) -> dict[str, Any]:
    """Return a create request; older agents name neither a currency nor what they are capable of."""
    return {"currency": currency, "capabilities": {}, **_session(body)}


def update(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an update request.

    The older one names an option only: its type is not known here, and no item ids means all of them.
    """
    asked = _session(body)
    if "fulfillment_option_id" in body:
        option = {"type": "shipping", "option_id": body["fulfillment_option_id"], "item_ids": []}
        asked["selected_fulfillment_options"] = [option]
    return asked


def complete(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a complete request."""
    paid = body["payment_data"]
    payment: dict[str, Any] = {
        "handler_id": CARD_HANDLER,
        "instrument": {"type": "card", "credential": {"type": _CREDENTIAL, "token": paid["token"]}},
    }
    if "billing_address" in paid:
        payment["billing_address"] = dict(paid["billing_address"])
    return {**({"buyer": dict(body["buyer"])} if "buyer" in body else {}), "payment_data": payment}


def notes(items: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Return the messages that the answer must carry: for each fraction of a piece that was rounded."""
    return tuple(pieces.note(index, item) for index, item in enumerate(items) if pieces.is_broken(item["quantity"]))


def _session(body: Mapping[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    if "buyer" in body:
        asked["buyer"] = dict(body["buyer"])
    if "items" in body:
        asked["line_items"] = [{"id": item["id"], "quantity": pieces.whole(item["quantity"])} for item in body["items"]]
    if "fulfillment_address" in body:
        address = dict(body["fulfillment_address"])
        asked["fulfillment_details"] = {"name": address["name"], "address": address}
    return asked
