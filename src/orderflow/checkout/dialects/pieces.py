"""The older version sells in numbers, 2.5 among them; this shop sells by the piece."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def is_broken(quantity: int | Decimal) -> bool:
    """Tell whether a quantity is not a whole number of pieces."""
    return quantity != int(quantity)


def whole(quantity: int | Decimal) -> int:
    """Return the whole pieces of a quantity above 0: never more than was asked, and at least one."""
    return max(1, int(quantity))


def note(index: int, item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the protocol's message that the quantity of an item was rounded."""
    return {
        "type": "info",
        "param": f"$.line_items[{index}].quantity",
        "content_type": "plain",
        "content": f"Items are sold by the piece: {item['quantity']} of {item['id']} became {whole(item['quantity'])}.",
    }
