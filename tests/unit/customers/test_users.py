"""Profiles: begun once by whoever comes first, changed by their owner, gone when they are deleted."""

from dataclasses import replace

import pytest

from orderflow.customers.errors import EmailTakenError, WrongCodeError
from orderflow.customers.opening import NewUser, open_profile
from orderflow.customers.user import User, name_key
from orderflow.customers.user_errors import (
    ForeignEmailError,
    ForeignTokenError,
    NoEmailChangeError,
    UserDeletedError,
    UserExistsError,
    UserNotFoundError,
    UserVersionConflictError,
)
from orderflow.customers.user_reading import get_user
from orderflow.runtime.caller import Caller
from tests.support.crashes import ProcessDied, every_trap, raising
from tests.support.frozen import START
from tests.support.users import ADMIN, CODE, RETENTION, People, uuid

ADA, BOB = Caller(uuid(1)), Caller(uuid(2))


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def ada(people: People) -> User:
    """Give a registered customer's profile."""
    return people.store.users[people.register()]


def test_registering_opens_the_profile_of_the_account(people: People) -> None:
    assert people.register() == uuid(1)
    assert people.store.users == {
        uuid(1): User(
            uuid(1),
            "Ada Lovelace",
            "ada@example.com",
            "2026-01-02T03:04:05.678Z",
            "2026-01-02T03:04:05.678Z",
            phone_number="+491701234567",
        )
    }
    assert people.disagreements() == []


def test_the_trigger_and_a_request_may_come_in_any_order_and_often(people: People, ada: User) -> None:
    # Given a profile from the registration
    # When the trigger opens it again
    new = NewUser("Somebody", "ada@example.com")
    again = open_profile(ada.user_id, new, store=people.store, clock=people.clock)
    # Then it stays, and is told once
    assert (again, people.store.users[ada.user_id], len(people.store.told)) == (False, ada, 1)


def test_a_person_without_a_profile_makes_their_own_with_the_address_they_sign_in_with(people: People) -> None:
    people.pool.invite("ada@example.com", again=False)
    people.pool.enrol(uuid(1))
    made = people.create(ADA, " ADA@example.com", age=36)
    assert (made.user_id, made.email, made.age, made.version) == (uuid(1), "ada@example.com", 36, 1)
    assert people.disagreements() == []


@pytest.mark.parametrize("email", ["somebody@example.com", "bob@example.com"])
def test_a_person_cannot_take_another_address_whether_it_is_known_or_not(people: People, email: str) -> None:
    people.pool.invite("ada@example.com", again=False)
    people.register("bob@example.com")
    with pytest.raises(ForeignEmailError):
        people.create(ADA, email)
    assert list(people.store.users) == [uuid(2)]


def test_a_repeated_request_gets_the_first_answer_and_another_one_a_conflict(people: People) -> None:
    made = people.create(ADMIN, age=36)
    assert people.create(ADMIN, age=36) == made
    with pytest.raises(UserExistsError):
        people.create(ADMIN, age=37)
    assert len(people.store.told) == 1


def test_an_administrator_invites_whoever_has_no_account_and_repeating_invites_again(people: People) -> None:
    people.create(ADMIN)
    assert people.disagreements() == []
    people.create(ADMIN)
    assert people.pool.mailed == [("ada@example.com", "first password")] * 2
    assert people.pool.made == 1


def test_nobody_is_invited_for_an_address_that_a_profile_claims(people: People, ada: User) -> None:
    # Given an account that an operator removed from the pool by hand
    people.pool.remove(ada.user_id)
    with pytest.raises(EmailTakenError):
        people.create(ADMIN)
    assert people.pool.accounts == {}
    # Then deleting the profile clears the way
    people.delete(ADMIN, ada.user_id)
    assert people.create(ADMIN).user_id == uuid(2)


def test_of_one_address_there_is_one_profile(people: People, ada: User) -> None:
    with pytest.raises(EmailTakenError):
        open_profile(uuid(7), NewUser("Eve", "ADA@example.com"), store=people.store, clock=people.clock)
    assert list(people.store.users) == [ada.user_id]


@pytest.mark.parametrize("caller", [ADA, ADMIN])
def test_a_profile_is_seen_by_its_owner_and_administrators(people: People, ada: User, caller: Caller) -> None:
    assert get_user(ada.user_id, caller, people.store) == ada


@pytest.mark.parametrize("user_id", [uuid(1), uuid(3), "email#ada@example.com", "", "x" * 500])
def test_to_a_stranger_a_profile_is_like_none(people: People, ada: User, user_id: str) -> None:
    with pytest.raises(UserNotFoundError) as refused:
        get_user(user_id, BOB, people.store)
    assert refused.value.message == UserNotFoundError().message
    for act in (
        lambda: people.update(BOB, user_id, 1, name="Eve"),
        lambda: people.update(BOB, user_id, 1, email="eve@example.com"),
        lambda: people.delete(BOB, user_id),
    ):
        with pytest.raises(UserNotFoundError):
            act()
    assert people.store.users == {ada.user_id: ada}


def test_an_administrator_does_not_reach_a_claim_by_its_key(people: People, ada: User) -> None:
    with pytest.raises(UserNotFoundError):
        get_user("email#ada@example.com", ADMIN, people.store)


@pytest.mark.parametrize("caller", [ADA, ADMIN])
def test_a_change_is_the_next_version_and_told(people: People, ada: User, caller: Caller) -> None:
    people.clock.advance(seconds=1)
    changed = people.update(caller, ada.user_id, 1, name="Ada King", age=36)
    later = "2026-01-02T03:04:06.678Z"
    assert changed == replace(ada, name="Ada King", age=36, version=2, updated_at=later)
    assert people.store.told[1] == ("user.updated", ada, changed, people.clock())


def test_a_change_of_an_old_version_is_refused_with_the_present_one(people: People, ada: User) -> None:
    people.update(ADA, ada.user_id, 1, name="Ada King")
    with pytest.raises(UserVersionConflictError) as refused:
        people.update(ADA, ada.user_id, 1, age=36)
    assert refused.value.current == 2


def test_a_change_between_reading_and_writing_is_found(people: People, ada: User) -> None:
    store = people.store
    change = store.change
    store.change = lambda *arguments: False
    with pytest.raises(UserVersionConflictError):
        people.update(ADA, ada.user_id, 1, age=36)
    store.change = change


def test_a_new_address_counts_only_when_its_code_came_back(people: People, ada: User) -> None:
    # When
    asked = people.update(ADA, ada.user_id, 1, email="Countess@example.com", age=36)
    # Then the old address goes on working
    assert (asked.email, asked.pending_email, asked.age) == ("ada@example.com", "countess@example.com", 36)
    assert people.pool.mailed[-1] == ("countess@example.com", "code")
    assert people.disagreements() == []
    # When / Then
    with pytest.raises(WrongCodeError):
        people.confirm(ada.user_id, "000000")
    assert people.store.users[ada.user_id] == asked
    done = people.confirm(ada.user_id)
    assert (done.email, done.pending_email, done.version) == ("countess@example.com", None, 3)
    assert people.disagreements() == []
    # And the old address is free
    assert people.register() == uuid(2)


def test_asking_again_sends_another_code_and_the_old_address_gives_the_change_up(people: People, ada: User) -> None:
    people.update(ADA, ada.user_id, 1, email="countess@example.com")
    people.update(ADA, ada.user_id, 2, email="countess@example.com")
    assert people.pool.mailed[1:] == [("countess@example.com", "code")] * 2
    kept = people.update(ADA, ada.user_id, 3, email="ada@example.com")
    assert (kept.email, kept.pending_email) == ("ada@example.com", None)
    with pytest.raises(NoEmailChangeError):
        people.confirm(ada.user_id)
    assert people.disagreements() == []


def test_an_address_that_somebody_has_is_not_even_asked_to_prove(people: People, ada: User) -> None:
    people.register("bob@example.com")
    mailed = list(people.pool.mailed)
    with pytest.raises(EmailTakenError):
        people.update(ADA, ada.user_id, 1, email="bob@example.com")
    assert (people.pool.mailed, people.store.users[ada.user_id]) == (mailed, ada)


def test_of_two_who_prove_one_address_the_second_is_refused_and_keeps_theirs(people: People, ada: User) -> None:
    bob = people.register("bob@example.com")
    people.update(ADA, ada.user_id, 1, email="new@example.com")
    people.update(Caller(bob), bob, 1, email="new@example.com")
    people.confirm(ada.user_id)
    with pytest.raises(EmailTakenError):
        people.confirm(bob)
    assert (people.store.holder("new@example.com"), people.disagreements()) == (ada.user_id, [])


def test_a_change_that_a_customer_made_past_us_is_followed(people: People, ada: User) -> None:
    people.pool.ask_for_proof(ada.user_id, "countess@example.com")
    people.pool.session(ada.user_id).prove_email(CODE)
    assert people.confirm(ada.user_id, "whatever").email == "countess@example.com"
    assert people.disagreements() == []


def test_an_address_of_the_pool_that_is_not_proven_is_not_followed(people: People, ada: User) -> None:
    account = people.pool.accounts[ada.user_id]
    people.pool.accounts[ada.user_id] = replace(account, email="countess@example.com", email_verified=False)
    with pytest.raises(NoEmailChangeError):
        people.confirm(ada.user_id)
    assert people.store.users[ada.user_id] == ada


def test_a_code_is_redeemed_only_for_oneself(people: People, ada: User) -> None:
    bob = people.register("bob@example.com")
    people.update(ADA, ada.user_id, 1, email="countess@example.com")
    with pytest.raises(ForeignTokenError):
        people.confirm(bob, token_of=ada.user_id)
    assert people.disagreements() == []


def test_where_nothing_is_delivered_a_new_address_counts_at_once(people: People, ada: User) -> None:
    people.auto_confirm = True
    changed = people.update(ADA, ada.user_id, 1, email="countess@example.com")
    assert (changed.email, changed.pending_email) == ("countess@example.com", None)
    assert people.disagreements() == []


def test_a_deleted_user_is_gone_for_everybody_and_the_address_is_free(people: People, ada: User) -> None:
    people.delete(ADA, ada.user_id)
    for caller in (ADA, ADMIN):
        with pytest.raises(UserNotFoundError):
            get_user(ada.user_id, caller, people.store)
        with pytest.raises(UserNotFoundError):
            people.update(caller, ada.user_id, 2, name="Eve")
        with pytest.raises(UserNotFoundError):
            people.delete(caller, ada.user_id)
    assert people.disagreements() == []
    assert people.register() == uuid(2)


def test_what_is_kept_of_a_deleted_user_is_purged_after_the_retention(people: People, ada: User) -> None:
    people.delete(ADMIN, ada.user_id)
    hidden = people.store.users[ada.user_id]
    assert hidden.deleted_at == "2026-01-02T03:04:05.678Z"
    assert hidden.purge_at == int((START + RETENTION).timestamp())
    assert people.store.told[-1] == ("user.deleted", ada, hidden, START)


def test_a_profile_that_changes_while_it_is_deleted_is_deleted_all_the_same(people: People, ada: User) -> None:
    hide, tries = people.store.hide, []

    def raced(*arguments):
        tries.append(arguments)
        return len(tries) > 1 and hide(*arguments)

    people.store.hide = raced
    people.delete(ADA, ada.user_id)
    assert (people.store.users[ada.user_id].is_deleted, len(tries)) == (True, 2)


def test_a_deletion_that_broke_off_lets_nobody_begin_again_before_it_is_finished(people: People, ada: User) -> None:
    people.store.hide(ada, ada.deleted(START, RETENTION), START)  # and the account is still there
    for caller in (ADA, ADMIN):
        with pytest.raises(UserDeletedError):
            people.create(caller, name="Ada Lovelace")
    people.delete(ADA, ada.user_id)
    assert people.disagreements() == []


ACTS = {
    "an administrator creates": lambda people: people.create(ADMIN),
    "the owner deletes": lambda people: people.delete(ADA, uuid(1)),
    "the code comes back": lambda people: people.confirm(uuid(1)),
}


@pytest.mark.parametrize("act", ACTS)
def test_killed_at_any_call_and_repeated_pool_and_table_agree(act: str) -> None:
    worlds: list[People] = []

    def prepared() -> People:
        people = People()
        if act != "an administrator creates":
            people.register()
        if act == "the code comes back":
            people.update(ADA, uuid(1), 1, email="countess@example.com")
        return people

    def run(trap) -> None:
        people = prepared()
        worlds.append(people)
        people.guard = trap.guard
        ACTS[act](people)

    deaths = 0
    for _ in every_trap(raising(ProcessDied), run, ProcessDied):
        deaths += 1
        people = worlds[-1]
        people.guard = lambda port: port
        try:
            ACTS[act](people)
        except (UserNotFoundError, NoEmailChangeError):
            # All of it was done before the process died: there is nothing left to delete, or to confirm.
            assert act != "an administrator creates"
        assert people.disagreements() == []
    assert deaths >= 6


def test_killed_at_any_call_a_change_where_nothing_is_delivered_is_mended_by_a_repeat() -> None:
    worlds: list[People] = []

    def run(trap) -> None:
        people = People(auto_confirm=True)
        worlds.append(people)
        people.register()
        people.guard = trap.guard
        people.update(ADA, uuid(1), 1, email="countess@example.com")

    for _ in every_trap(raising(ProcessDied), run, ProcessDied):
        people = worlds[-1]
        people.guard = lambda port: port
        now = people.store.users[uuid(1)].version
        assert people.update(ADA, uuid(1), now, email="countess@example.com").email == "countess@example.com"
        assert people.disagreements() == []


def test_a_registration_that_broke_off_is_mended_by_the_persons_own_request() -> None:
    # Given an account that is confirmed and has no profile
    people = People()
    user_id = people.register()
    people.store.users.clear()
    people.store.claims.clear()
    # When / Then
    assert people.create(Caller(user_id)).user_id == user_id
    assert people.disagreements() == []


@pytest.mark.parametrize(
    ("name", "key"),
    [("ÄDA King", "äda king"), ("\uff21da", "ada"), ("  Ada ", "ada"), ("\u3000", "\u3000"), ("ß", "ss")],
)
def test_names_are_compared_without_regard_to_case_and_form(name: str, key: str) -> None:
    assert name_key(name) == key


def test_a_key_of_a_name_never_exceeds_what_an_index_takes() -> None:
    assert len(name_key("\ufdfa" * 201).encode()) <= 1024
