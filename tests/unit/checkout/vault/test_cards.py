"""Test cards turn out as their numbers say, and no other card is taken."""

from datetime import UTC, datetime
from typing import Any

import pytest

from orderflow.checkout.vault.cards import PAYMENT_TOKENS, TEST_CARDS, Outcome, card_of
from orderflow.checkout.vault.errors import InvalidExpiryError, NoTestCardError
from orderflow.payments.sandbox_provider import DECLINES
from tests.support.vault import APPROVED, CHALLENGED, DECLINED, request

NOW = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)


def card(number: str = APPROVED, provider: str = "sandbox", now: datetime = NOW, **method: Any) -> tuple[str, bool]:
    kept = card_of(request(number, **method)["payment_method"], provider=provider, now=now)
    return kept.payment_token, kept.challenge


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        (APPROVED, ("sandbox_approve", False)),
        ("5555555555554444", ("sandbox_approve", False)),
        (DECLINED, ("sandbox_decline", False)),
        ("4000000000009995", ("sandbox_insufficient_funds", False)),
        ("4000000000000069", ("sandbox_decline_expired_card", False)),
        (CHALLENGED, ("sandbox_approve", True)),
        ("4242 4242 4242 4242", ("sandbox_approve", False)),
    ],
)
def test_a_test_card_turns_out_as_its_number_says(number: str, kept: tuple[str, bool]) -> None:
    assert card(number) == kept


def test_one_card_alone_is_in_vain_at_first() -> None:
    stumbling = [
        number for number in TEST_CARDS
        if card_of(request(number)["payment_method"], provider="sandbox", now=NOW).stumbles
    ]  # fmt: skip
    assert stumbling == ["4000000000000119"]


def test_every_outcome_has_a_card_and_a_token_that_the_sandbox_of_each_provider_knows() -> None:
    assert set(TEST_CARDS.values()) == set(Outcome)
    for provider, tokens in PAYMENT_TOKENS.items():
        assert set(tokens) == set(Outcome), provider
    assert set(PAYMENT_TOKENS["sandbox"].values()) <= {"sandbox_approve", *DECLINES}
    assert card(DECLINED, "stripe") == ("pm_card_visa_chargeDeclined", False)


@pytest.mark.parametrize("number", ["4111111111111111", "4242424242424241", "", "4242-4242-4242-4242", "42" * 500])
def test_another_card_is_refused_without_a_word_of_its_number(number: str) -> None:
    with pytest.raises(NoTestCardError) as caught:
        card(number)
    assert (caught.value.http_status, caught.value.param) == (422, "$.payment_method.number")
    assert "42" not in caught.value.message.replace("422", "")
    assert "4111" not in caught.value.message


@pytest.mark.parametrize(
    ("month", "year", "now", "expired"),
    [
        ("11", "2026", datetime(2026, 11, 30, 23, 59, tzinfo=UTC), False),
        ("11", "2026", datetime(2026, 12, 1, tzinfo=UTC), True),
        ("2", "28", datetime(2028, 2, 29, tzinfo=UTC), False),
        ("02", "28", datetime(2028, 3, 1, tzinfo=UTC), True),
        ("12", "2025", NOW, True),
    ],
)
def test_a_card_is_good_to_the_end_of_its_month(month: str, year: str, now: datetime, expired: bool) -> None:
    found, _ = card(now=now, exp_month=month, exp_year=year)
    assert found == ("sandbox_decline_expired_card" if expired else "sandbox_approve")


def test_an_expired_card_is_not_challenged_first() -> None:
    assert card(CHALLENGED, exp_year="2020") == ("sandbox_decline_expired_card", False)


@pytest.mark.parametrize(
    ("method", "field"),
    [
        ({"exp_month": "13"}, "exp_month"),
        ({"exp_month": "0"}, "exp_month"),
        ({"exp_month": ""}, "exp_month"),
        ({"exp_month": "٣"}, "exp_month"),
        ({"exp_year": "-1"}, "exp_year"),
        ({"exp_year": "999"}, "exp_year"),
        ({"exp_year": "MMXX"}, "exp_year"),
    ],
)
def test_a_month_or_a_year_that_is_none_is_named(method: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidExpiryError) as caught:
        card(**method)
    assert (caught.value.code, caught.value.http_status) == ("INVALID_CARD", 422)
    assert caught.value.param == f"$.payment_method.{field}"


def test_a_card_without_a_month_or_a_year_does_not_expire() -> None:
    method = request()["payment_method"]
    for field in ("exp_month", "exp_year"):
        given = {key: value for key, value in method.items() if key != field}
        assert card_of(given, provider="sandbox", now=NOW).payment_token == "sandbox_approve"
