"""How a profile begins: with a registration, or by its owner's or an administrator's request; once, whoever is first.

An account without a profile is what a broken attempt leaves; each of the three ways mends it when it is repeated.
"""

from dataclasses import dataclass
from datetime import datetime

from orderflow.customers.access import normalised_email
from orderflow.customers.errors import EmailTakenError
from orderflow.customers.profiles import Account, Accounts, UserStore
from orderflow.customers.user import Clock, User
from orderflow.customers.user_errors import ForeignEmailError, UserDeletedError, UserExistsError
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso


@dataclass(frozen=True)
class NewUser:
    """What a profile begins with; without a `name` it gets the mailbox's until its owner gives it one."""

    name: str
    email: str
    age: int | None = None
    phone_number: str | None = None


def open_profile(user_id: str, new: NewUser, *, store: UserStore, clock: Clock) -> bool:
    """Give an account its profile; False when it has one already, or had one that was deleted.

    Raises EmailTakenError when another profile has the address.
    """
    at = clock()
    try:
        store.add(_user(user_id, new, at), at)
    except UserExistsError:
        return False
    return True


def create_user(caller: Caller, new: NewUser, *, store: UserStore, accounts: Accounts, clock: Clock) -> User:
    """Create the caller's own profile; for administrators anybody's, with the account that it needs.

    A repeated request gets the first answer again. Raises ForeignEmailError, UserExistsError, UserDeletedError,
    EmailTakenError.
    """
    account = _account(caller, new, store, accounts)
    at = clock()
    user = _user(account.user_id, new, at)
    try:
        store.add(user, at)
    except UserExistsError:
        return _repeated(user, store)
    return user


def _account(caller: Caller, new: NewUser, store: UserStore, accounts: Accounts) -> Account:
    email = normalised_email(new.email)
    if caller.is_admin:
        return _anybodys(email, store, accounts)
    account = accounts.find(caller.user_id)
    if account is None or account.email != email:
        raise ForeignEmailError
    return account


def _anybodys(email: str, store: UserStore, accounts: Accounts) -> Account:
    account = accounts.find(email)
    if account is None and store.holder(email) is not None:
        # Asked first: an account whose profile cannot be kept would only have to be taken back.
        raise EmailTakenError
    if account is None or account.is_invited:
        account = accounts.invite(email, again=account is not None)
    accounts.enrol(account.user_id)
    return account


def _repeated(user: User, store: UserStore) -> User:
    found = store.find(user.user_id)
    if found is not None and found.is_deleted:
        raise UserDeletedError
    if found is None or _facts(found) != _facts(user):
        raise UserExistsError
    return found


def _facts(user: User) -> tuple[object, ...]:
    return user.name, user.email, user.age, user.phone_number


def _user(user_id: str, new: NewUser, at: datetime) -> User:
    return User(
        user_id=user_id,
        name=new.name or new.email.partition("@")[0],
        email=normalised_email(new.email),
        created_at=iso(at),
        updated_at=iso(at),
        age=new.age,
        phone_number=new.phone_number,
    )
