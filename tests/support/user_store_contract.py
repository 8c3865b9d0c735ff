"""What every store of profiles promises; run on the one in memory and on DynamoDB. `store` is a fixture of the user."""

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Any

import pytest

from orderflow.customers.errors import EmailTakenError
from orderflow.customers.user import User
from orderflow.customers.user_errors import UserExistsError
from tests.support.frozen import START
from tests.support.users import uuid

LATER = START + timedelta(seconds=1)


def profile(number: int = 1, email: str = "ada@example.com", **facts: Any) -> User:
    """Return the first version of a profile."""
    at = "2026-01-02T03:04:05.678Z"
    return User(uuid(number), facts.pop("name", "Ada Lovelace"), email, at, at, **facts)


class UserStoreContract(ABC):
    """Inherit it and give a `store`."""

    def test_a_profile_is_found_as_it_was_kept(self, store: Any) -> None:
        kept = profile(age=36, phone_number="+491701234567", pending_email="new@example.com")
        store.add(kept, START)
        assert (store.find(uuid(1)), store.holder("ada@example.com")) == (kept, uuid(1))

    def test_a_profile_that_is_not_there_is_none(self, store: Any) -> None:
        assert (store.find(uuid(1)), store.holder("ada@example.com")) == (None, None)

    def test_an_account_has_one_profile(self, store: Any) -> None:
        store.add(profile(), START)
        with pytest.raises(UserExistsError):
            store.add(profile(email="other@example.com"), START)
        assert (store.find(uuid(1)), store.holder("other@example.com")) == (profile(), None)

    def test_an_address_has_one_profile(self, store: Any) -> None:
        store.add(profile(), START)
        with pytest.raises(EmailTakenError):
            store.add(profile(2), START)
        assert (store.find(uuid(2)), store.holder("ada@example.com")) == (None, uuid(1))

    def test_a_change_replaces_what_it_names_and_removes_what_is_gone(self, store: Any) -> None:
        first = profile(age=36, pending_email="new@example.com")
        store.add(first, START)
        second = first.changed(LATER, age=None, pending_email=None, phone_number="+491701234567", name="Ada King")
        assert store.change(first, second, LATER)
        assert store.find(uuid(1)) == second

    def test_a_change_of_what_is_no_longer_so_is_not_made(self, store: Any) -> None:
        first = profile()
        store.add(first, START)
        second = first.changed(LATER, name="Ada King")
        store.change(first, second, LATER)
        assert not store.change(first, first.changed(LATER, email="new@example.com"), LATER)
        assert not store.hide(first, first.deleted(LATER, timedelta(days=1)), LATER)
        assert (store.find(uuid(1)), store.holder("new@example.com")) == (second, None)

    def test_a_new_address_takes_the_claim_along(self, store: Any) -> None:
        first = profile()
        store.add(first, START)
        assert store.change(first, first.changed(LATER, email="new@example.com"), LATER)
        assert (store.holder("ada@example.com"), store.holder("new@example.com")) == (None, uuid(1))

    def test_a_claimed_address_is_not_taken_over(self, store: Any) -> None:
        first, other = profile(), profile(2, "bob@example.com")
        store.add(first, START)
        store.add(other, START)
        with pytest.raises(EmailTakenError):
            store.change(other, other.changed(LATER, email="ada@example.com"), LATER)
        assert (store.find(uuid(2)), store.holder("bob@example.com")) == (other, uuid(2))
        assert store.holder("ada@example.com") == uuid(1)

    def test_a_deleted_profile_frees_its_address_and_is_changed_no_more(self, store: Any) -> None:
        first = profile()
        store.add(first, START)
        hidden = first.deleted(LATER, timedelta(days=1))
        assert store.hide(first, hidden, LATER)
        assert (store.find(uuid(1)), store.holder("ada@example.com")) == (hidden, None)
        assert not store.change(hidden, hidden.changed(LATER, name="Eve"), LATER)
        assert not store.hide(hidden, hidden.deleted(LATER, timedelta(days=1)), LATER)
        store.add(profile(2), START)
        assert store.holder("ada@example.com") == uuid(2)

    def test_a_profile_whose_claim_is_gone_can_be_deleted(self, store: Any) -> None:
        first = profile()
        store.add(first, START)
        self.lose_the_claim(store, first)
        assert store.hide(first, first.deleted(LATER, timedelta(days=1)), LATER)

    @abstractmethod
    def lose_the_claim(self, store: Any, user: User) -> None:
        """Take the claim away, as nothing of ours does."""
