"""Who may be forgotten: nobody who still has an account, a profile, or a sign-in that works."""

from datetime import timedelta

import pytest

from orderflow.customers.erasing import Person, require_gone
from orderflow.customers.profiles import Account
from orderflow.customers.user_errors import UserNotDeletedError, UserSignedInError
from tests.support.frozen import START
from tests.support.user_store_contract import profile

DELETED = profile().deleted(START, timedelta(days=30))
ACCOUNT = Account(DELETED.user_id, "ada@example.com", email_verified=True)


@pytest.mark.parametrize(
    "person",
    [Person(profile(), ACCOUNT, 0), Person(profile(), None, 0), Person(DELETED, ACCOUNT, 0), Person(None, ACCOUNT, 0)],
)
def test_a_user_is_deleted_before_they_are_forgotten(person: Person) -> None:
    with pytest.raises(UserNotDeletedError) as refusal:
        require_gone(person, START + timedelta(days=9))
    assert refusal.value.http_status == 409


def test_a_sign_in_from_before_the_deletion_may_work_for_a_day_and_no_longer() -> None:
    with pytest.raises(UserSignedInError) as refusal:
        require_gone(Person(DELETED, None, 0), START + timedelta(days=1, milliseconds=-1))
    assert "2026-01-03T03:04:05.678Z" in refusal.value.message
    require_gone(Person(DELETED, None, 0), START + timedelta(days=1))


def test_of_whom_the_profile_went_after_its_retention_nothing_stands_in_the_way() -> None:
    require_gone(Person(None, None, 3), START)
