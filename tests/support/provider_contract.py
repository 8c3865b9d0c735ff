"""What every payment provider promises; each adapter inherits it and says which tokens make it approve and decline."""

import dataclasses

import pytest

from orderflow.payments.errors import PaymentDeclinedError
from orderflow.payments.provider import CaptureRequest, PaymentProvider

KEY = "pay_01JFR0ZEN00000000000000001"


class ProviderContract:
    """Inherit it and give `provider`, `approving_token` and `declining_token`."""

    @pytest.fixture
    def approved(self, approving_token: str) -> CaptureRequest:
        return CaptureRequest(KEY, amount=1999, currency="EUR", attempt=1, token=approving_token)

    def test_a_capture_has_a_reference(self, provider: PaymentProvider, approved: CaptureRequest) -> None:
        assert provider.capture(approved)

    def test_a_capture_repeated_with_its_key_is_the_same_charge(
        self, provider: PaymentProvider, approved: CaptureRequest
    ) -> None:
        assert provider.capture(approved) == provider.capture(dataclasses.replace(approved, attempt=2))

    def test_another_key_is_another_charge(self, provider: PaymentProvider, approved: CaptureRequest) -> None:
        assert provider.capture(approved) != provider.capture(
            dataclasses.replace(approved, idempotency_key="pay_other")
        )

    def test_a_decline_is_a_named_error_with_a_code_and_the_same_again(
        self, provider: PaymentProvider, approved: CaptureRequest, declining_token: str
    ) -> None:
        codes = []
        for attempt in (1, 2):
            with pytest.raises(PaymentDeclinedError) as declined:
                provider.capture(dataclasses.replace(approved, token=declining_token, attempt=attempt))
            codes.append(declined.value.decline_code)
        assert codes[0]
        assert codes[0] == codes[1]

    def test_a_refund_repeated_with_its_key_is_the_same_refund(
        self, provider: PaymentProvider, approved: CaptureRequest
    ) -> None:
        reference = provider.capture(approved)
        refunds = {
            provider.refund(reference, amount=1999, currency="EUR", idempotency_key=f"refund_{KEY}") for _ in range(2)
        }
        assert len(refunds) == 1
        assert refunds != {reference}

    def test_a_void_may_be_repeated_and_needs_no_capture(
        self, provider: PaymentProvider, approved: CaptureRequest
    ) -> None:
        provider.void("pay_never_captured")
        provider.capture(approved)
        provider.void(KEY)
        provider.void(KEY)

    def test_a_token_never_shows_in_what_might_be_logged(self, approved: CaptureRequest, approving_token: str) -> None:
        assert approving_token not in repr(approved)
