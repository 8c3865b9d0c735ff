"""The validators of request bodies, generated from modules/api/openapi.yaml; a function loads the one it needs."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from orderflow.checkout.dialects.version import OLDER

Body = dict[str, Any]


def create(version: str) -> Callable[[Body], Body]:
    """Return the validator of a create request; it returns the body or raises SchemaError."""
    if version == OLDER:
        from orderflow.contract import acp20250929_create_session_request as older

        return older.validate
    from orderflow.contract import acp20260417_create_session_request as current

    return current.validate


def update(version: str) -> Callable[[Body], Body]:
    """Return the validator of an update request."""
    if version == OLDER:
        from orderflow.contract import acp20250929_update_session_request as older

        return older.validate
    from orderflow.contract import acp20260417_update_session_request as current

    return current.validate


def complete(version: str) -> Callable[[Body], Body]:
    """Return the validator of a complete request."""
    if version == OLDER:
        from orderflow.contract import acp20250929_complete_session_request as older

        return older.validate
    from orderflow.contract import acp20260417_complete_session_request as current

    return current.validate


def cancel(_version: str) -> Callable[[Body], Body]:
    """Return the validator of a cancel request; 2025-09-29 knows no body, and takes the newer one's as well."""
    from orderflow.contract import acp20260417_cancel_session_request as current

    return current.validate


def delegate_payment(version: str) -> Callable[[Body], Body]:
    """Return the validator of a delegate request; the two versions differ in the risk signals only."""
    if version == OLDER:
        from orderflow.contract import acp20250929_delegate_payment_request as older

        return older.validate
    from orderflow.contract import acp20260417_delegate_payment_request as current

    return current.validate


def whole_numbers(value: Any) -> Any:
    """Return the value with 2.0 as 2: to JSON Schema both are integers, to the validators only the second."""
    match value:
        case dict():
            return {key: whole_numbers(inner) for key, inner in value.items()}
        case list():
            return [whole_numbers(inner) for inner in value]
        case Decimal() if value.is_finite() and abs(value) < 10**15 and value == value.to_integral_value():
            return int(value)
    return value
