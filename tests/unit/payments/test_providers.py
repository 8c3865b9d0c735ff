"""The sandbox and the tests' own provider keep the port's promises; the sandbox's tokens decide what happens."""

import pytest

from orderflow.payments.errors import PaymentDeclinedError, PaymentProviderUnavailableError, PaymentTimeoutError
from orderflow.payments.provider import Charge, ChargeState, ProviderCharge
from orderflow.payments.provider_choice import payment_provider
from orderflow.payments.sandbox_provider import SandboxProvider
from orderflow.runtime.settings import SettingMissingError
from tests.support.payments import LedgerProvider
from tests.support.provider_contract import ProviderContract, RememberingProviderContract

CHARGE = Charge("pay_1", 1999, "EUR")


class TestSandboxProvider(ProviderContract):
    approving_token = pytest.fixture(lambda self: "sandbox_approve")
    declining_token = pytest.fixture(lambda self: "sandbox_decline")

    @pytest.fixture
    def provider(self) -> SandboxProvider:
        return SandboxProvider()


class DecliningLedger(LedgerProvider):
    """The ledger with a token that declines, as the contract needs one."""

    def authorize(self, charge: Charge, *, token: str, attempt: int) -> str:
        self.decline_code = "card_declined" if token == "tok_decline" else None
        return super().authorize(charge, token=token, attempt=attempt)


class TestLedgerProvider(RememberingProviderContract):
    approving_token = pytest.fixture(lambda self: "tok_approve")
    declining_token = pytest.fixture(lambda self: "tok_decline")

    @pytest.fixture
    def provider(self) -> LedgerProvider:
        return DecliningLedger()


def authorize(token: str, attempt: int = 1) -> str:
    return SandboxProvider().authorize(CHARGE, token=token, attempt=attempt)


def look_up(token: str) -> ProviderCharge:
    return SandboxProvider().look_up(CHARGE, token=token, reference=None)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("sandbox_decline", "card_declined"),
        ("sandbox_decline_expired_card", "expired_card"),
        ("sandbox_decline_fraudulent", "fraudulent"),
        ("sandbox_decline_incorrect_cvc", "incorrect_cvc"),
        ("sandbox_decline_lost_card", "lost_card"),
        ("sandbox_decline_processing_error", "processing_error"),
        ("sandbox_decline_stolen_card", "stolen_card"),
        ("sandbox_insufficient_funds", "insufficient_funds"),
        ("sandbox_authentication_required", "authentication_required"),
        ("sandbox_decline_by_my_own_words", "unknown_token"),
        ("sandbox_error_500_0", "unknown_token"),
        ("tok_from_elsewhere", "unknown_token"),
        ("", "unknown_token"),
    ],
)
def test_each_declining_token_says_why_and_says_it_again_when_asked(token: str, code: str) -> None:
    with pytest.raises(PaymentDeclinedError) as declined:
        authorize(token)
    assert (declined.value.decline_code, declined.value.http_status) == (code, 402)
    assert look_up(token) == ProviderCharge(ChargeState.DECLINED, decline_code=code)
    assert not token or token not in declined.value.message


@pytest.mark.parametrize("attempt", [1, 5])
def test_the_timeout_token_never_answers_and_never_charges(attempt: int) -> None:
    with pytest.raises(PaymentTimeoutError):
        authorize("sandbox_timeout", attempt)
    assert look_up("sandbox_timeout") == ProviderCharge(ChargeState.NONE)


def test_a_timeout_that_had_succeeded_is_found_authorized() -> None:
    with pytest.raises(PaymentTimeoutError):
        authorize("sandbox_timeout_then_success")
    assert look_up("sandbox_timeout_then_success") == ProviderCharge(ChargeState.AUTHORIZED, "sandbox_pay_1")


def test_a_timeout_that_had_come_to_nothing_is_found_so_and_approved_when_asked_again() -> None:
    with pytest.raises(PaymentTimeoutError):
        authorize("sandbox_timeout_then_nothing")
    assert look_up("sandbox_timeout_then_nothing") == ProviderCharge(ChargeState.NONE)
    assert authorize("sandbox_timeout_then_nothing", 2) == "sandbox_pay_1"


@pytest.mark.parametrize(
    ("token", "failures"), [("sandbox_rate_limited", 2), ("sandbox_error_500_1", 1), ("sandbox_error_500_12", 12)]
)
def test_a_passing_failure_fails_so_often_and_is_then_approved(token: str, failures: int) -> None:
    for attempt in range(1, failures + 1):
        with pytest.raises(PaymentProviderUnavailableError):
            authorize(token, attempt)
    assert look_up(token) == ProviderCharge(ChargeState.NONE)
    assert authorize(token, failures + 1) == "sandbox_pay_1"


def test_the_setting_chooses_the_adapter_and_a_wrong_one_says_what_to_set() -> None:
    assert isinstance(payment_provider("sandbox"), SandboxProvider)
    with pytest.raises(SettingMissingError, match="set it to 'sandbox'"):
        payment_provider("paypal")
