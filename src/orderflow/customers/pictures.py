"""Profile pictures: uploaded into a room of their own, looked at there, and shown only from another.

What a form can write to is never shown, so nobody replaces a picture after it was looked at.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Protocol

from orderflow.catalog.images import UPLOAD_SECONDS, UploadSigner, UploadTarget
from orderflow.customers.picture import ENDINGS, MAX_PICTURE_BYTES, media_type
from orderflow.customers.profiles import UserReader, visible_user
from orderflow.customers.user_errors import UserNotFoundError
from orderflow.runtime.caller import Caller

_UPLOAD = re.compile(r"uploads/(?P<user_id>[0-9a-f-]{36})/(?P<upload_id>[0-9A-HJKMNP-TV-Z]{26})\.(?P<ending>[a-z]+)")


class Refusal(StrEnum):
    """Why a picture is not shown; clients rely on these words."""

    NOT_A_PICTURE = "NOT_A_PICTURE"
    WRONG_TYPE = "WRONG_TYPE"
    TOO_LARGE = "TOO_LARGE"


class Outcome(Enum):
    """What became of an uploaded object."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CHECKED_BEFORE = "checked before"
    OVERTAKEN = "a later picture was checked before"
    GONE = "it is not there any more"
    NOBODYS = "belongs to no profile"


class Settled(Enum):
    """How a profile took what a check came to."""

    WRITTEN = "written"
    WRITTEN_BEFORE = "written before"
    OVERTAKEN = "has a later picture"
    NO_PROFILE = "there is none, or it was deleted"


@dataclass(frozen=True)
class Found:
    """An uploaded object: its size in bytes, the first of them, and what changes when it is overwritten."""

    size: int
    head: bytes
    etag: str


@dataclass(frozen=True)
class Checked:
    """What became of whose upload; `refusal` where it was rejected."""

    outcome: Outcome
    user_id: str | None = None
    refusal: Refusal | None = None


class PictureShelf(Protocol):
    """The bucket. Removing what is not there does nothing."""

    def look(self, key: str) -> Found | None:
        """Return what lies there, None when nothing does."""
        ...

    def copy(self, key: str, etag: str, to: str) -> bool:
        """Copy an object as it was looked at; False when it is not there any more, or another one is."""
        ...

    def remove(self, key: str) -> None:
        """Remove an object."""
        ...

    def remove_earlier(self, key: str) -> None:
        """Remove what lies in the same folder and sorts before."""
        ...


class PictureProfiles(Protocol):
    """Profiles, as far as their picture goes. Each write tells the audit trail of itself, or is not made."""

    def accept(self, user_id: str, upload_id: str, key: str, at: datetime) -> Settled:
        """Make the object the profile's picture."""
        ...

    def reject(self, user_id: str, upload_id: str, refusal: Refusal, at: datetime) -> Settled:
        """Note why the upload is not shown; the picture before it stays."""
        ...


def create_picture_upload(
    caller: Caller,
    user_id: str,
    content_type: str,
    *,
    profiles: UserReader,
    signer: UploadSigner,
    new_id: Callable[[], str],
) -> UploadTarget:
    """Return a signed form that uploads the caller's own picture; raises UserNotFoundError, for another's as well."""
    if user_id != caller.user_id:
        raise UserNotFoundError
    visible_user(user_id, caller, profiles)
    key = f"uploads/{user_id}/{new_id()}.{ENDINGS[content_type]}"
    url, fields = signer.form(key, content_type, MAX_PICTURE_BYTES, UPLOAD_SECONDS)
    return UploadTarget(url, fields, key, UPLOAD_SECONDS)


def check_picture(
    key: str, *, shelf: PictureShelf, profiles: PictureProfiles, clock: Callable[[], datetime]
) -> Checked:
    """Look at an uploaded object: show it from now on, or remove it and say why; repeating changes nothing more."""
    match = _UPLOAD.fullmatch(key)
    if not match:
        shelf.remove(key)
        return Checked(Outcome.NOBODYS)
    user_id, upload_id, ending = match.groups()
    found = shelf.look(key)
    if found is None:
        return Checked(Outcome.GONE, user_id)
    refusal = _refusal(found, ending)
    shown = f"pictures/{user_id}/{upload_id}.{ending}"
    if refusal:
        settled = profiles.reject(user_id, upload_id, refusal, clock())
    elif shelf.copy(key, found.etag, shown):
        settled = profiles.accept(user_id, upload_id, shown, clock())
    else:
        return Checked(Outcome.GONE, user_id)
    if not refusal and settled in (Settled.WRITTEN, Settled.WRITTEN_BEFORE):
        shelf.remove_earlier(shown)
    elif not refusal:
        shelf.remove(shown)
    shelf.remove(key)
    return _checked(settled, user_id, refusal)


def _refusal(found: Found, ending: str) -> Refusal | None:
    if found.size > MAX_PICTURE_BYTES:
        return Refusal.TOO_LARGE
    told = media_type(found.head, found.size)
    if told is None:
        return Refusal.NOT_A_PICTURE
    return None if ENDINGS[told] == ending else Refusal.WRONG_TYPE


def _checked(settled: Settled, user_id: str, refusal: Refusal | None) -> Checked:
    match settled:
        case Settled.WRITTEN_BEFORE:
            return Checked(Outcome.CHECKED_BEFORE, user_id)
        case Settled.OVERTAKEN:
            return Checked(Outcome.OVERTAKEN, user_id)
        case Settled.NO_PROFILE:
            return Checked(Outcome.NOBODYS, user_id)
        case _:
            return Checked(Outcome.REJECTED if refusal else Outcome.ACCEPTED, user_id, refusal)
