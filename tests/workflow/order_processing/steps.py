"""What the step functions answer and raise, taken from the functions themselves: their handlers run on moto.

One world for each outcome: the order of the input example, its product with ten in stock, a payment token that decides.
"""

import importlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest import mock

from moto import mock_aws

from orderflow.catalog import product_records
from orderflow.catalog.errors import StockBusyError
from orderflow.catalog.product import Product, ProductFacts
from orderflow.orders import order_records
from orderflow.orders.errors import (
    OrderChangedElsewhereError,
    ReviewExpiredError,
    ReviewNoticeUnavailableError,
    ReviewRejectedError,
)
from orderflow.orders.intake import NewOrder
from orderflow.orders.order import Address, HistoryEntry, Order, OrderLine
from orderflow.orders.status import OrderStatus
from orderflow.orders.task_tokens import StepFunctionsWaits
from orderflow.payments.errors import PaymentDeclinedError
from orderflow.runtime import aws
from orderflow.runtime.dynamo import to_item
from orderflow.runtime.errors import OrderflowError
from tests.rules.workflows.machine import WORKFLOWS
from tests.support.mock_responses import Failure, invoked, raised
from tests.support.tables import create_tables

INPUT = json.loads((WORKFLOWS / "order_processing.input.json").read_text(encoding="utf-8"))
ORDER_ID, CORRELATION_ID = INPUT["orderId"], INPUT["correlationId"]
_AT = "2026-01-02T03:04:05.678Z"
_STOCKED, _ORDERED = 10, 2
_APPROVED = "sandbox_approve"
_NAMED = ("userId", "total", "currency", "items")  # what ValidateOrder and LoadOrder ask for
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_NAMESPACE": "Orderflow",
    "POWERTOOLS_TRACE_DISABLED": "true",
    "SERVICE_VERSION": "test",
    "PAYMENT_PROVIDER": "sandbox",
}


def _order(quantity: int = _ORDERED) -> dict[str, Any]:
    order = Order(
        order_id=ORDER_ID,
        user_id="5a1f3c1e-7b0d-4d53-9b8e-0c6b1f6d2a10",
        lines=(OrderLine("ITEM001", "Enamel mug", quantity, 1999),),
        currency="EUR",
        shipping_address=Address("Am Markt 1", "Jena", "07743", "DE"),
        history=(HistoryEntry(OrderStatus.PENDING, _AT, "customer"),),
        created_at=_AT,
        updated_at=_AT,
    )
    return order_records.to_record(NewOrder(order, CORRELATION_ID, _APPROVED))


# The stored order, as far as the workflow asks for it, in DynamoDB JSON.
ORDER: dict[str, Any] = to_item({name: _order()[name] for name in _NAMED})
CLAIMED = {"Attributes": {"status": {"S": "PROCESSING"}, **ORDER}}


def claimed(total: int) -> dict[str, Any]:
    """Return what the claim of an order of that total answers."""
    return {"Attributes": {**CLAIMED["Attributes"], "total": {"N": str(total)}}}


@contextmanager
def _world(token: str = _APPROVED, stocked: int = _STOCKED) -> Iterator[None]:
    with mock.patch.dict(os.environ, _ENVIRONMENT), mock_aws():
        aws.client.cache_clear()
        dynamodb = aws.client("dynamodb")
        tables = create_tables(
            dynamodb, "mocks", "orders", "payments", "payment-requests", "products", "stock", "reservations"
        )
        os.environ |= {f"{name.upper().replace('-', '_')}_TABLE": table for name, table in tables.items()}
        product = Product("ITEM001", ProductFacts("Enamel mug", "kitchen", 1999, ""), "EUR", _AT, _AT)
        stock = {"productId": "ITEM001", "available": stocked, "reserved": 0, "sold": 0, "updatedAt": _AT}
        rows = {
            "orders": {**_order(), "paymentToken": token},
            **({"products": product_records.to_record(product), "stock": stock} if stocked else {}),
        }
        for table, row in rows.items():
            dynamodb.put_item(TableName=tables[table], Item=to_item(row))
        try:
            yield
        finally:
            aws.client.cache_clear()


def _invoke(function: str, **payload: Any) -> dict[str, Any]:
    handler = importlib.import_module(f"handlers.{function}").handler
    return invoked(handler({"orderId": ORDER_ID, "correlationId": CORRELATION_ID, **payload}, None))


def _failure(function: str, **payload: Any) -> Failure:
    try:
        answer = _invoke(function, **payload)
    except Exception as error:  # noqa: BLE001 - whatever a function raises is what Step Functions reports
        return raised(error)
    raise AssertionError(f"{function} was to fail and answered {answer}")


def _reserve() -> dict[str, Any]:
    return {"function": "catalog.reserve_stock", "lines": ORDER["items"]["L"]}


def _hold() -> dict[str, Any]:
    asked = {"requestedBy": "order", "amount": ORDER["total"]["N"], "currency": "EUR"}
    return {"function": "payments.authorize_payment", **asked}


def _take() -> dict[str, Any]:
    return {"function": "payments.capture_payment", "paymentId": f"pay_{ORDER_ID}"}


def _give_up() -> dict[str, Any]:
    return {"function": "payments.void_payment", "requestedBy": "order", "reason": "PaymentTimeoutError"}


def _pay() -> None:
    """Do the three steps; the last one is the machine's own write."""
    _invoke(**_hold())
    _invoke(**_take())
    aws.client("dynamodb").update_item(
        TableName=os.environ["PAYMENTS_TABLE"],
        Key=to_item({"paymentId": f"pay_{ORDER_ID}"}),
        UpdateExpression="SET #status = :captured",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues=to_item({":captured": "CAPTURED"}),
    )


def _refund() -> dict[str, Any]:
    return {"function": "payments.refund_payment", "reason": "TECHNICAL_FAILURE"}


@cache
def reserved() -> dict[str, Any]:
    with _world():
        return _invoke(**_reserve())


@cache
def out_of_stock() -> Failure:
    with _world(stocked=_ORDERED - 1):
        return _failure(**_reserve())


@cache
def unknown_product() -> Failure:
    with _world(stocked=0):
        return _failure(**_reserve())


@cache
def stock_busy() -> Failure:
    return raised(StockBusyError())  # a race cannot be run to order


@cache
def released() -> dict[str, Any]:
    with _world():
        _invoke(**_reserve())
        return _invoke("catalog.release_stock")


@cache
def nothing_released() -> dict[str, Any]:
    with _world():
        return _invoke("catalog.release_stock")


@cache
def authorized() -> dict[str, Any]:
    with _world():
        return _invoke(**_hold())


@cache
def taken() -> dict[str, Any]:
    with _world():
        _invoke(**_hold())
        return _invoke(**_take())


@cache
def declined() -> Failure:
    with _world("sandbox_decline"):
        return _failure(**_hold())


@cache
def hold_gone() -> Failure:
    return raised(PaymentDeclinedError("authorization_gone"))  # the sandbox holds for ever


@cache
def payment_closed() -> Failure:
    with _world():
        _invoke(**_refund())
        return _failure(**_hold())


@cache
def payment_in_progress() -> Failure:
    with _world("sandbox_timeout"):
        _failure(**_hold())
        return _failure("payments.find_payment_outcome")


@cache
def provider_unavailable() -> Failure:
    with _world("sandbox_rate_limited"):
        return _failure(**_hold())


@cache
def payment_timeout() -> Failure:
    with _world("sandbox_timeout"):
        return _failure(**_hold())


@cache
def given_up() -> dict[str, Any]:
    with _world():
        _invoke(**_hold())
        return _invoke(**_give_up())


@cache
def captured_after_all() -> dict[str, Any]:
    with _world():
        _pay()
        return _invoke(**_give_up())


@cache
def nothing_to_give_up() -> dict[str, Any]:
    with _world():
        return _invoke(**_give_up())


@cache
def outcome_captured() -> dict[str, Any]:
    with _world():
        _pay()
        return _invoke("payments.find_payment_outcome")


@cache
def outcome_declined() -> Failure:
    with _world("sandbox_decline"):
        _failure(**_hold())
        return _failure("payments.find_payment_outcome")


@cache
def outcome_missing() -> Failure:
    with _world():
        return _failure("payments.find_payment_outcome")


@cache
def refunded() -> dict[str, Any]:
    with _world():
        _pay()
        return _invoke(**_refund())


@cache
def voided() -> dict[str, Any]:
    with _world("sandbox_timeout"):
        _failure(**_hold())
        return _invoke(**_refund())


@cache
def nothing_to_refund() -> dict[str, Any]:
    with _world():
        return _invoke(**_refund())


class _Told:
    """A Step Functions client that remembers what a wait was told."""

    def send_task_success(self, *, taskToken: str, output: str) -> None:  # noqa: N803 - boto3's name
        self.result = json.loads(output)

    def send_task_failure(self, *, taskToken: str, error: str, cause: str) -> None:  # noqa: N803 - boto3's name
        self.failure: Failure = (error, cause)


@cache
def approved() -> dict[str, Any]:
    told = _Told()
    StepFunctionsWaits(told).go_on("token")
    result: dict[str, Any] = told.result
    return result


def _given_up(why: OrderflowError) -> Failure:
    told = _Told()
    StepFunctionsWaits(told).give_up("token", why)
    return told.failure


@cache
def review_rejected() -> Failure:
    return _given_up(ReviewRejectedError(ORDER_ID))


@cache
def review_expired() -> Failure:
    return _given_up(ReviewExpiredError(ORDER_ID))


@cache
def changed_elsewhere() -> Failure:
    return _given_up(OrderChangedElsewhereError(ORDER_ID))


@cache
def review_notice_unavailable() -> Failure:
    return raised(ReviewNoticeUnavailableError("The review topic could not be reached; try again."))


def message_of(failure: Failure) -> str:
    """Return what the function said, out of the cause that Step Functions reports."""
    return str(json.loads(failure[1])["errorMessage"])
