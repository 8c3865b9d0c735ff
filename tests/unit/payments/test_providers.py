"""The sandbox and the tests' own provider keep the port's promises; the sandbox's tokens decide what happens."""

import pytest

from orderflow.payments.errors import PaymentDeclinedError, PaymentProviderUnavailableError, PaymentTimeoutError
from orderflow.payments.provider import CaptureRequest
from orderflow.payments.provider_choice import payment_provider
from orderflow.payments.sandbox_provider import SandboxProvider
from orderflow.runtime.settings import SettingMissingError
from tests.support.payments import LedgerProvider
from tests.support.provider_contract import ProviderContract


class TestSandboxProvider(ProviderContract):
    approving_token = pytest.fixture(lambda self: "sandbox_approve")
    declining_token = pytest.fixture(lambda self: "sandbox_decline")

    @pytest.fixture
    def provider(self) -> SandboxProvider:
        return SandboxProvider()


class DecliningLedger(LedgerProvider):
    """The ledger with a token that declines, as the contract needs one."""

    def capture(self, request: CaptureRequest) -> str:
        self.decline_code = "card_declined" if request.token == "tok_decline" else None
        return super().capture(request)


class TestLedgerProvider(ProviderContract):
    approving_token = pytest.fixture(lambda self: "tok_approve")
    declining_token = pytest.fixture(lambda self: "tok_decline")

    @pytest.fixture
    def provider(self) -> LedgerProvider:
        return DecliningLedger()


def capture(token: str, attempt: int = 1) -> str:
    return SandboxProvider().capture(CaptureRequest("pay_1", 1999, "EUR", attempt, token))


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("sandbox_decline", "card_declined"),
        ("sandbox_insufficient_funds", "insufficient_funds"),
        ("tok_from_elsewhere", "unknown_token"),
        ("", "unknown_token"),
    ],
)
def test_each_declining_token_says_why(token: str, code: str) -> None:
    with pytest.raises(PaymentDeclinedError) as declined:
        capture(token)
    assert (declined.value.decline_code, declined.value.http_status) == (code, 402)
    assert not token or token not in declined.value.message


@pytest.mark.parametrize("attempt", [1, 5])
def test_the_timeout_token_never_answers(attempt: int) -> None:
    with pytest.raises(PaymentTimeoutError):
        capture("sandbox_timeout", attempt)


def test_the_flaky_token_fails_twice_and_is_then_approved() -> None:
    for attempt in (1, 2):
        with pytest.raises(PaymentProviderUnavailableError):
            capture("sandbox_flaky", attempt)
    assert capture("sandbox_flaky", 3) == capture("sandbox_flaky", 4)


def test_the_setting_chooses_the_adapter_and_a_wrong_one_says_what_to_set() -> None:
    assert isinstance(payment_provider("sandbox"), SandboxProvider)
    with pytest.raises(SettingMissingError, match="set it to 'sandbox'"):
        payment_provider("paypal")
