"""The last of a person: what is left of a deleted profile goes at once, instead of after its retention."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from orderflow.customers.profiles import Account
from orderflow.customers.user import User
from orderflow.customers.user_errors import UserNotDeletedError, UserSignedInError
from orderflow.runtime.clock import iso
from orderflow.runtime.trail import Author

# docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html: whoever signed in
# a moment before their account ended has a token that works for a day at most.
SIGNED_IN_AT_MOST = timedelta(days=1)


@dataclass(frozen=True)
class Person:
    """What the shop knows of a person, and how many objects of theirs lie among the pictures."""

    profile: User | None
    account: Account | None
    pictures: int


class ErasableUsers(Protocol):
    """Where profiles are kept."""

    def find(self, user_id: str) -> User | None:
        """Return the profile as it is now, deleted ones included."""
        ...

    def purge(self, user: User, at: datetime, author: Author) -> None:
        """Remove a deleted profile, together with an entry in the audit trail; one that is gone stays gone."""
        ...


class FoundAccounts(Protocol):
    """The pool's accounts."""

    def find(self, username: str) -> Account | None:
        """Return the account with this id or e-mail address."""
        ...


class ErasablePictures(Protocol):
    """Where people's pictures lie."""

    def all_of(self, user_id: str) -> list[str]:
        """Return the keys of everything that a person ever uploaded."""
        ...

    def remove_all_of(self, user_id: str) -> None:
        """Remove all of it."""
        ...


@dataclass(frozen=True)
class People:
    """Profiles, accounts and pictures, as far as somebody is to be forgotten."""

    users: ErasableUsers
    accounts: FoundAccounts
    pictures: ErasablePictures

    def look(self, user_id: str) -> Person:
        """Return what there is of a person."""
        return Person(self.users.find(user_id), self.accounts.find(user_id), len(self.pictures.all_of(user_id)))

    def erase(self, user_id: str, *, clock: Callable[[], datetime], author: Author) -> None:
        """Remove profile and pictures for good; repeating changes nothing more."""
        profile = self.users.find(user_id)
        if profile is not None:
            self.users.purge(profile, clock(), author)
        self.pictures.remove_all_of(user_id)


def require_gone(person: Person, now: datetime) -> None:
    """Raise UserNotDeletedError for who still has an account or a profile, UserSignedInError within a day of deletion.

    Until then somebody could order, or write about an order, with a token that was given out before.
    """
    profile = person.profile
    if person.account is not None or (profile is not None and not profile.is_deleted):
        raise UserNotDeletedError
    if profile is not None and profile.deleted_at is not None:
        out = datetime.fromisoformat(profile.deleted_at) + SIGNED_IN_AT_MOST
        if now < out:
            raise UserSignedInError(iso(out))
