"""What every store of payments promises; run on the one in memory and on DynamoDB. `store` is a fixture of the user."""

from typing import Any

import pytest

from orderflow.payments.charging import PaymentMovedError
from orderflow.payments.payment import Payment, PaymentStatus
from orderflow.payments.refunding import PaymentContendedError
from tests.support.frozen import START as NOW
from tests.support.orders import payment_terms
from tests.support.payments import ORDER_ID

PAYMENT_ID = f"pay_{ORDER_ID}"
TERMS = payment_terms(ORDER_ID)


class PaymentStoreContract:
    """Inherit it and give a `store` that is both the charge store and the refund store."""

    def test_the_first_attempt_creates_the_payment_and_each_further_one_is_counted(self, store: Any) -> None:
        attempts = [store.begin_attempt(TERMS, NOW) for _ in range(3)]
        assert attempts == [
            Payment(PAYMENT_ID, ORDER_ID, PaymentStatus.AUTHORIZING, count, 1999, "EUR") for count in (1, 2, 3)
        ]
        assert store.find(PAYMENT_ID) == attempts[-1]

    def test_a_payment_that_is_not_there_is_none(self, store: Any) -> None:
        assert store.find(PAYMENT_ID) is None

    def test_a_captured_payment_knows_its_reference_and_takes_no_attempt(self, store: Any) -> None:
        store.begin_attempt(TERMS, NOW)
        store.record_captured(PAYMENT_ID, "ref-1", NOW)
        captured = Payment(PAYMENT_ID, ORDER_ID, PaymentStatus.CAPTURED, 1, 1999, "EUR", "ref-1")
        with pytest.raises(PaymentMovedError) as moved:
            store.begin_attempt(TERMS, NOW)
        assert (store.find(PAYMENT_ID), moved.value.current) == (captured, captured)

    def test_a_declined_payment_knows_why_and_takes_no_attempt(self, store: Any) -> None:
        store.begin_attempt(TERMS, NOW)
        store.record_declined(PAYMENT_ID, "card_declined", NOW)
        with pytest.raises(PaymentMovedError) as moved:
            store.begin_attempt(TERMS, NOW)
        assert moved.value.current.status is PaymentStatus.DECLINED
        assert moved.value.current.decline_code == "card_declined"

    def test_the_first_record_of_an_outcome_stands(self, store: Any) -> None:
        store.begin_attempt(TERMS, NOW)
        store.record_captured(PAYMENT_ID, "ref-1", NOW)
        for late in (store.record_captured, store.record_declined):
            with pytest.raises(PaymentMovedError):
                late(PAYMENT_ID, "late", NOW)
        assert store.find(PAYMENT_ID).provider_reference == "ref-1"

    def test_a_forbidden_payment_was_never_tried_and_takes_no_attempt(self, store: Any) -> None:
        store.forbid(ORDER_ID, "TECHNICAL_FAILURE", NOW)
        with pytest.raises(PaymentMovedError) as moved:
            store.begin_attempt(TERMS, NOW)
        assert moved.value.current == Payment(PAYMENT_ID, ORDER_ID, PaymentStatus.VOIDED)
        with pytest.raises(PaymentContendedError):
            store.forbid(ORDER_ID, "TECHNICAL_FAILURE", NOW)

    def test_a_payment_that_was_tried_cannot_be_forbidden_but_voided(self, store: Any) -> None:
        store.begin_attempt(TERMS, NOW)
        with pytest.raises(PaymentContendedError):
            store.forbid(ORDER_ID, "TECHNICAL_FAILURE", NOW)
        store.record_voided(PAYMENT_ID, "TECHNICAL_FAILURE", NOW)
        assert (store.find(PAYMENT_ID).status, store.find(PAYMENT_ID).attempts) == (PaymentStatus.VOIDED, 1)

    def test_only_a_captured_payment_is_refunded_and_only_an_open_one_voided(self, store: Any) -> None:
        store.begin_attempt(TERMS, NOW)
        with pytest.raises(PaymentContendedError):
            store.record_refunded(PAYMENT_ID, "refund-1", "TECHNICAL_FAILURE", NOW)
        store.record_captured(PAYMENT_ID, "ref-1", NOW)
        with pytest.raises(PaymentContendedError):
            store.record_voided(PAYMENT_ID, "TECHNICAL_FAILURE", NOW)
        store.record_refunded(PAYMENT_ID, "refund-1", "TECHNICAL_FAILURE", NOW)
        assert store.find(PAYMENT_ID).status is PaymentStatus.REFUNDED

    def test_a_payment_that_is_not_there_is_neither_refunded_nor_voided(self, store: Any) -> None:
        with pytest.raises(PaymentContendedError):
            store.record_voided(PAYMENT_ID, "TECHNICAL_FAILURE", NOW)
        with pytest.raises(PaymentContendedError):
            store.record_refunded(PAYMENT_ID, "refund-1", "TECHNICAL_FAILURE", NOW)
        assert store.find(PAYMENT_ID) is None
