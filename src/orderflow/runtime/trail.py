"""The audit trail: who changed what, when, and how it was before and after, written with the change or not at all.

An entry outlives whom it tells of, so it keeps a value only where `_KEPT` names its field. Of every other field it says
that it changed: a new field can be forgotten here, and nothing personal or secret is written by that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orderflow.runtime.clock import iso
from orderflow.runtime.dynamo import to_item
from orderflow.runtime.ids import ulid_of

WITHHELD = "(withheld)"

# By the kind of subject, what tells nothing about a person and opens nothing. Words that people write freely about
# orders are not among them: they may name anybody.
_KEPT: Mapping[str, frozenset[str]] = {
    "user": frozenset({
        "createdAt", "deletedAt", "emailVerified", "pictureReason", "pictureStatus", "purgeAt", "status", "updatedAt",
        "userId", "version",
    }),
    "order": frozenset({
        "amount", "currency", "erased", "failure", "items", "movementId", "movementState", "refunded", "restock",
        "shipmentId", "status", "statusReason", "total", "verdict", "version",
    }),
    "product": frozenset({
        "available", "category", "createdAt", "currency", "description", "imageKey", "imageKeys",
        "name", "price", "reason", "status", "updatedAt", "version",
    }),
    "permission": frozenset({
        "createdAt", "expiresAt", "group", "overlapEndsAt", "ratePerMinute", "revokedAt", "rotatedAt", "scopes",
        "status", "version",
    }),
    "webhook": frozenset({
        "clientId", "createdAt", "overlapEndsAt", "status", "statusReason", "updatedAt", "version",
    }),
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One change of `subject` (`user#<id>`, `order#<id>`, `product#<id>`, `permission#<id>`,
    `webhook#<id>`).

    `action` is what was done (`product.updated`), `by` a user's id, `key:<id>`, `function:<name>` or an operator's ARN,
    `before` and `after` the subject's fields or what changed of them: None before it was made and after it was removed.
    `owner` is whose data it is, and who may read the entry.
    """

    subject: str
    action: str
    by: str
    at: datetime
    request_id: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    owner: str | None = None


@dataclass(frozen=True)
class Author:
    """Who changes something by which request, and the trail's table: what a store needs to tell of its writes."""

    table: str
    by: str
    request_id: str

    def put(
        self,
        subject: str,
        action: str,
        at: datetime,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        owner: str | None = None,
    ) -> dict[str, Any]:
        """Return the entry of this author's change as one element of TransactItems."""
        return put(self.table, Entry(subject, action, self.by, at, self.request_id, before, after, owner))


def put(table: str, entry: Entry) -> dict[str, Any]:
    """Return the write of a new entry as one element of TransactItems (IAM: dynamodb:PutItem on the trail)."""
    before, after = _changed(entry)
    record = {
        "subject": entry.subject,
        "entryId": ulid_of(entry.at),
        "action": entry.action,
        "by": entry.by,
        "at": iso(entry.at),
        "requestId": entry.request_id,
        "owner": entry.owner,
        "before": before,
        "after": after,
    }
    return {
        "Put": {"TableName": table, "Item": to_item(record), "ConditionExpression": "attribute_not_exists(subject)"}
    }


def _changed(entry: Entry) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return what differs, each value as it may be kept; a field that is None is not there."""
    before, after = entry.before or {}, entry.after or {}
    fields = [field for field in {**before, **after} if before.get(field) != after.get(field)]
    kept = _KEPT.get(entry.subject.partition("#")[0], frozenset())

    def told(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if values is None:
            return None
        present = {field: values[field] for field in fields if values.get(field) is not None}
        return {f: value if f in kept and _is_plain(value) else WITHHELD for f, value in present.items()}

    return told(entry.before), told(entry.after)


def _is_plain(value: Any) -> bool:
    # What is nested has fields of its own, which the list knows nothing of.
    if isinstance(value, list | tuple):
        return all(isinstance(each, str | int) for each in value)
    return isinstance(value, str | int)
