"""The record of an order as it is once it tells nothing of its customer.

What people wrote goes, whoever they were: it may name anybody. Codes stay, and say what happened.
"""

from collections.abc import Mapping
from typing import Any

# Good for a postal code as well, so that the order is still what the contract says.
ERASED = "erased"


def without_customer(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return those attributes of an order's record that tell of its customer, as they are without that.

    `country` stays, the tax was its; empty when nothing is told.
    """
    erased: dict[str, Any] = {
        "shippingAddress": _place(record["shippingAddress"]),
        "paymentToken": ERASED,
        "history": [_entry(entry) for entry in record["history"]],
    }
    if "statusReason" in record:
        erased["statusReason"] = _reason(record["statusReason"])
    if "movements" in record:
        erased["movements"] = [_movement(movement) for movement in record["movements"]]
    if "review" in record:
        erased["review"] = {**record["review"], "reason": ERASED}
    return {name: value for name, value in erased.items() if value != record.get(name)}


def _place(address: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if name == "country" else ERASED for name, value in address.items()}


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "reason": _reason(entry["reason"])} if "reason" in entry else dict(entry)


def _reason(reason: Mapping[str, Any]) -> dict[str, Any]:
    return {**reason, "message": ERASED}


def _movement(movement: Mapping[str, Any]) -> dict[str, Any]:
    # A carrier tells whoever has the number where the parcel went.
    kept = {name: value for name, value in movement.items() if name != "trackingNumber"}
    return {**kept, "reason": ERASED} if "reason" in movement else kept
