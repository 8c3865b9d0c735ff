"""The signature of a webhook, by a vector made with openssl."""

import pytest

from acp_conformance.signature import parts, verifies

# printf '1709123456.{"type":"order_create"}' | openssl dgst -sha256 -hmac whsec_1
BODY, MOMENT = b'{"type":"order_create"}', 1709123456
DIGEST = "8f0a2b9d714bdd23313005b7bfad5b904ccba23c3af32a6bba50fedce1971c17"


def test_a_signature_of_the_moment_and_the_raw_body_verifies() -> None:
    assert verifies(f"t={MOMENT},v1={DIGEST}", "whsec_1", BODY)


@pytest.mark.parametrize(
    ("header", "secret", "body"),
    [
        (f"t={MOMENT},v1={DIGEST}", "whsec_2", BODY),
        (f"t={MOMENT + 1},v1={DIGEST}", "whsec_1", BODY),
        (f"t={MOMENT},v1={DIGEST}", "whsec_1", BODY + b" "),
        (DIGEST, "whsec_1", BODY),
        ("", "whsec_1", BODY),
    ],
    ids=["another secret", "another moment", "another body", "another form", "none"],
)
def test_anything_else_does_not(header: str, secret: str, body: bytes) -> None:
    assert not verifies(header, secret, body)


def test_a_second_signature_counts_while_a_secret_is_rotated() -> None:
    header = f"t={MOMENT},v1={'0' * 64},v1={DIGEST}"
    assert parts(header) == (MOMENT, ["0" * 64, DIGEST])
    assert verifies(header, "whsec_1", BODY)
