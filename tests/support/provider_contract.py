"""What every payment provider promises; each adapter inherits it and says which tokens make it approve and decline."""

import dataclasses

import pytest

from orderflow.payments.errors import PaymentDeclinedError
from orderflow.payments.provider import Charge, ChargeState, PaymentProvider, ProviderCharge

KEY = "pay_01JFR0ZEN00000000000000001"
CHARGE = Charge(KEY, amount=1999, currency="EUR")


class ProviderContract:
    """Inherit it and give `provider`, `approving_token` and `declining_token`."""

    def test_an_authorization_repeated_with_its_key_is_the_same_one(
        self, provider: PaymentProvider, approving_token: str
    ) -> None:
        first = provider.authorize(CHARGE, token=approving_token, attempt=1)
        assert first
        assert provider.authorize(CHARGE, token=approving_token, attempt=2) == first

    def test_another_key_is_another_charge(self, provider: PaymentProvider, approving_token: str) -> None:
        other = dataclasses.replace(CHARGE, idempotency_key="pay_other")
        references = [provider.authorize(each, token=approving_token, attempt=1) for each in (CHARGE, other)]
        assert references[0] != references[1]

    def test_a_hold_is_taken_once_however_often_asked(self, provider: PaymentProvider, approving_token: str) -> None:
        reference = provider.authorize(CHARGE, token=approving_token, attempt=1)
        for _ in range(2):
            provider.capture(CHARGE, reference=reference)
        assert provider.authorize(CHARGE, token=approving_token, attempt=2) == reference

    def test_a_decline_is_a_named_error_with_a_code_and_the_same_again(
        self, provider: PaymentProvider, declining_token: str
    ) -> None:
        codes = []
        for attempt in (1, 2):
            with pytest.raises(PaymentDeclinedError) as declined:
                provider.authorize(CHARGE, token=declining_token, attempt=attempt)
            codes.append(declined.value.decline_code)
        assert codes[0]
        assert codes[0] == codes[1]
        assert declining_token not in declined.value.message

    def test_what_is_held_is_found_with_and_without_its_reference(
        self, provider: PaymentProvider, approving_token: str
    ) -> None:
        reference = provider.authorize(CHARGE, token=approving_token, attempt=1)
        found = [provider.look_up(CHARGE, token=approving_token, reference=known) for known in (None, reference)]
        assert found == [ProviderCharge(ChargeState.AUTHORIZED, reference)] * 2

    def test_a_decline_is_found_with_its_code(self, provider: PaymentProvider, declining_token: str) -> None:
        with pytest.raises(PaymentDeclinedError) as declined:
            provider.authorize(CHARGE, token=declining_token, attempt=1)
        found = provider.look_up(CHARGE, token=declining_token, reference=None)
        assert (found.state, found.decline_code) == (ChargeState.DECLINED, declined.value.decline_code)

    def test_a_refund_repeated_with_its_key_is_the_same_refund(
        self, provider: PaymentProvider, approving_token: str
    ) -> None:
        reference = provider.authorize(CHARGE, token=approving_token, attempt=1)
        provider.capture(CHARGE, reference=reference)
        refunds = {
            provider.refund(reference, amount=1999, currency="EUR", idempotency_key=f"refund_{KEY}") for _ in range(2)
        }
        assert len(refunds) == 1
        assert refunds != {reference}

    @pytest.mark.parametrize("captured", [False, True])
    def test_a_void_may_be_repeated_before_and_after_the_capture(
        self, provider: PaymentProvider, approving_token: str, captured: bool
    ) -> None:
        reference = provider.authorize(CHARGE, token=approving_token, attempt=1)
        if captured:
            provider.capture(CHARGE, reference=reference)
        for known in (None, reference):
            provider.void(CHARGE, reference=known)

    def test_a_void_needs_no_authorization(self, provider: PaymentProvider) -> None:
        provider.void(dataclasses.replace(CHARGE, idempotency_key="pay_never_asked"), reference=None)


class RememberingProviderContract(ProviderContract):
    """What a provider promises that keeps its charges; the sandbox keeps nothing."""

    def test_a_charge_never_asked_for_is_none(self, provider: PaymentProvider, approving_token: str) -> None:
        found = provider.look_up(CHARGE, token=approving_token, reference=None)
        assert found == ProviderCharge(ChargeState.NONE)

    def test_what_was_taken_is_found_so(self, provider: PaymentProvider, approving_token: str) -> None:
        reference = provider.authorize(CHARGE, token=approving_token, attempt=1)
        provider.capture(CHARGE, reference=reference)
        found = provider.look_up(CHARGE, token=approving_token, reference=None)
        assert found == ProviderCharge(ChargeState.CAPTURED, reference)

    @pytest.mark.parametrize("captured", [False, True])
    def test_what_was_voided_is_neither_held_nor_taken(
        self, provider: PaymentProvider, approving_token: str, captured: bool
    ) -> None:
        reference = provider.authorize(CHARGE, token=approving_token, attempt=1)
        if captured:
            provider.capture(CHARGE, reference=reference)
        provider.void(CHARGE, reference=None)
        found = provider.look_up(CHARGE, token=approving_token, reference=reference)
        assert found.state in (ChargeState.VOIDED, ChargeState.NONE)

    def test_what_was_voided_before_it_was_taken_can_no_longer_be(
        self, provider: PaymentProvider, approving_token: str
    ) -> None:
        reference = provider.authorize(CHARGE, token=approving_token, attempt=1)
        provider.void(CHARGE, reference=reference)
        with pytest.raises(PaymentDeclinedError):
            provider.capture(CHARGE, reference=reference)
