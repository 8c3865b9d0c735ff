"""Webhook endpoints as administrators manage them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from orderflow.checkout.dialects.version import CURRENT, OLDER
from orderflow.checkout.webhooks.endpoint import EndpointStatus
from orderflow.checkout.webhooks.errors import (
    EndpointChangedError,
    EndpointClientUnknownError,
    EndpointNotFoundError,
    EndpointUrlError,
    EndpointUrlTakenError,
)
from orderflow.checkout.webhooks.managing import (
    Change,
    create_endpoint,
    delete_endpoint,
    disable_gone,
    get_endpoint,
    list_endpoints,
    rotate_secret,
    update_endpoint,
)
from orderflow.runtime.caller import Caller
from orderflow.runtime.errors import ForbiddenError, InvalidRequestError
from tests.support.client_keys import ADMIN, CUSTOMER, InMemoryKeys, client_key
from tests.support.frozen import CountingIds, FrozenClock
from tests.support.webhooks import CLIENT_ID, ENDPOINT_ID, SECRETS, URL, InMemoryEndpoints, endpoint, sealed

HOUR = timedelta(hours=1)
REVOKED_ID = "01JFR0ZEN0000000000000000D"
CLIENTS = InMemoryKeys({CLIENT_ID: client_key(CLIENT_ID), REVOKED_ID: client_key(REVOKED_ID).revoked(FrozenClock()())})


def created(
    book: InMemoryEndpoints, url: str = URL, client_id: str = CLIENT_ID, caller: Caller = ADMIN, **spoken: Any
) -> Any:
    return create_endpoint(
        caller, client_id, url, "Assistant", loopback_allowed=False, endpoints=book, clients=CLIENTS,
        clock=FrozenClock(), ids=CountingIds(list(book.endpoints)), new_secret=lambda: SECRETS[0], seal=sealed,
        **spoken,
    )  # fmt: skip


def updated(
    book: InMemoryEndpoints, url: str = URL, status: EndpointStatus = EndpointStatus.ENABLED, **facts: Any
) -> Any:
    caller = facts.pop("caller", ADMIN)
    return update_endpoint(
        caller, ENDPOINT_ID, url, status, None, loopback_allowed=False, endpoints=book, clock=FrozenClock(), **facts
    )


def rotated(book: InMemoryEndpoints, caller: Caller = ADMIN) -> Any:
    return rotate_secret(
        caller, ENDPOINT_ID, HOUR, endpoints=book, clock=FrozenClock(), new_secret=lambda: SECRETS[1], seal=sealed
    )


def removed(book: InMemoryEndpoints, caller: Caller = ADMIN) -> None:
    delete_endpoint(caller, ENDPOINT_ID, endpoints=book, clock=FrozenClock())


def listed(book: InMemoryEndpoints, caller: Caller = ADMIN, token: str | None = None) -> Any:
    return list_endpoints(caller, limit=1, token=token, endpoints=book, cursor_key=lambda: b"key")


def shown(book: InMemoryEndpoints, caller: Caller = ADMIN) -> Any:
    return get_endpoint(caller, ENDPOINT_ID, book)


def test_a_new_endpoint_keeps_its_secret_sealed_and_answers_it_once() -> None:
    book = InMemoryEndpoints()
    made, secret = created(book)
    assert (secret, made.secrets[0].sealed) == (SECRETS[0], sealed(SECRETS[0], ENDPOINT_ID))
    assert (book.endpoints, book.trail) == ({ENDPOINT_ID: made}, [(ENDPOINT_ID, Change.CREATED)])


def test_a_client_has_a_url_once_and_another_client_may_have_it_too() -> None:
    book = InMemoryEndpoints({ENDPOINT_ID: endpoint(), "other": endpoint("other", url="https://b.example.com")})
    with pytest.raises(EndpointUrlTakenError, match=ENDPOINT_ID):
        created(book)
    with pytest.raises(EndpointUrlTakenError, match="other"):
        updated(book, "https://b.example.com")
    book.endpoints["other"] = endpoint("other", client_id="lenient")
    assert updated(book).url == URL


def test_an_endpoint_of_a_client_that_no_key_has_is_refused_and_nothing_written() -> None:
    book = InMemoryEndpoints()
    with pytest.raises(EndpointClientUnknownError, match=ENDPOINT_ID) as refused:
        created(book, client_id=ENDPOINT_ID)
    assert [detail["field"] for detail in refused.value.details] == ["clientId"]
    assert (book.endpoints, book.trail) == ({}, [])


@pytest.mark.parametrize("client_id", [REVOKED_ID, "lenient"])
def test_a_client_whose_orders_go_on_or_that_needs_no_key_may_have_an_endpoint(client_id: str) -> None:
    assert created(InMemoryEndpoints(), client_id=client_id)[0].client_id == client_id


def test_an_endpoint_speaks_the_newer_version_unless_it_is_asked_for_the_older_and_keeps_it_until_told() -> None:
    assert created(InMemoryEndpoints())[0].api_version == CURRENT
    book = InMemoryEndpoints()
    assert created(book, api_version=OLDER)[0].api_version == OLDER
    assert updated(book).api_version == OLDER
    assert updated(book, api_version=CURRENT).api_version == CURRENT


@pytest.mark.parametrize("operation", [created, updated])
def test_nothing_is_written_for_a_url_that_nothing_may_be_sent_to(operation: Callable[..., Any]) -> None:
    book = InMemoryEndpoints({ENDPOINT_ID: endpoint()})
    with pytest.raises(EndpointUrlError):
        operation(book, "https://169.254.169.254/")
    assert (book.endpoints, book.trail) == ({ENDPOINT_ID: endpoint()}, [])


@pytest.mark.parametrize("operation", [created, updated, rotated, removed, listed, shown])
def test_only_administrators_manage_endpoints(operation: Callable[..., Any]) -> None:
    book = InMemoryEndpoints({ENDPOINT_ID: endpoint()})
    with pytest.raises(ForbiddenError):
        operation(book, caller=CUSTOMER)
    assert (book.endpoints, book.trail) == ({ENDPOINT_ID: endpoint()}, [])


@pytest.mark.parametrize("operation", [updated, rotated, removed, shown])
def test_an_endpoint_that_is_not_there_is_not_found(operation: Callable[..., Any]) -> None:
    with pytest.raises(EndpointNotFoundError, match=ENDPOINT_ID):
        operation(InMemoryEndpoints())


def test_an_id_that_no_endpoint_can_have_is_not_looked_up_and_echoed_in_part() -> None:
    with pytest.raises(EndpointNotFoundError) as refused:
        get_endpoint(ADMIN, "url#" + "x" * 100, InMemoryEndpoints({"url#" + "x" * 100: endpoint()}))
    assert "x" * 30 not in refused.value.message


def test_a_change_is_judged_again_when_another_was_faster() -> None:
    first = endpoint()
    faster = first.rotated("theirs", FrozenClock()(), timedelta(0))
    book = InMemoryEndpoints({ENDPOINT_ID: first}, faster=[faster])
    updated(book, status=EndpointStatus.DISABLED)
    kept = book.endpoints[ENDPOINT_ID]
    assert (kept.status, kept.secrets, kept.version) == (EndpointStatus.DISABLED, faster.secrets, 3)


@pytest.mark.parametrize("operation", [updated, removed])
def test_whoever_is_never_fast_enough_is_told_to_try_again(operation: Callable[..., Any]) -> None:
    versions = [endpoint(version=version) for version in range(100, 110)]
    book = InMemoryEndpoints({ENDPOINT_ID: endpoint()}, faster=versions)
    with pytest.raises(EndpointChangedError):
        operation(book)


def test_rotating_answers_the_new_secret_and_the_old_one_signs_on() -> None:
    book = InMemoryEndpoints({ENDPOINT_ID: endpoint()})
    made, secret = rotated(book)
    assert (secret, [each.serial for each in made.signing(FrozenClock()())]) == (SECRETS[1], [2, 1])
    assert book.trail == [(ENDPOINT_ID, Change.ROTATED)]


def test_an_endpoint_that_is_gone_is_disabled_once_and_one_that_was_removed_stays_so() -> None:
    book = InMemoryEndpoints({ENDPOINT_ID: endpoint()})
    for _ in range(2):
        disable_gone(ENDPOINT_ID, endpoints=book, clock=FrozenClock())
    assert (book.endpoints[ENDPOINT_ID].is_enabled, book.trail) == (False, [(ENDPOINT_ID, Change.DISABLED)])
    disable_gone(ENDPOINT_ID, endpoints=InMemoryEndpoints(), clock=FrozenClock())


def test_a_list_goes_on_where_it_was_and_takes_no_token_of_another() -> None:
    book = InMemoryEndpoints({each: endpoint(each) for each in ("01A", "01B")})
    first, token = listed(book)
    second, end = listed(book, token=token)
    assert ([each.endpoint_id for each in (*first, *second)], end) == (["01B", "01A"], None)
    with pytest.raises(InvalidRequestError):
        listed(book, Caller("admin-2", ADMIN.groups), token)
