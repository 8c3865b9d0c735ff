"""Deleting a user: hidden at once, signed out for good, forgotten after the retention."""

from datetime import timedelta

from orderflow.customers.profiles import Accounts, UserStore, found_user
from orderflow.customers.user import Clock
from orderflow.customers.user_errors import UserNotFoundError, UserVersionConflictError
from orderflow.runtime.caller import Caller

_ATTEMPTS = 3  # a profile that is changed at the same moment is read again


def delete_user(
    caller: Caller, user_id: str, *, retention: timedelta, store: UserStore, accounts: Accounts, clock: Clock
) -> None:
    """Hide the profile, free its address, and end the account; the row itself goes when the retention has passed.

    The profile comes first: what breaks off leaves an account that nobody sees, and a repeat ends it.
    Raises UserNotFoundError, also when all of it was done before.
    """
    for _ in range(_ATTEMPTS):
        user = found_user(user_id, caller, store)
        if user.is_deleted:
            if not accounts.remove(user_id):
                raise UserNotFoundError
            return
        at = clock()
        if store.hide(user, user.deleted(at, retention), at):
            accounts.remove(user_id)
            return
    raise UserVersionConflictError(user.version)
