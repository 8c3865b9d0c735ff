"""Signing up: the group, the confirmation that only development skips, one account per person."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from orderflow.customers.access import (
    NewCustomer,
    Registration,
    confirm_customer,
    normalised_email,
    reset_password,
    set_first_password,
)
from orderflow.customers.errors import EmailTakenError, WeakPasswordError
from orderflow.customers.registering import register_customer
from tests.support.frozen import FrozenClock
from tests.support.users import InMemoryUsers

ADA = NewCustomer("ada@example.com", "correct-Horse-7", "Ada", "Lovelace")


@dataclass
class RecordingPool:
    """Remembers what was done with it, in order."""

    done: list[tuple[Any, ...]] = field(default_factory=list)
    taken: bool = False

    def sign_up(self, customer: NewCustomer) -> Registration:
        if self.taken:
            raise EmailTakenError
        self.done.append(("sign_up", customer.email))
        return Registration("sub-1", confirmed=False)

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: self.done.append((name, *arguments))


def register(pool: RecordingPool, customer: NewCustomer = ADA, *, auto_confirm: bool) -> Registration:
    store = InMemoryUsers()
    registered = register_customer(
        customer, pool=pool, auto_confirm=auto_confirm, store_of=lambda _: store, clock=FrozenClock()
    )
    # Whose address is not proven has no profile yet.
    assert list(store.users) == ([registered.user_sub] if registered.confirmed else [])
    return registered


def test_a_customer_waits_for_the_code_and_is_in_the_group() -> None:
    pool = RecordingPool()
    assert register(pool, auto_confirm=False) == Registration("sub-1", confirmed=False)
    assert pool.done == [("sign_up", "ada@example.com"), ("add_to_group", "ada@example.com", "customer")]


def test_development_spares_the_code() -> None:
    pool = RecordingPool()
    assert register(pool, auto_confirm=True) == Registration("sub-1", confirmed=True)
    assert pool.done[-1] == ("confirm_unasked", "ada@example.com")


def test_a_taken_address_changes_nothing_of_the_account_that_has_it() -> None:
    pool = RecordingPool(taken=True)
    with pytest.raises(EmailTakenError):
        register(pool, auto_confirm=True)
    assert pool.done == []


def test_confirming_mends_a_registration_that_broke_off_before_the_group() -> None:
    pool = RecordingPool()
    confirm_customer("ada@example.com", "123456", pool=pool)
    assert pool.done == [("confirm", "ada@example.com", "123456"), ("add_to_group", "ada@example.com", "customer")]


@pytest.mark.parametrize("password", ["with space-A1", "tab\t-A1", "nbsp\u00a0-A1"])
def test_a_password_with_white_space_is_refused_before_it_is_sent(password: str) -> None:
    pool = RecordingPool()
    with pytest.raises(WeakPasswordError):
        register(pool, NewCustomer("a@example.com", password, "A", "B"), auto_confirm=True)
    with pytest.raises(WeakPasswordError):
        reset_password("a@example.com", "1", password, pool=pool)
    with pytest.raises(WeakPasswordError):
        set_first_password("a@example.com", "session", password, pool=pool)
    assert pool.done == []


def test_one_person_is_one_account_however_they_type_their_address() -> None:
    assert {normalised_email(typed) for typed in ("Ada@Example.COM", " ada@example.com ")} == {"ada@example.com"}
