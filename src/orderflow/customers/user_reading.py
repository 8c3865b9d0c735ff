"""What may be seen of profiles: one's own, and by administrators everybody's, page by page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from orderflow.customers.access import normalised_email
from orderflow.customers.profiles import UserReader, visible_user
from orderflow.customers.user import User, name_key
from orderflow.runtime.caller import Caller
from orderflow.runtime.paging import decode_cursor, encode_cursor


@dataclass(frozen=True)
class Selection:
    """What a list shows: everybody, newest first, or whose e-mail address or name begins so, in that order."""

    email: str | None = None
    name: str | None = None

    @property
    def email_prefix(self) -> str | None:
        """The form in which the search is compared with addresses."""
        return None if self.email is None else normalised_email(self.email)

    @property
    def name_prefix(self) -> str | None:
        """The form in which the search is compared with names."""
        return None if self.name is None else name_key(self.name)

    def scope(self, caller: Caller) -> dict[str, Any]:
        """What a cursor is signed with: it is of no use for another list, nor to anybody else."""
        return {"list": "users", "by": caller.user_id, "email": self.email_prefix, "name": self.name_prefix}


@dataclass(frozen=True)
class Position:
    """Where a list goes on: after this user, whose key in the list's order is `sort_key`."""

    user_id: str
    sort_key: str


class UserListing(Protocol):
    """Profiles in a given order, deleted ones left out."""

    def page(self, selection: Selection, limit: int, after: Position | None) -> tuple[list[User], Position | None]:
        """Return at most `limit` profiles, and where to go on when there are more."""
        ...


def get_user(user_id: str, caller: Caller, store: UserReader) -> User:
    """Return the caller's profile, or anybody's for administrators; raises UserNotFoundError."""
    return visible_user(user_id, caller, store)


def list_users(
    caller: Caller,
    selection: Selection,
    *,
    limit: int,
    token: str | None,
    listing: UserListing,
    cursor_key: Callable[[], bytes],
) -> tuple[list[User], str | None]:
    """Return one page and the token of the next.

    Raises ForbiddenError, and InvalidRequestError for a token of another list.
    """
    caller.require_admin()
    scope = selection.scope(caller)
    after = Position(**decode_cursor(token, scope, cursor_key())) if token is not None else None
    users, further = listing.page(selection, limit, after)
    if further is None:
        return users, None
    position = {"user_id": further.user_id, "sort_key": further.sort_key}
    return users, encode_cursor(position, scope, cursor_key())


def as_json(user: User, picture: Callable[[str], str] | None = None) -> dict[str, Any]:
    """Return the profile as the contract's schema `User`; `picture` makes the address that shows one."""
    shown = {
        "userId": user.user_id,
        "name": user.name,
        "email": user.email,
        "age": user.age,
        "phoneNumber": user.phone_number,
        "pendingEmail": user.pending_email,
        "pictureUrl": picture(user.picture_key) if picture and user.picture_key else None,
        "pictureStatus": user.picture_status,
        "pictureReason": user.picture_reason,
        "version": user.version,
        "createdAt": user.created_at,
        "updatedAt": user.updated_at,
    }
    return {name: value for name, value in shown.items() if value is not None}


def page_as_json(users: Iterable[User], token: str | None) -> dict[str, Any]:
    """Return one page as the contract's schema `UserPage`."""
    page: dict[str, Any] = {"items": [as_json(user) for user in users]}
    if token:
        page["nextToken"] = token
    return page
