"""A person's profile. The user pool keeps how they sign in; what the shop knows of them beside that is kept here."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from orderflow.customers.user_errors import UserNotFoundError
from orderflow.runtime.clock import iso

_USER_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # a UUID, as Cognito writes its `sub`
_MAX_SORT_KEY_BYTES = 1024  # docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class User:
    """One profile; `user_id` is the account's `sub`, `email` normalised, `phone_number` in E.164, times ISO 8601.

    `pending_email` waits for its owner's code; what is said of the picture is written where pictures are checked.
    A deleted profile is seen by nobody, and gone after `purge_at` (epoch).
    """

    user_id: str
    name: str
    email: str
    created_at: str
    updated_at: str
    age: int | None = None
    phone_number: str | None = None
    pending_email: str | None = None
    version: int = 1
    deleted_at: str | None = None
    purge_at: int | None = None
    picture_key: str | None = None
    picture_status: str | None = None
    picture_reason: str | None = None

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    def changed(self, at: datetime, **facts: object) -> "User":
        """Return the next version of the profile."""
        return replace(self, version=self.version + 1, updated_at=iso(at), **facts)  # type: ignore[arg-type]  # fields

    def deleted(self, at: datetime, retention: timedelta) -> "User":
        """Return the profile as it is hidden, to be removed wholly once the retention has passed."""
        purge_at = int((at + retention).timestamp())
        return self.changed(at, deleted_at=iso(at), purge_at=purge_at, pending_email=None)


def name_key(name: str) -> str:
    """Return the form in which names are searched and sorted: letter case and compatibility forms do not count."""
    key = unicodedata.normalize("NFKC", name).casefold().strip()
    return key.encode()[:_MAX_SORT_KEY_BYTES].decode(errors="ignore") or name


def existing_id(user_id: str) -> str:
    """Return an id that a user could have; raises UserNotFoundError for one that none can have."""
    if not _USER_ID.fullmatch(user_id):
        raise UserNotFoundError
    return user_id
