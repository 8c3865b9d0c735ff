"""A profile as a record of the customers table, with the keys that put it into the listing indexes."""

from collections.abc import Mapping
from typing import Any

from orderflow.customers.user import User, name_key

LISTING = "active"

# Attribute by field; the trail tells of changes in the same words.
_ATTRIBUTES = {
    "user_id": "userId",
    "name": "name",
    "email": "email",
    "age": "age",
    "phone_number": "phoneNumber",
    "pending_email": "pendingEmail",
    "version": "version",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
    "deleted_at": "deletedAt",
    "purge_at": "purgeAt",
}
# Read with the profile, and never written with it: a picture is checked whenever it arrives.
_PICTURE = {"picture_key": "pictureKey", "picture_status": "pictureStatus", "picture_reason": "pictureReason"}


def facts(user: User) -> dict[str, Any]:
    """Return the profile's facts by attribute, None for those that it does not have."""
    return {attribute: getattr(user, field) for field, attribute in _ATTRIBUTES.items()}


def to_record(user: User) -> dict[str, Any]:
    """Return the whole record. Without `listing` it is in no index: a deleted profile never shows."""
    return {**facts(user), "nameKey": name_key(user.name), "listing": None if user.is_deleted else LISTING}


def from_record(record: Mapping[str, Any]) -> User:
    """Return the profile in a record."""
    fields = _ATTRIBUTES | _PICTURE
    return User(**{field: record.get(attribute) for field, attribute in fields.items()})  # type: ignore[arg-type]  # the record's own types


def claim_key(email: str) -> str:
    """Return the key of the item that makes an address one profile's: no user id looks like it."""
    return f"email#{email}"
