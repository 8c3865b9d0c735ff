"""What was changed of a person's data, for that person and for administrators: newest first."""

from collections.abc import Callable
from typing import Any

from orderflow.customers.audit_trail import OwnerTrail, Place, Recorded
from orderflow.customers.user_errors import UserNotFoundError
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso
from orderflow.runtime.paging import decode_cursor, encode_cursor

SHOP = "shop"


def list_changes(
    caller: Caller,
    user_id: str,
    *,
    limit: int,
    token: str | None,
    trail: OwnerTrail,
    cursor_key: Callable[[], bytes],
) -> tuple[list[Recorded], str | None]:
    """Return a page of the changes of a person's own data, and the token of the next page.

    Of somebody who is gone, administrators still see that things changed. Raises UserNotFoundError for another's, and
    InvalidRequestError for a token that is not of this list.
    """
    if user_id != caller.user_id and not caller.is_admin:
        raise UserNotFoundError
    scope = {"list": "audit", "userId": user_id, "caller": caller.user_id}
    after = Place(**decode_cursor(token, scope, cursor_key())) if token is not None else None
    found, further = trail.of_owner(user_id, limit, after)
    if further is None:
        return found, None
    position = {"subject": further.subject, "entry_id": further.entry_id}
    return found, encode_cursor(position, scope, cursor_key())


def as_json(recorded: Recorded, caller: Caller) -> dict[str, Any]:
    """Return the schema `AuditEntry`. Customers learn that the shop did something, not who of its people."""
    entry = recorded.entry
    known = caller.is_admin or entry.by == caller.user_id or entry.by.startswith("function:")
    shown = {
        "entryId": recorded.entry_id,
        "at": iso(entry.at),
        "subject": entry.subject,
        "action": entry.action,
        "by": entry.by if known else SHOP,
        "requestId": entry.request_id,
        "before": entry.before,
        "after": entry.after,
    }
    return {name: value for name, value in shown.items() if value is not None}
