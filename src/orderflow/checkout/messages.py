"""What a session has to say about its items and its order, as the protocol's messages. Source: schema 2026-04-17."""

from collections.abc import Iterator, Sequence
from typing import Any

from orderflow.checkout.session import Line, Wire


def not_sold_any_more(index: int, line: Line) -> dict[str, Any]:
    return error("not_found", f"{line.name} is not sold any more: remove it.", f"$.line_items[{index}]")


def too_many(index: int, line: Line, most: int) -> dict[str, Any]:
    return error(
        "quantity_exceeded",
        f"One order has at most {most} of {line.name}: ask for fewer.",
        f"$.line_items[{index}].quantity",
    )


def out_of_stock(index: int, line: Line) -> dict[str, Any]:
    left = f"only {line.available} are left: ask for fewer" if line.available else "remove it, or try again later"
    return error("out_of_stock", f"{line.name} is out of stock; {left}.", f"$.line_items[{index}]")


def prices_expected(items: Sequence[Wire], lines: Sequence[Line]) -> Iterator[dict[str, Any]]:
    """Yield a warning for each item of which the agent expected another price."""
    for index, (item, line) in enumerate(zip(items, lines, strict=True)):
        if item.get("unit_amount", line.unit_price) != line.unit_price:
            yield {
                "type": "warning",
                "code": "price_change",
                "param": f"$.line_items[{index}].unit_amount",
                "content_type": "plain",
                "content": f"{line.name} costs {line.unit_price} in minor units, not {item['unit_amount']}.",
            }


def price_changed() -> dict[str, Any]:
    return {
        "type": "warning",
        "code": "price_change",
        "resolution": "requires_buyer_review",
        "param": "$.totals",
        "content_type": "plain",
        "content": "The total has changed since it was last shown: complete the session again to accept it.",
    }


def buyer_missing() -> dict[str, Any]:
    return error("missing", "Who buys has to be known: send the buyer.", "$.buyer", "requires_buyer_input")


def address_too_long() -> dict[str, Any]:
    return error(
        "invalid",
        "The address does not fit a label: name and street have 200 characters together, city and state 100, and a "
        "postal code 16 letters, digits, spaces and dashes.",
        "$.fulfillment_details.address",
    )


def not_paid_so() -> dict[str, Any]:
    return error("unsupported", "This shop takes a card by a delegated token only.", "$.payment_data.handler_id")


def error(code: str, content: str, param: str, resolution: str = "recoverable") -> dict[str, Any]:
    return {
        "type": "error",
        "code": code,
        "severity": "high",
        "resolution": resolution,
        "param": param,
        "content_type": "plain",
        "content": content,
    }


def info(content: str, param: str) -> dict[str, Any]:
    return {"type": "info", "param": param, "content_type": "plain", "content": content}
