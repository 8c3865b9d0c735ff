"""Who is let in at the edge, what a function asks before it serves, and that neither believes the other's cache."""

from datetime import timedelta

import pytest

from orderflow.clients.admission import admitted
from orderflow.clients.api_key import digest
from orderflow.clients.authorizing import authorize_client
from orderflow.clients.client_key import ClientKey, Scope
from orderflow.clients.errors import KeyRateExceededError, MissingScopeError
from orderflow.runtime.caller import Client, ClientRefusedError
from orderflow.runtime.clock import iso
from tests.support.client_keys import KEY_ID, SECRETS, InMemoryKeys, client_key, key_of, machine
from tests.support.frozen import START, FrozenClock

HOUR = timedelta(hours=1)
OTHER_ID = "01JFR0ZEN00000000000000002"


def shelf(key: ClientKey) -> InMemoryKeys:
    return InMemoryKeys({key.key_id: key})


def authorized(key: ClientKey, text: str = key_of(), clock: FrozenClock | None = None) -> Client:
    return authorize_client(text, keys=shelf(key), clock=clock or FrozenClock())


def test_a_valid_key_is_known_with_its_scopes_its_owner_and_its_rate() -> None:
    assert authorized(client_key()) == Client(KEY_ID, 1, frozenset({"stock:read"}), "admin-1", 3)


@pytest.mark.parametrize(
    ("key", "shown", "reason"),
    [
        (client_key(), "no key at all", "malformed"),
        (client_key(), key_of(key_id=OTHER_ID), "unknown"),
        (client_key(), key_of(SECRETS[1]), "wrong"),
        (client_key(expires_at=iso(START)), key_of(), "expired"),
        (client_key().revoked(START), key_of(), "revoked"),
        (client_key().rotated(digest(SECRETS[1]), START - HOUR, HOUR), key_of(), "replaced"),
        (client_key().rotated(digest(SECRETS[1]), START, timedelta(0)), key_of(), "wrong"),
    ],
)
def test_any_other_key_is_refused_in_the_same_words_whatever_the_reason(key, shown, reason) -> None:
    with pytest.raises(ClientRefusedError) as refused:
        authorized(key, shown)
    assert (refused.value.reason, refused.value.http_status) == (reason, 401)
    assert (refused.value.code, refused.value.message) == ("NOT_AUTHENTICATED", ClientRefusedError("x").message)
    assert shown not in refused.value.message


def test_what_has_not_the_form_of_a_key_is_never_looked_up() -> None:
    with pytest.raises(ClientRefusedError):
        authorize_client("Bearer x", keys=None, clock=FrozenClock())  # type: ignore[arg-type] - touching it would fail


def test_both_secrets_are_let_in_during_the_overlap() -> None:
    key = client_key().rotated(digest(SECRETS[1]), START, HOUR)
    assert [authorized(key, key_of(secret)).secret_serial for secret in SECRETS[:2]] == [1, 2]


def ask(store: InMemoryKeys, client: Client, scope: Scope | None = Scope.STOCK_READ, clock=None) -> Client:
    return admitted(client, scope, usage=store, clock=clock or FrozenClock())


def test_a_client_with_the_scope_is_admitted_and_one_without_is_told_which_it_lacks() -> None:
    store = shelf(client_key())
    assert ask(store, machine()) == machine()
    with pytest.raises(MissingScopeError, match="'stock:read'") as refused:
        ask(store, machine(scopes=frozenset({"stock:write", "stock"})))
    assert (refused.value.http_status, refused.value.code) == (403, "INSUFFICIENT_SCOPE")
    assert ask(store, machine(scopes=frozenset()), None).scopes == frozenset()


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (client_key().revoked(START), "revoked"),
        (client_key(expires_at=iso(START)), "expired"),
        (client_key().rotated(digest(SECRETS[1]), START, timedelta(0)), "replaced"),
        (client_key(OTHER_ID), "unknown"),
    ],
)
def test_what_ended_since_the_gateway_last_asked_is_refused_at_once(key: ClientKey, reason: str) -> None:
    with pytest.raises(ClientRefusedError) as refused:
        ask(shelf(key), machine())
    assert (refused.value.reason, refused.value.key_id) == (reason, KEY_ID)


def test_a_key_makes_as_many_requests_a_minute_as_it_may_and_is_told_when_to_go_on() -> None:
    store, clock = shelf(client_key()), FrozenClock()
    for _ in range(3):
        ask(store, machine(), clock=clock)
    with pytest.raises(KeyRateExceededError) as refused:
        ask(store, machine(), clock=clock)
    wait = refused.value.retry_after_seconds
    assert (refused.value.http_status, refused.value.code, wait) == (429, "TOO_MANY_REQUESTS", 55)
    clock.advance(seconds=wait)
    assert ask(store, machine(), clock=clock)


def test_the_wait_is_never_nothing_and_never_more_than_a_minute() -> None:
    for second in range(60):
        clock = FrozenClock(START.replace(second=second))
        store = shelf(client_key())
        for _ in range(3):
            ask(store, machine(), clock=clock)
        with pytest.raises(KeyRateExceededError) as refused:
            ask(store, machine(), clock=clock)
        assert 1 <= refused.value.retry_after_seconds <= 60


def test_refused_requests_count_too_so_that_scopes_cannot_be_tried_out_for_free() -> None:
    store = shelf(client_key())
    for _ in range(3):
        with pytest.raises(MissingScopeError):
            ask(store, machine(scopes=frozenset()))
    with pytest.raises(KeyRateExceededError):
        ask(store, machine(scopes=frozenset()))
