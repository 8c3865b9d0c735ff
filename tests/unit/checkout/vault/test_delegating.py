"""Delegating keeps an allowance and what the provider calls the card; of the card itself nothing."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orderflow.checkout.dialects import delegate_request
from orderflow.checkout.vault.delegating import delegate, known_card, token_json
from orderflow.checkout.vault.errors import InvalidAllowanceError
from orderflow.checkout.vault.token import VaultToken
from tests.support.acp import CURRENT, OLDER, VAULT, faults, published, request_examples
from tests.support.frozen import START
from tests.support.vault import CHALLENGED, UNTIL, InMemoryVault, request, token


def delegated(body: dict[str, Any], vault: InMemoryVault | None = None) -> VaultToken:
    return delegate(
        body,
        known_card(body, provider="sandbox", now=START),
        client_id="agent-1",
        vault=vault or InMemoryVault(),
        now=START,
        token_ids=lambda: "1",
        keep=lambda _: None,
    )


def test_a_token_holds_the_allowance_and_the_clients_name() -> None:
    vault = InMemoryVault()
    assert delegated(request(), vault) == token()
    assert vault.kept == {"vt_1": token()}
    assert delegated(request(CHALLENGED)) == token(challenge=True)


def test_nothing_of_the_card_is_in_a_token() -> None:
    kept = str(dataclasses.asdict(delegated(request())))
    assert [part for part in ("4242", "223", "2031", "temp") if part in kept] == []


def test_the_answer_names_token_moment_and_merchant_and_gives_the_agents_metadata_back() -> None:
    assert token_json(token(), {"campaign": "q4", "merchant_id": "mine"}) == {
        "id": "vt_1",
        "created": "2026-01-02T03:04:05.678Z",
        "metadata": {"campaign": "q4", "merchant_id": "orderflow-test"},
    }


@published
@pytest.mark.parametrize("version", [CURRENT, OLDER])
def test_the_answer_fits_both_versions(version: str) -> None:
    answer = token_json(token(), {"campaign": "q4"})
    if version == CURRENT:
        assert faults(answer, "DelegatePaymentResponse", version, VAULT) == []
    assert set(answer) == {"id", "created", "metadata"}


@published
@pytest.mark.parametrize("version", [CURRENT, OLDER])
def test_the_published_example_is_taken_though_its_allowance_is_over(version: str) -> None:
    ((_, _, body),) = request_examples(version, "openapi.delegate_payment.yaml")
    held = delegated(delegate_request.read(version, body).body)
    assert held.allowance.expires_at == datetime(2025, 10, 9, 7, 20, 50, 520_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02T04:00:00Z", UNTIL),
        ("2026-01-02t04:00:00z", UNTIL),
        ("2026-01-02T06:00:00+02:00", UNTIL),
        ("2026-01-02T04:00:00.5Z", UNTIL + timedelta(seconds=0.5)),
    ],
)
def test_the_end_of_an_allowance_is_read_in_every_form_of_rfc_3339(text: str, moment: datetime) -> None:
    assert delegated(request(allowance={"expires_at": text})).allowance.expires_at == moment


@pytest.mark.parametrize("text", ["2026-02-31T00:00:00Z", "2026-01-01T25:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_the_end_of_an_allowance_that_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(InvalidAllowanceError) as caught:
        delegated(request(allowance={"expires_at": text}))
    assert (caught.value.http_status, caught.value.param) == (422, "$.allowance.expires_at")


@pytest.mark.parametrize("version", [CURRENT, OLDER])
def test_a_body_of_either_version_is_held_to_its_shape(version: str) -> None:
    assert delegate_request.read(version, request()).body
    without_signals = {**request(), "risk_signals": []}
    if version == CURRENT:
        assert delegate_request.read(version, without_signals).body
        return
    with pytest.raises(ValueError, match=r"risk_signals must have at least 1 item"):
        delegate_request.read(version, without_signals)
