"""Lenient mode: requests that agents copied from published examples, bent into the shape of the current version.

The older gateway's curl and the six examples inside the OpenAPI of 2026-04-17 are invalid by their own schemas.
"""

from collections.abc import Mapping
from typing import Any

from orderflow.checkout.dialects.up import CARD_HANDLER

_OPTION_TYPES = ("shipping", "digital", "pickup", "local_delivery")


def create(body: Mapping[str, Any], *, currency: str) -> dict[str, Any]:
    """Return a create request with `line_items`, a currency and capabilities, whatever of it was left out."""
    return {"currency": currency, "capabilities": {}, **_with_line_items(body)}


def in_our_currency(body: Mapping[str, Any], currency: str) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
    """Return the older gateway's request without the currency that it names, and a message where that is another.

    That gateway knew no currency but usd: its curl says so to every shop.
    """
    rest = {key: value for key, value in body.items() if key != "currency"}
    named = body.get("currency")
    if named is None or (isinstance(named, str) and named.lower() == currency):
        return rest, ()
    told = f"This shop sells in {currency}; the session is not in the currency that was named."
    return rest, ({"type": "info", "param": "$.currency", "content_type": "plain", "content": told},)


def update(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an update request whose selected options are flat: the example hides them below their type."""
    asked = _with_line_items(body)
    selected = asked.get("selected_fulfillment_options")
    if isinstance(selected, list):
        asked["selected_fulfillment_options"] = [_flat(option) for option in selected]
    return asked


def complete(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a complete request with an instrument, where the payment data are a bare token."""
    paid = body.get("payment_data")
    if not isinstance(paid, dict) or "token" not in paid or "instrument" in paid:
        return dict(body)
    rest = {key: value for key, value in paid.items() if key not in ("token", "provider")}
    credential = {"type": "spt", "token": paid["token"]}
    payment = {"handler_id": CARD_HANDLER, "instrument": {"type": "card", "credential": credential}, **rest}
    return {**body, "payment_data": payment}


def _with_line_items(body: Mapping[str, Any]) -> dict[str, Any]:
    if "items" not in body or "line_items" in body:
        return dict(body)
    return {**{key: value for key, value in body.items() if key != "items"}, "line_items": body["items"]}


def _flat(option: Any) -> Any:
    if not isinstance(option, dict):
        return option
    inner = option.get(option.get("type")) if option.get("type") in _OPTION_TYPES else None
    return {"type": option["type"], **inner} if isinstance(inner, dict) else option
