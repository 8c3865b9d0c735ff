"""A key, its secrets and how long each of them is valid."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.clients.api_key import digest, key_text, new_secret, parts
from orderflow.clients.client_key import MAX_SECRETS, KeyStatus, Secret
from orderflow.clients.errors import KeyNotActiveError, TooManySecretsError
from orderflow.runtime.clock import iso
from tests.support.client_keys import KEY_ID, SECRETS, client_key, key_of
from tests.support.frozen import START

HOUR = timedelta(hours=1)


def test_a_key_holds_256_random_bits_behind_its_id_and_a_prefix_that_scanners_know() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(len(bytes.fromhex(secret)) * 8 == 256 for secret in made)
    secret = made.pop()
    assert re.fullmatch(r"ofk_[0-9A-Z]{26}_[0-9a-f]{64}", key_text(KEY_ID, secret))
    assert parts(key_text(KEY_ID, secret)) == (KEY_ID, secret)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ofk_",
        KEY_ID,
        key_of() + "0",
        key_of()[:-1],
        key_of().upper(),
        key_of() + "\n",
        f"Bearer {key_of()}",
        "a.b.c",
    ],
)
def test_what_has_not_the_form_of_a_key_is_none(text: str) -> None:
    assert parts(text) is None


def test_a_secret_is_found_by_its_hash_among_all_that_are_kept_and_shown_by_nothing() -> None:
    key = client_key().rotated(digest(SECRETS[1]), START, HOUR)
    assert [key.matching(digest(secret)).serial for secret in SECRETS[:2]] == [1, 2]
    assert key.matching(digest(SECRETS[2])) is None
    assert not any(digest(secret) in repr(key) for secret in SECRETS)


def test_a_replaced_secret_is_valid_until_the_overlap_ends_and_the_new_one_at_once() -> None:
    key = client_key().rotated(digest(SECRETS[1]), START, HOUR)
    last = START + HOUR - timedelta(milliseconds=1)
    assert [key.validity.refusal(serial, last) for serial in (1, 2)] == [None, None]
    assert [key.validity.refusal(serial, START + HOUR) for serial in (1, 2)] == ["replaced", None]
    assert (key.overlap_ends_at(last), key.overlap_ends_at(START + HOUR)) == (iso(START + HOUR), None)


def test_without_an_overlap_the_secrets_before_are_over_at_once_and_gone() -> None:
    overlapping = client_key().rotated(digest(SECRETS[1]), START, HOUR)
    key = overlapping.rotated(digest(SECRETS[2]), START, timedelta(0))
    assert key.secrets == (Secret(3, digest(SECRETS[2])),)
    assert [key.validity.refusal(serial, START) for serial in (1, 2, 3)] == ["replaced", "replaced", None]


def test_rotating_again_shortens_nobodys_time_and_lengthens_none() -> None:
    key = client_key().rotated(digest(SECRETS[1]), START, HOUR)
    longer = key.rotated(digest(SECRETS[2]), START, HOUR * 5)
    assert longer.validity.secrets == {1: iso(START + HOUR), 2: iso(START + HOUR * 5), 3: None}


def test_no_more_than_three_secrets_are_valid_beside_each_other() -> None:
    key = client_key()
    for secret in SECRETS[1:MAX_SECRETS]:
        key = key.rotated(digest(secret), START, HOUR)
    with pytest.raises(TooManySecretsError, match=iso(START + HOUR)):
        key.rotated(digest(SECRETS[3]), START, HOUR)
    later = key.rotated(digest(SECRETS[3]), START + HOUR, HOUR)
    assert [secret.serial for secret in later.secrets] == [3, 4]


@pytest.mark.parametrize(
    ("facts", "moment", "status", "reason"),
    [
        ({}, START, KeyStatus.ACTIVE, None),
        ({"expires_at": iso(START + HOUR)}, START + HOUR - timedelta(milliseconds=1), KeyStatus.ACTIVE, None),
        ({"expires_at": iso(START + HOUR)}, START + HOUR, KeyStatus.EXPIRED, "expired"),
        ({"revoked_at": iso(START)}, START, KeyStatus.REVOKED, "revoked"),
        ({"revoked_at": iso(START), "expires_at": iso(START)}, START, KeyStatus.REVOKED, "revoked"),
    ],
)
def test_a_key_is_valid_until_it_expires_or_is_revoked(facts, moment, status, reason) -> None:
    key = client_key(**facts)
    assert (key.status(moment), key.validity.refusal(1, moment)) == (status, reason)


@pytest.mark.parametrize("facts", [{"expires_at": iso(START)}, {"revoked_at": iso(START)}])
def test_a_key_that_is_over_gets_no_other_secret(facts) -> None:
    with pytest.raises(KeyNotActiveError):
        client_key(**facts).rotated(digest(SECRETS[1]), START, HOUR)


def test_a_revoked_key_keeps_none_of_its_hashes() -> None:
    key = client_key().revoked(START)
    assert (key.secrets, key.version, key.status(START)) == ((), 2, KeyStatus.REVOKED)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=8))
def test_after_any_rotations_the_newest_secret_is_valid_serials_are_never_used_twice_and_three_are_the_most(
    rotations: list[tuple[int, int]],
) -> None:
    key, now, issued = client_key(), START, [1]
    for waited, overlap in rotations:
        now += timedelta(minutes=waited)
        try:
            key = key.rotated(digest(f"{len(issued)}"), now, timedelta(minutes=overlap))
        except TooManySecretsError:
            continue
        assert key.secrets[-1].serial not in issued
        issued.append(key.secrets[-1].serial)
        valid = [serial for serial in issued if key.validity.refusal(serial, now) is None]
        assert valid[-1:] == issued[-1:]
        assert len(key.secrets) <= MAX_SECRETS
