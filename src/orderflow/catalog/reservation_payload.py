"""The payload of the stock steps, as order_processing sends it: {"orderId", "lines", "correlationId"}."""

from collections.abc import Mapping
from typing import Any

from orderflow.catalog.stock import StockLine
from orderflow.runtime.dynamo import from_value
from orderflow.runtime.errors import Detail, InvalidRequestError


def order_id(event: Mapping[str, Any]) -> str:
    """Return the order's id; raises InvalidRequestError."""
    value = event.get("orderId")
    if not isinstance(value, str) or not value:
        raise _refusal("orderId", "must be the order's id")
    return value


def stock_lines(event: Mapping[str, Any]) -> tuple[StockLine, ...]:
    """Return the lines, which are DynamoDB JSON just as the order's item holds them; raises InvalidRequestError."""
    try:
        lines = tuple(StockLine(line["productId"], line["quantity"]) for line in from_value({"L": event.get("lines")}))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _refusal("lines", "must be DynamoDB JSON: a list of maps with productId and quantity") from error
    if not lines or not all(isinstance(line.quantity, int) and line.quantity > 0 for line in lines):
        raise _refusal("lines", "must hold at least one line, each with a whole quantity above zero")
    return lines


def _refusal(field: str, issue: str) -> InvalidRequestError:
    return InvalidRequestError(f"The step's payload is wrong: {field} {issue}.", [Detail(field=field, issue=issue)])
