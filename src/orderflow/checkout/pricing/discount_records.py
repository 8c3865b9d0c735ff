"""Discounts as the table keeps them: a code's terms with its count, and a row for each client that used it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orderflow.checkout.pricing.discounts import Discount, DiscountKind
from orderflow.runtime.clock import iso

TERMS = "terms"
LISTING = "discounts"


def client_holder(client_id: str) -> str:
    """Return the sort key under which a client's uses of a code are counted."""
    return f"client#{client_id}"


def to_record(discount: Discount) -> dict[str, Any]:
    """Return a code's terms as a plain record; what is None is not in it."""
    return {
        "code": discount.code,
        "holder": TERMS,
        "listing": LISTING,
        "name": discount.name,
        "kind": discount.kind.value,
        "currency": discount.currency,
        "startsAt": iso(discount.starts_at),
        "basisPoints": discount.basis_points,
        "amount": discount.amount,
        "endsAt": iso(discount.ends_at) if discount.ends_at else None,
        "minimum": discount.minimum,
        "usageLimit": discount.limit,
        "limitPerClient": discount.limit_per_client,
        "combinable": discount.is_combinable,
        "enabled": discount.is_enabled,
        "timesUsed": discount.used,
    }


def from_record(record: Mapping[str, Any], used_by_client: int = 0) -> Discount:
    """Return the discount in a record of `to_record`."""
    ends_at = record.get("endsAt")
    return Discount(
        code=record["code"],
        name=record["name"],
        kind=DiscountKind(record["kind"]),
        currency=record["currency"],
        starts_at=datetime.fromisoformat(record["startsAt"]),
        basis_points=record["basisPoints"],
        amount=record["amount"],
        ends_at=datetime.fromisoformat(ends_at) if ends_at else None,
        minimum=record["minimum"],
        limit=record.get("usageLimit"),
        limit_per_client=record.get("limitPerClient"),
        is_combinable=record["combinable"],
        is_enabled=record["enabled"],
        used=record["timesUsed"],
        used_by_client=used_by_client,
    )
