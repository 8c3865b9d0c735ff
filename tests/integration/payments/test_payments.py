"""The payments table and the payment steps, from the state's payload to DynamoDB and back."""

from typing import Any

import pytest

from handlers.payments import (
    authorize_payment,
    capture_payment,
    find_payment_outcome,
    refund_payment,
    void_payment,
)
from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.payments.errors import (
    PaymentClosedError,
    PaymentDeclinedError,
    PaymentProviderUnavailableError,
    PaymentRequestUnknownError,
    PaymentTermsMismatchError,
    PaymentTimeoutError,
)
from orderflow.payments.payment import THE_ORDER
from orderflow.payments.payment_store import DynamoChargeStore, DynamoRefundStore
from orderflow.runtime.clock import iso
from orderflow.runtime.errors import InvalidRequestError
from tests.support.frozen import FrozenClock
from tests.support.gateway import CONTEXT
from tests.support.log_capture import captured_log
from tests.support.orders import NewOrder, order, payment_terms
from tests.support.payment_store_contract import PAYMENT_ID, PaymentStoreContract
from tests.support.payments import ORDER_ID
from tests.support.trail import author


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
    store.begin_attempt(PAYMENT_ID, payment_terms(ORDER_ID), THE_ORDER, begun)
    clock.advance(seconds=5)
    store.begin_attempt(PAYMENT_ID, payment_terms(ORDER_ID), THE_ORDER, clock())
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
            self._dynamodb,
            orders=self._tables["orders"],
            idempotency=self._tables["idempotency"],
            author=author(self._tables),
        )
        store.add(NewOrder(order(ORDER_ID), "c", token))

    def authorize(self, **changes: Any) -> dict[str, Any]:
        asked = {"orderId": ORDER_ID, "requestedBy": "order", "amount": "3998", "currency": "EUR"}
        return authorize_payment.handler({**asked, "correlationId": "c", **changes}, CONTEXT)

    def capture(self) -> dict[str, Any]:
        """Take the money and do the machine's own last step."""
        answer = capture_payment.handler({"orderId": ORDER_ID, "paymentId": PAYMENT_ID}, CONTEXT)
        self._dynamodb.update_item(
            TableName=self._tables["payments"],
            Key={"paymentId": {"S": PAYMENT_ID}},
            UpdateExpression="SET #status = :captured",
            ConditionExpression="#status = :authorized",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":captured": {"S": "CAPTURED"}, ":authorized": {"S": "AUTHORIZED"}},
        )
        return answer

    def void(self) -> dict[str, Any]:
        asked = {"orderId": ORDER_ID, "requestedBy": "order", "reason": "PaymentTimeoutError"}
        return void_payment.handler(asked, CONTEXT)

    def outcome(self) -> dict[str, Any]:
        return find_payment_outcome.handler({"orderId": ORDER_ID}, CONTEXT)

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


def test_an_approved_order_is_held_once_and_the_record_tells_all(steps: PaymentSteps) -> None:
    steps.order_paid_by("sandbox_approve")
    assert steps.authorize() == steps.authorize(amount=3998) == {"paymentId": PAYMENT_ID, "status": "AUTHORIZED"}
    record = steps.record
    at = record["createdAt"]["S"]
    assert record == {
        "paymentId": {"S": PAYMENT_ID},
        "orderId": {"S": ORDER_ID},
        "userId": {"S": order(ORDER_ID).user_id},
        "requestedBy": {"S": "order"},
        "amount": {"N": "3998"},
        "currency": {"S": "EUR"},
        "status": {"S": "AUTHORIZED"},
        "attempts": {"N": "1"},
        "providerReference": {"S": f"sandbox_{PAYMENT_ID}"},
        "createdAt": {"S": at},
        "updatedAt": record["updatedAt"],
        "history": {
            "L": [
                {"M": {"status": {"S": "AUTHORIZING"}, "at": {"S": at}}},
                {
                    "M": {
                        "status": {"S": "AUTHORIZED"},
                        "at": record["updatedAt"],
                        "providerReference": {"S": f"sandbox_{PAYMENT_ID}"},
                    }
                },
            ]
        },
    }
    assert steps.capture()["status"] == "AUTHORIZED"
    assert steps.outcome() == {"paymentId": PAYMENT_ID, "status": "CAPTURED"}
    assert steps.authorize() == {"paymentId": PAYMENT_ID, "status": "CAPTURED"}


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("sandbox_decline", "card_declined"),
        ("sandbox_authentication_required", "authentication_required"),
        ("x", "unknown_token"),
    ],
)
def test_a_decline_is_raised_by_its_name_each_time_and_leaves_nothing_to_refund(
    steps: PaymentSteps, token: str, code: str
) -> None:
    steps.order_paid_by(token)
    for _ in range(2):
        with pytest.raises(PaymentDeclinedError, match=code):
            steps.authorize()
    with pytest.raises(PaymentDeclinedError, match=code):
        steps.outcome()
    assert steps.record["declineCode"] == {"S": code}
    assert steps.refund() == {"paymentId": PAYMENT_ID, "status": "NOTHING_TO_REFUND"}
    assert steps.history == ["AUTHORIZING", "DECLINED"]


def test_a_busy_provider_approves_at_the_third_attempt(steps: PaymentSteps) -> None:
    steps.order_paid_by("sandbox_rate_limited")
    for _ in range(2):
        with pytest.raises(PaymentProviderUnavailableError):
            steps.authorize()
    assert steps.authorize()["status"] == "AUTHORIZED"
    assert steps.record["attempts"] == {"N": "3"}


@pytest.mark.parametrize("token", ["sandbox_timeout_then_success", "sandbox_timeout_then_nothing"])
def test_an_unknown_outcome_is_resolved_by_the_repeat(steps: PaymentSteps, token: str) -> None:
    steps.order_paid_by(token)
    with pytest.raises(PaymentTimeoutError):
        steps.authorize()
    assert steps.authorize()["status"] == "AUTHORIZED"


def test_a_provider_that_never_answers_is_given_up_and_can_never_charge_later(steps: PaymentSteps) -> None:
    steps.order_paid_by("sandbox_timeout")
    with pytest.raises(PaymentTimeoutError):
        steps.authorize()
    assert [steps.void()["status"], steps.void()["status"]] == ["FAILED", "FAILED"]
    assert steps.refund()["status"] == "NOTHING_TO_REFUND"
    with pytest.raises(PaymentClosedError):
        steps.authorize()
    assert steps.history == ["AUTHORIZING", "VOIDING", "FAILED"]


def test_a_payment_under_way_is_voided_by_the_orders_end(steps: PaymentSteps) -> None:
    steps.order_paid_by("sandbox_timeout")
    with pytest.raises(PaymentTimeoutError):
        steps.authorize()
    assert [steps.refund()["status"], steps.refund()["status"]] == ["VOIDED", "VOIDED"]
    assert steps.void()["status"] == "VOIDED"
    assert steps.history == ["AUTHORIZING", "VOIDED"]


def test_a_captured_payment_is_refunded_once_and_can_never_be_charged_again(steps: PaymentSteps) -> None:
    steps.order_paid_by("sandbox_approve")
    steps.authorize()
    steps.capture()
    assert steps.void()["status"] == "CAPTURED"
    assert [steps.refund()["status"], steps.refund()["status"]] == ["REFUNDED", "REFUNDED"]
    with pytest.raises(PaymentClosedError):
        steps.authorize()
    assert steps.history[-1] == "REFUNDED"
    assert steps.record["refundReference"] == {"S": f"sandbox_refund_{PAYMENT_ID}"}


def test_without_a_payment_there_is_nothing_to_refund_and_none_can_come_later(steps: PaymentSteps) -> None:
    steps.order_paid_by("sandbox_approve")
    assert steps.void() == {"status": "NONE"}
    assert [steps.refund()["status"], steps.refund()["status"]] == ["NOTHING_TO_REFUND"] * 2
    with pytest.raises(PaymentClosedError):
        steps.authorize()


def test_another_amount_than_the_order_owes_is_never_charged(steps: PaymentSteps) -> None:
    steps.order_paid_by("sandbox_approve")
    with pytest.raises(PaymentTermsMismatchError):
        steps.authorize(amount="3999")


def test_a_request_that_nobody_made_pays_nothing(steps: PaymentSteps) -> None:
    steps.order_paid_by("sandbox_approve")
    with pytest.raises(PaymentRequestUnknownError):
        steps.authorize(requestedBy="a-request")


@pytest.mark.parametrize("change", [{"orderId": None}, {"amount": 39.98}, {"currency": None}, {"requestedBy": None}])
def test_a_payload_that_is_not_the_workflows_moves_no_money(steps: PaymentSteps, change: dict[str, Any]) -> None:
    steps.order_paid_by("sandbox_approve")
    with pytest.raises(InvalidRequestError):
        steps.authorize(**change)


def test_the_payment_token_is_neither_stored_nor_logged(steps: PaymentSteps, monkeypatch: pytest.MonkeyPatch) -> None:
    log = captured_log(monkeypatch)
    steps.order_paid_by("tok_very_secret")
    with pytest.raises(PaymentDeclinedError):
        steps.authorize()
    assert "PAYMENT_DECLINED" in log.getvalue()
    assert "tok_very_secret" not in repr(steps.record) + log.getvalue()
