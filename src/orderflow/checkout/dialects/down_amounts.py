"""Amounts of 2026-04-17, lists by type, as the older version has them: fixed fields, and fewer types."""

from collections.abc import Iterable, Mapping
from typing import Any

Totals = Iterable[Mapping[str, Any]]

# Types that 2025-09-29 does not know go where the sum stays right.
_FOLDED = {"gift_wrap": "fee", "tip": "fee", "store_credit": "discount"}
# No part of the sum.
_LEFT_OUT = "amount_refunded"


def totals(current: Totals) -> list[dict[str, Any]]:
    """Return the totals of a session, in their order; those of one older type become one."""
    found: dict[str, dict[str, Any]] = {}
    for each in current:
        if each["type"] == _LEFT_OUT:
            continue
        told: str = each["type"]
        kind = _FOLDED.get(told, told)
        amount = each["amount"] + found.get(kind, {"amount": 0})["amount"]
        display = found[kind]["display_text"] if kind in found else each["display_text"]
        found[kind] = {"type": kind, "display_text": display, "amount": amount}
    return list(found.values())


def line(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line of a session: what it costs before and after its discounts, its tax, and its total."""
    amounts, quantity = _by_type(item["totals"]), item["quantity"]
    base = amounts.get("items_base_amount", item.get("unit_amount", item["item"].get("unit_amount", 0)) * quantity)
    # Discounts are told as amounts taken off, whichever sign they come with.
    discount = abs(amounts.get("items_discount", 0)) + abs(amounts.get("discount", 0))
    subtotal, tax = base - discount, amounts.get("tax", 0)
    return {
        "id": item["id"],
        "item": {"id": item["item"]["id"], "quantity": quantity},
        "base_amount": base,
        "discount": discount,
        "subtotal": subtotal,
        "tax": tax,
        "total": amounts.get("total", subtotal + tax),
    }


def option(current: Totals) -> dict[str, int]:
    """Return what a fulfilment option costs: before tax, tax, and both."""
    amounts = _by_type(current)
    tax = amounts.get("tax", 0)
    net = amounts.get("subtotal", amounts.get("fulfillment", 0))
    total = amounts.get("total", net + tax)
    return {"subtotal": total - tax, "tax": tax, "total": total}


def _by_type(current: Totals) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in current:
        found[each["type"]] = found.get(each["type"], 0) + each["amount"]
    return found
