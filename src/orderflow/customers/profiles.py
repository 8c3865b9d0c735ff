"""Profiles as they are kept: what the use cases ask of the table and of the pool's accounts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderflow.customers.user import User, existing_id
from orderflow.customers.user_errors import UserNotFoundError
from orderflow.runtime.caller import Caller


@dataclass(frozen=True)
class Account:
    """An account of the pool. Its address is the one that signs in: where the two differ, the profile follows it."""

    user_id: str
    email: str
    email_verified: bool
    is_invited: bool = False  # its first password was mailed and not used yet


class UserReader(Protocol):
    """Where profiles are read."""

    def find(self, user_id: str) -> User | None:
        """Return the profile as it is now, deleted ones included."""
        ...

    def holder(self, email: str) -> str | None:
        """Return whose profile has the address."""
        ...


class UserStore(UserReader, Protocol):
    """Where profiles are kept. Each write tells the audit trail of itself, or is not made."""

    def add(self, user: User, at: datetime) -> None:
        """Keep a new profile together with its claim to the address; raises UserExistsError, EmailTakenError."""
        ...

    def change(self, before: User, after: User, at: datetime) -> bool:
        """Replace a profile, and its claim to an address when that changes; raises EmailTakenError.

        False when it is no longer as `before` says, or deleted.
        """
        ...

    def hide(self, before: User, after: User, at: datetime) -> bool:
        """Make a profile a deleted one and free its address; False when it is no longer as `before` says."""
        ...


class Accounts(Protocol):
    """The pool's accounts as an administrator handles them.

    Every call may raise IdentityThrottledError and IdentityUnavailableError.
    """

    def find(self, username: str) -> Account | None:
        """Return the account with this id or e-mail address."""
        ...

    def invite(self, email: str, *, again: bool) -> Account:
        """Make an account whose address is taken as proven, and mail its owner a first password; or mail it `again`.

        Raises EmailTakenError.
        """
        ...

    def enrol(self, user_id: str) -> None:
        """Put an account into the group of customers; repeating changes nothing."""
        ...

    def ask_for_proof(self, user_id: str, email: str) -> None:
        """Send a code to a new address, which counts once the code came back; raises EmailTakenError."""
        ...

    def set_email(self, user_id: str, email: str) -> None:
        """Give an account another address without a code; raises EmailTakenError."""
        ...

    def remove(self, user_id: str) -> bool:
        """End an account with all its sign-ins; False when there was none."""
        ...


class Session(Protocol):
    """One account as its owner's access token opens it.

    Every call may raise SignInExpiredError, IdentityThrottledError and IdentityUnavailableError.
    """

    def account(self) -> Account:
        """Return the account."""
        ...

    def prove_email(self, code: str) -> None:
        """Make the new address count; raises WrongCodeError, EmailTakenError."""
        ...


def visible_user(user_id: str, caller: Caller, store: UserReader) -> User:
    """Return the caller's profile, or anybody's for administrators; raises UserNotFoundError, also for a stranger's."""
    user = found_user(user_id, caller, store)
    if user.is_deleted:
        raise UserNotFoundError
    return user


def found_user(user_id: str, caller: Caller, store: UserReader) -> User:
    """Return the profile as `visible_user` does, a deleted one as well."""
    if not caller.is_admin and user_id != caller.user_id:
        raise UserNotFoundError
    user = store.find(existing_id(user_id))
    if user is None:
        raise UserNotFoundError
    return user
