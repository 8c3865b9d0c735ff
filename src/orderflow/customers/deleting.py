"""Deleting a user: hidden at once, signed out for good, forgotten after the retention."""

from datetime import timedelta
from typing import Protocol

from orderflow.customers.profiles import Accounts, UserStore, found_user
from orderflow.customers.user import Clock
from orderflow.customers.user_errors import UserNotFoundError, UserVersionConflictError
from orderflow.runtime.caller import Caller

_ATTEMPTS = 3  # a profile that is changed at the same moment is read again


class Pictures(Protocol):
    """Where people's pictures lie."""

    def remove_all_of(self, user_id: str) -> None:
        """Remove everything that a person ever uploaded."""
        ...


def delete_user(
    caller: Caller,
    user_id: str,
    *,
    retention: timedelta,
    store: UserStore,
    accounts: Accounts,
    pictures: Pictures,
    clock: Clock,
) -> None:
    """Hide the profile, free its address, remove its pictures and end the account; the row goes after the retention.

    The profile comes first, the account last: what breaks off leaves what nobody sees, and a repeat ends it.
    Raises UserNotFoundError, also when all of it was done before.
    """
    for _ in range(_ATTEMPTS):
        user = found_user(user_id, caller, store)
        if user.is_deleted:
            pictures.remove_all_of(user_id)
            if not accounts.remove(user_id):
                raise UserNotFoundError
            return
        at = clock()
        if store.hide(user, user.deleted(at, retention), at):
            pictures.remove_all_of(user_id)
            accounts.remove(user_id)
            return
    raise UserVersionConflictError(user.version)
