"""The payments table and the payment steps, from the state's payload to DynamoDB and back."""

from typing import Any

import pytest

from handlers.payments import process_payment, refund_payment
from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.payments.errors import (
    PaymentClosedError,
    PaymentDeclinedError,
    PaymentProviderUnavailableError,
    PaymentTermsMismatchError,
    PaymentTimeoutError,
)
from orderflow.payments.payment_store import DynamoChargeStore, DynamoRefundStore
from orderflow.runtime.clock import iso
from orderflow.runtime.errors import InvalidRequestError
from tests.support.frozen import FrozenClock
from tests.support.gateway import CONTEXT
from tests.support.log_capture import captured_log
from tests.support.orders import NewOrder, order, payment_terms
from tests.support.payment_store_contract import PAYMENT_ID, PaymentStoreContract
from tests.support.payments import ORDER_ID


class BothStores(DynamoChargeStore, DynamoRefundStore):
    """The charge store and the refund store on the same table."""


class TestDynamoPayments(PaymentStoreContract):
    @pytest.fixture
    def store(self, dynamodb: Any, tables: dict[str, str]) -> BothStores:
        return BothStores(dynamodb, tables["payments"])


def test_further_attempts_leave_the_beginning_of_the_history_as_it_was(
    dynamodb: Any, tables: dict[str, str], clock: FrozenClock
) -> None:
    store = DynamoChargeStore(dynamodb, tables["payments"])
    begun = clock()
    store.begin_attempt(payment_terms(ORDER_ID), begun)
    clock.advance(seconds=5)
    store.begin_attempt(payment_terms(ORDER_ID), clock())
    record = dynamodb.get_item(TableName=tables["payments"], Key={"paymentId": {"S": PAYMENT_ID}})["Item"]
    assert record["createdAt"] == {"S": iso(begun)}
    assert record["updatedAt"] == {"S": iso(clock())}
    assert record["history"] == {"L": [{"M": {"status": {"S": "AUTHORIZING"}, "at": {"S": iso(begun)}}}]}


class PaymentSteps:
    """The steps as the workflow calls them, for one order over 39.98 EUR."""

    def __init__(self, dynamodb: Any, tables: dict[str, str]) -> None:
        self._dynamodb, self._tables = dynamodb, tables

    def order_paid_by(self, token: str) -> None:
        store = DynamoIntakeStore(
            self._dynamodb, orders=self._tables["orders"], idempotency=self._tables["idempotency"]
        )
        store.add(NewOrder(order(ORDER_ID), "c", token))

    def process(self, **changes: Any) -> dict[str, Any]:
        payload = {"orderId": ORDER_ID, "amount": "3998", "currency": "EUR", "correlationId": "c", **changes}
        return process_payment.handler(payload, CONTEXT)

    def refund(self) -> dict[str, Any]:
        return refund_payment.handler(
            {"orderId": ORDER_ID, "reason": "TECHNICAL_FAILURE", "correlationId": "c"}, CONTEXT
        )

    @property
    def record(self) -> dict[str, Any]:
        key = {"paymentId": {"S": PAYMENT_ID}}
        return self._dynamodb.get_item(TableName=self._tables["payments"], Key=key, ConsistentRead=True)["Item"]

    @property
    def history(self) -> list[str]:
        return [entry["M"]["status"]["S"] for entry in self.record["history"]["L"]]


@pytest.fixture
def steps(dynamodb: Any, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> PaymentSteps:
    monkeypatch.setenv("PAYMENT_PROVIDER", "sandbox")
    return PaymentSteps(dynamodb, tables)


def test_an_approved_order_is_captured_once_and_the_record_tells_all(steps: PaymentSteps) -> None:
    steps.order_paid_by("sandbox_approve")
    assert steps.process() == steps.process(amount=3998) == {"paymentId": PAYMENT_ID, "status": "CAPTURED"}
    record = steps.record
    at = record["createdAt"]["S"]
    assert record == {
        "paymentId": {"S": PAYMENT_ID},
        "orderId": {"S": ORDER_ID},
        "amount": {"N": "3998"},
        "currency": {"S": "EUR"},
        "status": {"S": "CAPTURED"},
        "attempts": {"N": "1"},
        "providerReference": {"S": f"sandbox_{PAYMENT_ID}"},
        "createdAt": {"S": at},
        "updatedAt": record["updatedAt"],
        "history": {
            "L": [
                {"M": {"status": {"S": "AUTHORIZING"}, "at": {"S": at}}},
                {
                    "M": {
                        "status": {"S": "CAPTURED"},
                        "at": record["updatedAt"],
                        "providerReference": {"S": f"sandbox_{PAYMENT_ID}"},
                    }
                },
            ]
        },
    }


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("sandbox_decline", "card_declined"),
        ("sandbox_insufficient_funds", "insufficient_funds"),
        ("x", "unknown_token"),
    ],
)
def test_a_decline_is_raised_by_its_name_each_time_and_leaves_nothing_to_refund(
    steps: PaymentSteps, token: str, code: str
) -> None:
    steps.order_paid_by(token)
    for _ in range(2):
        with pytest.raises(PaymentDeclinedError, match=code):
            steps.process()
    assert steps.record["declineCode"] == {"S": code}
    assert steps.refund() == {"paymentId": PAYMENT_ID, "status": "NOTHING_TO_REFUND"}
    assert steps.history == ["AUTHORIZING", "DECLINED"]


def test_a_flaky_provider_is_approved_at_the_third_attempt(steps: PaymentSteps) -> None:
    steps.order_paid_by("sandbox_rate_limited")
    for _ in range(2):
        with pytest.raises(PaymentProviderUnavailableError):
            steps.process()
    assert steps.process()["status"] == "CAPTURED"
    assert steps.record["attempts"] == {"N": "3"}


def test_a_provider_that_never_answers_is_voided_and_can_never_charge_later(steps: PaymentSteps) -> None:
    steps.order_paid_by("sandbox_timeout")
    with pytest.raises(PaymentTimeoutError):
        steps.process()
    assert [steps.refund()["status"], steps.refund()["status"]] == ["VOIDED", "VOIDED"]
    with pytest.raises(PaymentClosedError):
        steps.process()
    assert steps.history == ["AUTHORIZING", "VOIDED"]


def test_a_captured_payment_is_refunded_once_and_can_never_be_charged_again(steps: PaymentSteps) -> None:
    steps.order_paid_by("sandbox_approve")
    steps.process()
    assert [steps.refund()["status"], steps.refund()["status"]] == ["REFUNDED", "REFUNDED"]
    with pytest.raises(PaymentClosedError):
        steps.process()
    assert steps.history == ["AUTHORIZING", "CAPTURED", "REFUNDED"]
    assert steps.record["refundReference"] == {"S": f"sandbox_refund_{PAYMENT_ID}"}


def test_without_a_payment_there_is_nothing_to_refund_and_none_can_come_later(steps: PaymentSteps) -> None:
    steps.order_paid_by("sandbox_approve")
    assert [steps.refund()["status"], steps.refund()["status"]] == ["NOTHING_TO_REFUND"] * 2
    with pytest.raises(PaymentClosedError):
        steps.process()


def test_another_amount_than_the_order_owes_is_never_charged(steps: PaymentSteps) -> None:
    steps.order_paid_by("sandbox_approve")
    with pytest.raises(PaymentTermsMismatchError):
        steps.process(amount="3999")


@pytest.mark.parametrize("change", [{"orderId": None}, {"amount": 39.98}, {"currency": None}])
def test_a_payload_that_is_not_the_workflows_moves_no_money(steps: PaymentSteps, change: dict[str, Any]) -> None:
    steps.order_paid_by("sandbox_approve")
    with pytest.raises(InvalidRequestError):
        steps.process(**change)


def test_the_payment_token_is_neither_stored_nor_logged(steps: PaymentSteps, monkeypatch: pytest.MonkeyPatch) -> None:
    log = captured_log(monkeypatch)
    steps.order_paid_by("tok_very_secret")
    with pytest.raises(PaymentDeclinedError):
        steps.process()
    assert "PAYMENT_DECLINED" in log.getvalue()
    assert "tok_very_secret" not in repr(steps.record) + log.getvalue()
