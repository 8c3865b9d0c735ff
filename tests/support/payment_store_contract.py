"""What every store of payments promises; run on the one in memory and on DynamoDB. `store` is a fixture of the user."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from orderflow.payments.moves import PaymentMovedError
from orderflow.payments.payment import THE_ORDER, Payment, PaymentStatus, payment_id_of
from tests.support.frozen import START as NOW
from tests.support.orders import payment_terms
from tests.support.payments import ORDER_ID

PAYMENT_ID = payment_id_of(ORDER_ID)
SECOND_ID = payment_id_of(ORDER_ID, 2)
TERMS = payment_terms(ORDER_ID)


def begun(store: Any, payment_id: str = PAYMENT_ID, requested_by: str = THE_ORDER) -> Payment:
    payment: Payment = store.begin_attempt(payment_id, TERMS, requested_by, NOW)
    return payment


def authorized(store: Any) -> Payment:
    begun(store)
    payment: Payment = store.record_authorized(PAYMENT_ID, "ref-1", NOW)
    return payment


def declined(store: Any) -> Payment:
    store.record_declined(begun(store), "card_declined", NOW)
    payment: Payment = store.find(PAYMENT_ID)
    return payment


def failed(store: Any) -> Payment:
    payment = begun(store)
    store.begin_voiding(payment, "PaymentTimeoutError", NOW)
    store.record_failed(dataclasses.replace(payment, status=PaymentStatus.VOIDING), NOW)
    return dataclasses.replace(payment, status=PaymentStatus.FAILED)


class PaymentStoreContract:
    """Inherit it and give a `store` that is the store of every step."""

    def test_the_first_attempt_creates_the_payment_and_each_repeat_is_counted(self, store: Any) -> None:
        attempts = [begun(store) for _ in range(3)]
        first = Payment(PAYMENT_ID, ORDER_ID, PaymentStatus.AUTHORIZING, 1, 1999, "EUR", requested_by=THE_ORDER)
        assert attempts == [dataclasses.replace(first, attempts=count) for count in (1, 2, 3)]
        assert store.find(PAYMENT_ID) == attempts[-1]

    def test_a_payment_that_is_not_there_is_none(self, store: Any) -> None:
        assert store.find(PAYMENT_ID) is None

    def test_an_attempt_belongs_to_who_began_it(self, store: Any) -> None:
        mine = begun(store)
        with pytest.raises(PaymentMovedError) as moved:
            begun(store, requested_by="request-1")
        assert moved.value.current == store.find(PAYMENT_ID) == mine

    def test_an_authorized_payment_knows_its_reference_and_takes_no_attempt(self, store: Any) -> None:
        payment = authorized(store)
        expected = Payment(
            PAYMENT_ID, ORDER_ID, PaymentStatus.AUTHORIZED, 1, 1999, "EUR", "ref-1", requested_by=THE_ORDER
        )
        with pytest.raises(PaymentMovedError) as moved:
            begun(store)
        assert payment == moved.value.current == store.find(PAYMENT_ID) == expected

    def test_a_declined_payment_knows_why_and_takes_no_attempt(self, store: Any) -> None:
        assert declined(store).decline_code == "card_declined"
        with pytest.raises(PaymentMovedError) as moved:
            begun(store)
        assert moved.value.current.status is PaymentStatus.DECLINED

    def test_a_hold_that_is_gone_is_declined(self, store: Any) -> None:
        store.record_declined(authorized(store), "authorization_gone", NOW)
        assert store.find(PAYMENT_ID).decline_code == "authorization_gone"

    def test_the_first_record_of_an_outcome_stands(self, store: Any) -> None:
        payment = begun(store)
        store.record_authorized(PAYMENT_ID, "ref-1", NOW)
        with pytest.raises(PaymentMovedError):
            store.record_declined(payment, "late", NOW)
        with pytest.raises(PaymentMovedError):
            store.record_authorized(PAYMENT_ID, "late", NOW)
        assert store.find(PAYMENT_ID).provider_reference == "ref-1"

    @pytest.mark.parametrize("over", [declined, failed])
    def test_what_is_over_is_followed_once(self, store: Any, over: Callable[[Any], Payment]) -> None:
        payment = over(store)
        store.follow(payment, SECOND_ID, NOW)
        assert store.find(PAYMENT_ID).successor == SECOND_ID
        with pytest.raises(PaymentMovedError) as moved:
            store.follow(payment, SECOND_ID, NOW)
        assert moved.value.current.successor == SECOND_ID

    @pytest.mark.parametrize("over", [declined, failed])
    def test_what_is_closed_is_never_followed(self, store: Any, over: Callable[[Any], Payment]) -> None:
        payment = over(store)
        for _ in range(2):
            store.close(payment, "TECHNICAL_FAILURE", NOW)
        assert store.find(PAYMENT_ID).closed
        with pytest.raises(PaymentMovedError) as moved:
            store.follow(payment, SECOND_ID, NOW)
        assert moved.value.current.successor is None

    def test_what_is_followed_is_never_closed(self, store: Any) -> None:
        payment = declined(store)
        store.follow(payment, SECOND_ID, NOW)
        with pytest.raises(PaymentMovedError):
            store.close(payment, "TECHNICAL_FAILURE", NOW)
        assert not store.find(PAYMENT_ID).closed

    def test_a_forbidden_payment_was_never_tried_and_takes_no_attempt(self, store: Any) -> None:
        store.forbid(PAYMENT_ID, ORDER_ID, "TECHNICAL_FAILURE", NOW)
        with pytest.raises(PaymentMovedError) as moved:
            begun(store)
        assert moved.value.current == Payment(PAYMENT_ID, ORDER_ID, PaymentStatus.VOIDED, closed=True)
        with pytest.raises(PaymentMovedError):
            store.forbid(PAYMENT_ID, ORDER_ID, "TECHNICAL_FAILURE", NOW)

    def test_a_payment_that_was_tried_cannot_be_forbidden_but_voided(self, store: Any) -> None:
        payment = begun(store)
        with pytest.raises(PaymentMovedError):
            store.forbid(PAYMENT_ID, ORDER_ID, "TECHNICAL_FAILURE", NOW)
        store.record_voided(payment, "TECHNICAL_FAILURE", NOW)
        voided = store.find(PAYMENT_ID)
        assert (voided.status, voided.attempts, voided.closed) == (PaymentStatus.VOIDED, 1, True)

    def test_only_a_captured_payment_is_refunded(self, store: Any) -> None:
        payment = authorized(store)
        captured = dataclasses.replace(payment, status=PaymentStatus.CAPTURED)
        with pytest.raises(PaymentMovedError):
            store.record_refunded(captured, "refund-1", "TECHNICAL_FAILURE", NOW)
        assert store.find(PAYMENT_ID) == payment

    def test_given_up_is_recorded_only_by_way_of_voiding(self, store: Any) -> None:
        payment = authorized(store)
        with pytest.raises(PaymentMovedError):
            store.record_failed(dataclasses.replace(payment, status=PaymentStatus.VOIDING), NOW)
        store.begin_voiding(payment, "PaymentTimeoutError", NOW)
        with pytest.raises(PaymentMovedError):
            store.begin_voiding(payment, "PaymentTimeoutError", NOW)
        store.record_failed(dataclasses.replace(payment, status=PaymentStatus.VOIDING), NOW)
        assert store.find(PAYMENT_ID).status is PaymentStatus.FAILED
