"""The header that lets a receiver know who sent a webhook, and when."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.checkout.webhooks.signature import merchant_signature

AT = 1_767_323_045


def test_a_signature_is_the_one_that_openssl_makes_of_time_and_body() -> None:
    # printf '1767323045.{"a":1}' | openssl dgst -sha256 -hmac secret
    digest = "5801ec7c2609536b21e872dabc58e02401283cba52f83527f288b9a0036a4941"
    assert merchant_signature(b'{"a":1}', ["secret"], AT) == f"t={AT},v1={digest}"


def test_one_secret_gives_exactly_the_published_pattern() -> None:
    # The pattern of Merchant-Signature in the protocol's webhook document, 2026-04-17.
    assert re.fullmatch(r"t=\d+,v1=[a-fA-F0-9]{64}", merchant_signature(b"body", ["secret"], AT))


def test_each_valid_secret_signs_the_newest_first() -> None:
    new, old = (merchant_signature(b"body", [secret], AT).partition(",")[2] for secret in ("new", "old"))
    assert merchant_signature(b"body", ["new", "old"], AT) == f"t={AT},{new},{old}"


def test_nothing_is_sent_unsigned() -> None:
    with pytest.raises(ValueError, match="at least one secret"):
        merchant_signature(b"body", [], AT)


@given(st.binary(), st.binary(), st.integers(0, 2**33), st.integers(0, 2**33))
def test_another_body_or_another_time_is_another_signature(one: bytes, other: bytes, at: int, later: int) -> None:
    same = (one, at) == (other, later)
    first, second = (merchant_signature(body, ["secret"], t) for body, t in ((one, at), (other, later)))
    assert (first == second) is same
