"""An endpoint and its secrets: which of them sign, and until when."""

from datetime import timedelta

import pytest

from orderflow.checkout.webhooks.endpoint import GONE, EndpointStatus, new_secret
from orderflow.checkout.webhooks.errors import TooManyEndpointSecretsError
from orderflow.runtime.clock import iso
from tests.support.frozen import START
from tests.support.webhooks import URL, endpoint

HOUR = timedelta(hours=1)


def serials(which, at) -> list[int]:
    return [secret.serial for secret in which.signing(at)]


def test_a_secret_holds_256_random_bits_behind_a_prefix_that_scanners_know() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(text.startswith("ofwh_") and len(bytes.fromhex(text[5:])) == 32 for text in made)


def test_a_replaced_secret_signs_beside_the_new_one_until_the_overlap_ends() -> None:
    rotated = endpoint().rotated("another", START, HOUR)
    last = START + HOUR - timedelta(milliseconds=1)
    assert [serials(rotated, at) for at in (START, last, START + HOUR)] == [[2, 1], [2, 1], [2]]
    assert (rotated.overlap_ends_at(last), rotated.overlap_ends_at(START + HOUR)) == (iso(START + HOUR), None)


def test_without_an_overlap_the_secret_before_is_over_at_once_and_gone() -> None:
    rotated = endpoint().rotated("another", START, timedelta(0))
    assert ([secret.sealed for secret in rotated.secrets], serials(rotated, START)) == (["another"], [2])


def test_no_more_than_two_secrets_sign_and_an_end_to_both_is_always_possible() -> None:
    rotated = endpoint().rotated("second", START, HOUR)
    with pytest.raises(TooManyEndpointSecretsError, match=iso(START + HOUR)):
        rotated.rotated("third", START, HOUR)
    assert serials(rotated.rotated("third", START, timedelta(0)), START) == [3]
    assert serials(rotated.rotated("third", START + HOUR, HOUR), START + HOUR) == [3, 2]


def test_neither_secrets_nor_the_url_are_in_what_a_log_might_show() -> None:
    assert URL not in repr(endpoint())
    assert endpoint().secrets[0].sealed not in repr(endpoint())


def test_an_endpoint_that_is_gone_says_so_until_an_administrator_enables_it() -> None:
    gone = endpoint().gone(START + HOUR)
    assert (gone.is_enabled, gone.status_reason, gone.version) == (False, GONE, 2)
    again = gone.changed(URL, EndpointStatus.ENABLED, None, START + HOUR)
    assert (again.is_enabled, again.status_reason, again.updated_at) == (True, None, iso(START + HOUR))
