"""Changing a profile, and the address with which its owner signs in."""

from collections.abc import Mapping
from typing import Any

from orderflow.customers.access import normalised_email
from orderflow.customers.errors import EmailTakenError
from orderflow.customers.profiles import Accounts, Session, UserStore, visible_user
from orderflow.customers.user import Clock, User
from orderflow.customers.user_errors import (
    ForeignTokenError,
    NoEmailChangeError,
    UserNotFoundError,
    UserVersionConflictError,
)
from orderflow.runtime.caller import Caller


def update_user(
    caller: Caller,
    user_id: str,
    version: int,
    changes: Mapping[str, Any],
    *,
    email: str | None = None,
    auto_confirm: bool,
    store: UserStore,
    accounts: Accounts,
    clock: Clock,
) -> User:
    """Change some of a profile's facts (`changes` by field) and return it with its next version.

    A new `email` waits until its owner sent back the code that goes there, and the old one works until then; asking
    again sends another code. `auto_confirm` spares the code: for development, where nothing is delivered.
    Raises UserNotFoundError, EmailTakenError, and UserVersionConflictError when `version` is not the profile's.
    """
    user = visible_user(user_id, caller, store)
    if user.version != version:
        raise UserVersionConflictError(user.version)
    address = None if email is None else normalised_email(email)
    if address is None:
        return _keep(user, changes, store, clock)
    if store.holder(address) not in (None, user_id):
        raise EmailTakenError
    if auto_confirm:
        # The claim decides between two who want the address, so the pool comes after it; repeating mends the rest.
        changed = _keep(user, {**changes, "email": address, "pending_email": None}, store, clock)
        _agree(user_id, address, accounts)
        return changed
    if address == user.email:
        return _keep(user, {**changes, "pending_email": None}, store, clock)
    # The pool first: whoever repeats with the same version gets another code, and the profile tells what it waits for.
    accounts.ask_for_proof(user_id, address)
    return _keep(user, {**changes, "pending_email": address}, store, clock)


def confirm_email_change(
    caller: Caller, user_id: str, code: str, *, session: Session, store: UserStore, clock: Clock
) -> User:
    """Make the new address count, in the pool and then in the profile, and return the profile.

    What broke off between the two is finished by a repeat, whose code is used up already. Raises UserNotFoundError,
    ForeignTokenError, NoEmailChangeError, WrongCodeError, SignInExpiredError, EmailTakenError,
    UserVersionConflictError.
    """
    if user_id != caller.user_id:
        raise UserNotFoundError
    user = visible_user(user_id, caller, store)
    account = session.account()
    if account.user_id != user_id:
        raise ForeignTokenError
    if account.email == user.email or not account.email_verified:
        if user.pending_email is None:
            raise NoEmailChangeError
        session.prove_email(code)
        account = session.account()
    return _keep(user, {"email": account.email, "pending_email": None}, store, clock)


def _keep(user: User, changes: Mapping[str, Any], store: UserStore, clock: Clock) -> User:
    at = clock()
    changed = user.changed(at, **changes)
    if not store.change(user, changed, at):
        now = store.find(user.user_id)
        if now is None or now.is_deleted:
            raise UserNotFoundError
        raise UserVersionConflictError(now.version)
    return changed


def _agree(user_id: str, address: str, accounts: Accounts) -> None:
    account = accounts.find(user_id)
    if account and account.email != address:
        accounts.set_email(user_id, address)
