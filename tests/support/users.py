"""Profiles and accounts in memory: the pool as Cognito's documentation has it, with what it mails in sight."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from orderflow.customers.access import NewCustomer, Registration
from orderflow.customers.changing import confirm_email_change, update_user
from orderflow.customers.deleting import delete_user
from orderflow.customers.errors import EmailTakenError, WrongCodeError
from orderflow.customers.opening import NewUser, create_user
from orderflow.customers.profiles import Account
from orderflow.customers.registering import register_customer
from orderflow.customers.user import User
from orderflow.customers.user_errors import UserExistsError, UserNotFoundError
from orderflow.runtime.caller import Caller
from tests.support.frozen import FrozenClock

RETENTION = timedelta(days=30)
CODE = "123456"


def uuid(number: int) -> str:
    """Return the id of the account that is made as `number`, from 1."""
    return f"00000000-0000-4000-8000-{number:012d}"


ADMIN = Caller(uuid(999), frozenset({"admin"}))


@dataclass
class InMemoryUsers:
    """A user store: profiles by id, claims by address, and what the trail was told."""

    users: dict[str, User] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    told: list[tuple[str, User | None, User, datetime]] = field(default_factory=list)

    def find(self, user_id: str) -> User | None:
        return self.users.get(user_id)

    def holder(self, email: str) -> str | None:
        return self.claims.get(email)

    def add(self, user: User, at: datetime) -> None:
        if user.user_id in self.users:
            raise UserExistsError
        self._claim(user)
        self._keep("user.created", None, user, at)

    def change(self, before: User, after: User, at: datetime) -> bool:
        if not self._is_still(before):
            return False
        if after.email != before.email:
            self._claim(after)
            del self.claims[before.email]
        self._keep("user.updated", before, after, at)
        return True

    def hide(self, before: User, after: User, at: datetime) -> bool:
        if not self._is_still(before):
            return False
        self.claims.pop(before.email, None)
        self._keep("user.deleted", before, after, at)
        return True

    def _is_still(self, before: User) -> bool:
        now = self.users.get(before.user_id)
        return now is not None and now.version == before.version and not now.is_deleted

    def _claim(self, user: User) -> None:
        if self.claims.setdefault(user.email, user.user_id) != user.user_id:
            raise EmailTakenError

    def _keep(self, action: str, before: User | None, after: User, at: datetime) -> None:
        self.users[after.user_id] = after
        self.told.append((action, before, after, at))


@dataclass
class InMemoryPool:
    """A pool of accounts: what its administrator and its customers may do with it."""

    accounts: dict[str, Account] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)  # the new address by account, until the code comes back
    customers: set[str] = field(default_factory=set)
    mailed: list[tuple[str, str]] = field(default_factory=list)  # to whom, and what for
    made: int = 0

    def sign_up(self, customer: NewCustomer) -> Registration:
        account = self._made(customer.email, invited=False)
        self.mailed.append((customer.email, "code"))
        return Registration(account.user_id, confirmed=False)

    def add_to_group(self, email: str, _group: str) -> None:
        self.customers.add(self._of(email).user_id)

    def confirm_unasked(self, email: str) -> None:
        account = self._of(email)
        self.accounts[account.user_id] = replace(account, email_verified=True)

    def find(self, username: str) -> Account | None:
        return next((a for a in self.accounts.values() if username in (a.user_id, a.email)), None)

    def invite(self, email: str, *, again: bool) -> Account:
        account = self._of(email) if again else self._made(email, invited=True)
        self.mailed.append((email, "first password"))
        return account

    def enrol(self, user_id: str) -> None:
        self.customers.add(user_id)

    def ask_for_proof(self, user_id: str, email: str) -> None:
        self.refuse_taken(email, user_id)
        self._of(user_id)
        self.pending[user_id] = email
        self.mailed.append((email, "code"))

    def set_email(self, user_id: str, email: str) -> None:
        self.refuse_taken(email, user_id)
        self.accounts[user_id] = replace(self._of(user_id), email=email, email_verified=True)

    def remove(self, user_id: str) -> bool:
        return self.accounts.pop(user_id, None) is not None

    def session(self, user_id: str) -> "InMemorySession":
        """Return what that account's access token opens."""
        return InMemorySession(self, user_id)

    def _made(self, email: str, *, invited: bool) -> Account:
        self.refuse_taken(email, None)
        self.made += 1
        account = Account(uuid(self.made), email, email_verified=invited, is_invited=invited)
        self.accounts[account.user_id] = account
        return account

    def _of(self, username: str) -> Account:
        account = self.find(username)
        if account is None:
            raise UserNotFoundError
        return account

    def refuse_taken(self, email: str, user_id: str | None) -> None:
        """Raise EmailTakenError for an address of another account."""
        if any(a.email == email and a.user_id != user_id for a in self.accounts.values()):
            raise EmailTakenError


@dataclass
class InMemoryPictures:
    """The pictures' bucket: of whom everything was removed."""

    removed: list[str] = field(default_factory=list)

    def remove_all_of(self, user_id: str) -> None:
        self.removed.append(user_id)


@dataclass
class InMemorySession:
    pool: InMemoryPool
    user_id: str

    def account(self) -> Account:
        return self.pool.accounts[self.user_id]

    def prove_email(self, code: str) -> None:
        # A code is good for one use.
        if code != CODE or self.user_id not in self.pool.pending:
            raise WrongCodeError
        self.pool.refuse_taken(self.pool.pending[self.user_id], self.user_id)
        email = self.pool.pending.pop(self.user_id)
        self.pool.accounts[self.user_id] = replace(self.account(), email=email, email_verified=True)


@dataclass
class People:
    """The table and the pool, and what people do; `guard` wraps every port that a use case is given."""

    store: Any = field(default_factory=InMemoryUsers)
    pool: InMemoryPool = field(default_factory=InMemoryPool)
    pictures: InMemoryPictures = field(default_factory=InMemoryPictures)
    clock: FrozenClock = field(default_factory=FrozenClock)
    guard: Callable[[Any], Any] = lambda port: port
    auto_confirm: bool = False

    def register(self, email: str = "ada@example.com") -> str:
        """Register Ada, confirmed at once; return her id."""
        customer = NewCustomer(email, "correct-Horse-7", "Ada", "Lovelace", "+491701234567")
        return register_customer(
            customer,
            pool=self.guard(self.pool),
            auto_confirm=True,
            store_of=lambda _: self.guard(self.store),
            clock=self.clock,
        ).user_sub

    def create(self, caller: Caller, email: str = "ada@example.com", name: str = "Ada", **facts: Any) -> User:
        new = NewUser(name, email, **facts)
        return create_user(caller, new, store=self.guard(self.store), accounts=self.guard(self.pool), clock=self.clock)

    def update(self, caller: Caller, user_id: str, version: int, email: str | None = None, **changes: Any) -> User:
        return update_user(
            caller,
            user_id,
            version,
            changes,
            email=email,
            auto_confirm=self.auto_confirm,
            store=self.guard(self.store),
            accounts=self.guard(self.pool),
            clock=self.clock,
        )

    def confirm(self, user_id: str, code: str = CODE, *, token_of: str | None = None) -> User:
        session = self.guard(self.pool.session(token_of or user_id))
        return confirm_email_change(
            Caller(user_id), user_id, code, session=session, store=self.guard(self.store), clock=self.clock
        )

    def delete(self, caller: Caller, user_id: str) -> None:
        delete_user(
            caller,
            user_id,
            retention=RETENTION,
            store=self.guard(self.store),
            accounts=self.guard(self.pool),
            pictures=self.guard(self.pictures),
            clock=self.clock,
        )

    def disagreements(self) -> list[str]:
        """Return where pool and table contradict each other; empty when every account has its profile and no other."""
        return list(self._disagreements())

    def _disagreements(self) -> Iterator[str]:
        profiles = {user_id: user.email for user_id, user in self.store.users.items() if not user.is_deleted}
        accounts = {user_id: account.email for user_id, account in self.pool.accounts.items()}
        if profiles != accounts:
            yield f"profiles {profiles}, accounts {accounts}"
        if self.store.claims != {email: user_id for user_id, email in profiles.items()}:
            yield f"profiles {profiles}, claims {self.store.claims}"
        if not self.pool.accounts.keys() <= self.pool.customers:
            yield f"accounts {set(accounts)}, customers {self.pool.customers}"
