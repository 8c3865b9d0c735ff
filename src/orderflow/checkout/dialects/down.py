"""From 2026-04-17 to 2025-09-29: what the core answers, as an older agent reads it.

Pure. What has no place in the older version is left out here and listed in docs/checkout-dialects.md.
"""

from collections.abc import Mapping
from typing import Any

from orderflow.checkout.dialects import down_amounts, down_messages

_STATUSES = {
    "incomplete": "not_ready_for_payment",
    "requires_escalation": "not_ready_for_payment",
    "authentication_required": "not_ready_for_payment",
    "pending_approval": "in_progress",
    "complete_in_progress": "in_progress",
    "expired": "canceled",
}
_ORDER_STATUSES = {"processing": "confirmed", "completed": "fulfilled"}
_OLDER_ORDER_STATUSES = frozenset({"created", "manual_review", "confirmed", "canceled", "shipped", "fulfilled"})
_LINKS = {
    "terms_of_use": "terms_of_use",
    "privacy_policy": "privacy_policy",
    "return_policy": "seller_shop_policies",
    "shipping_policy": "seller_shop_policies",
}
_REFUNDS = {"refund": "original_payment", "credit": "store_credit"}
_ADDRESS = ("name", "line_one", "line_two", "city", "state", "country", "postal_code")
_OPTION = ("type", "id", "title", "carrier", "earliest_delivery_time", "latest_delivery_time")
_OPTION_TYPES = frozenset({"shipping", "digital"})


def session(current: Mapping[str, Any]) -> dict[str, Any]:
    """Return a session, with its order where it has one."""
    status = current["status"]
    options = [_option(each) for each in current["fulfillment_options"] if each["type"] in _OPTION_TYPES]
    told: dict[str, Any] = {
        "id": current["id"],
        "status": _STATUSES.get(status, status),
        "currency": current["currency"],
        "line_items": [down_amounts.line(each) for each in current["line_items"]],
        "fulfillment_options": options,
        "totals": down_amounts.totals(current["totals"]),
        "messages": down_messages.messages(current["messages"]),
        "links": [
            {"type": _LINKS[link["type"]], "url": link["url"]} for link in current["links"] if link["type"] in _LINKS
        ],
    }
    if "buyer" in current:
        told["buyer"] = _buyer(current["buyer"])
    if current.get("capabilities", {}).get("payment", {}).get("handlers"):
        told["payment_provider"] = {"provider": "stripe", "supported_payment_methods": ["card"]}
    if address := current.get("fulfillment_details", {}).get("address"):
        told["fulfillment_address"] = _some(address, _ADDRESS)
    if (chosen := _chosen(current)) in {option["id"] for option in options}:
        told["fulfillment_option_id"] = chosen
    if "order" in current:
        told["order"] = _some(current["order"], ("id", "checkout_session_id", "permalink_url"))
    return told


def error(current: Mapping[str, Any]) -> dict[str, Any]:
    """Return an error; the field at fault is named as the older request has it."""
    told = _some(current, ("type", "code", "message"))
    if told["code"] == "idempotency_conflict":
        told["type"] = "request_not_idempotent"
    if "param" in current:
        told["param"] = down_messages.asked_path(current["param"])
    return told


def webhook(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order event: what happened to the order in one word, and the refunds that were paid."""
    order = event["data"]
    status = _ORDER_STATUSES.get(order.get("status", "created"), order.get("status", "created"))
    refunds = [
        {"type": _REFUNDS[each["type"]], "amount": each["amount"]}
        for each in order.get("adjustments", ())
        if each["type"] in _REFUNDS and each["status"] == "completed" and "amount" in each
    ]
    data = {
        "type": "order",
        "checkout_session_id": order["checkout_session_id"],
        "permalink_url": order["permalink_url"],
        # A status that the older version has no word for: the order stands.
        "status": status if status in _OLDER_ORDER_STATUSES else "confirmed",
        "refunds": refunds,
    }
    return {"type": event["type"], "data": data}


def _buyer(buyer: Mapping[str, Any]) -> dict[str, Any]:
    first, _, last = buyer.get("full_name", "").rpartition(" ")
    told = {
        "first_name": buyer.get("first_name", first),
        "last_name": buyer.get("last_name", last),
        "email": buyer["email"],
    }
    return {**told, **_some(buyer, ("phone_number",))}


def _option(option: Mapping[str, Any]) -> dict[str, Any]:
    fields = _OPTION if option["type"] == "shipping" else _OPTION[:3]
    subtitle = {"subtitle": option["description"]} if "description" in option else {}
    return {**_some(option, fields), **subtitle, **down_amounts.option(option["totals"])}


def _chosen(current: Mapping[str, Any]) -> str | None:
    selected = current.get("selected_fulfillment_options")
    return selected[0]["option_id"] if selected else None


def _some(given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}
