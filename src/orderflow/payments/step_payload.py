"""What the workflow sends to the payment steps."""

import re
from collections.abc import Mapping
from typing import Any

from orderflow.runtime.errors import Detail, InvalidRequestError

_ORDER_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_AMOUNT = re.compile(r"[0-9]{1,15}")


def order_id(event: Mapping[str, Any]) -> str:
    """Return the order's id; raises InvalidRequestError."""
    value = event.get("orderId")
    if not isinstance(value, str) or not _ORDER_ID.fullmatch(value):
        raise _invalid("orderId", "must be a ULID")
    return value


def amount(event: Mapping[str, Any]) -> int:
    """Return the amount in minor units; DynamoDB's JSON writes numbers as text, so both are taken."""
    value = event.get("amount")
    if not isinstance(value, int | str) or not _AMOUNT.fullmatch(str(value)):
        raise _invalid("amount", "must be a whole number of minor units")
    return int(value)


def text(event: Mapping[str, Any], name: str) -> str:
    """Return a text that must be there; raises InvalidRequestError."""
    value = event.get(name)
    if not isinstance(value, str) or not value:
        raise _invalid(name, "must be text")
    return value


def _invalid(field: str, issue: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"The step's {field} {issue}; look at the state's Parameters.", [Detail(field=field, issue=issue)]
    )
