"""The stores of orders on DynamoDB keep the promises of the one in memory, and tell passing failures from defects."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from orderflow.orders.errors import OrderNotFoundError
from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.orders.order_store import DynamoOrderStore
from orderflow.orders.payment_terms import PaymentTerms, read_payment_terms
from orderflow.orders.payment_terms_store import DynamoPaymentTermsStore
from orderflow.orders.status import OrderStatus
from orderflow.runtime.dynamo import StoreUnavailableError
from orderflow.runtime.idempotency.errors import KeyTakenError
from orderflow.runtime.idempotency.record_store import DynamoRecords
from orderflow.runtime.trail import Author
from tests.support.order_store_contract import FIRST, OrderStoreContract
from tests.support.orders import answered, new_order
from tests.support.trail import author


class BothStores(DynamoIntakeStore, DynamoOrderStore):
    """Intake's store and the order store on the same table."""

    def __init__(self, client: Any, tables: dict[str, str]) -> None:
        DynamoIntakeStore.__init__(
            self, client, orders=tables["orders"], idempotency=tables["idempotency"], author=author(tables)
        )
        DynamoOrderStore.__init__(self, client, tables["orders"])
        self.records = DynamoRecords(client, tables["idempotency"])


@pytest.fixture
def store(dynamodb: Any, tables: dict[str, str]) -> BothStores:
    return BothStores(dynamodb, tables)


class TestDynamoOrders(OrderStoreContract):
    pass


class Recorded:
    """A client that notes what it was asked, and answers with an error when told to."""

    def __init__(self, client: Any, error: Exception | None = None) -> None:
        self._client, self._error, self.calls = client, error, []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self.calls.append((name, arguments))
            if self._error:
                raise self._error
            return getattr(self._client, name)(**arguments)

        return call


def aws_error(code: str, **more: Any) -> ClientError:
    response = {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": 400}, **more}
    return ClientError(response, "Operation")


def test_reading_never_asks_for_the_payment_token(dynamodb: Any, tables: dict[str, str], store: BothStores) -> None:
    store.add(new_order(FIRST))
    client = Recorded(dynamodb)
    reader = DynamoOrderStore(client, tables["orders"])
    reader.find(FIRST)
    reader.page("customer-1", OrderStatus.PENDING, 20, None)
    for _, arguments in client.calls:
        assert set(arguments["ExpressionAttributeNames"].values()).isdisjoint(
            {"paymentToken", "executionArn", "correlationId"}
        )
        assert arguments["ProjectionExpression"]


def test_the_workflows_reason_is_read_as_its_code(dynamodb: Any, tables: dict[str, str], store: BothStores) -> None:
    # Given what order_processing writes
    store.add(new_order(FIRST))
    reason = {"M": {"code": {"S": "OUT_OF_STOCK"}, "message": {"S": "Too few."}}}
    entry = {
        "status": {"S": "REJECTED"},
        "at": {"S": "2026-01-02T03:04:06Z"},
        "by": {"S": "workflow"},
        "reason": reason,
    }
    dynamodb.update_item(
        TableName=tables["orders"],
        Key={"orderId": {"S": FIRST}},
        UpdateExpression="SET #status = :status, statusReason = :reason, history = list_append(history, :entry)",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":status": {"S": "REJECTED"},
            ":reason": reason,
            ":entry": {"L": [{"M": entry}]},
        },
    )
    # When, then
    order = store.find(FIRST)
    assert (order.status_reason.code, order.status_reason.message) == ("OUT_OF_STOCK", "Too few.")
    assert [(each.status.value, each.by, each.reason) for each in order.history] == [
        ("PENDING", "customer", None),
        ("REJECTED", "workflow", "OUT_OF_STOCK"),
    ]


def test_each_page_of_a_rare_status_examines_the_same_number_of_orders_until_it_is_found(
    dynamodb: Any, tables: dict[str, str]
) -> None:
    # Given one old failed order below twenty others
    writer = DynamoIntakeStore(
        dynamodb, orders=tables["orders"], idempotency=tables["idempotency"], author=author(tables)
    )
    ids = [f"01JFR0ZEN000000000000000{n:02d}" for n in range(21)]
    for order_id in ids:
        writer.add(new_order(order_id, status=OrderStatus.FAILED if order_id == ids[0] else OrderStatus.PENDING))
    client = Recorded(dynamodb)
    reader = DynamoOrderStore(client, tables["orders"], examined=8)
    # When
    found, pages, before = [], 0, None
    while True:
        page, before = reader.page("customer-1", OrderStatus.FAILED, 5, before)
        found, pages = found + page, pages + 1
        if before is None:
            break
    # Then
    assert [order.order_id for order in found] == [ids[0]]
    assert pages == 3
    assert [(name, arguments["Limit"]) for name, arguments in client.calls] == [("query", 8)] * 3


CONTENDED = [{"Code": "TransactionConflict"}, {"Code": "None"}]


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (aws_error("ThrottlingException"), StoreUnavailableError),
        (ReadTimeoutError(endpoint_url="https://dynamodb"), StoreUnavailableError),
        (aws_error("ResourceNotFoundException"), ClientError),
        (aws_error("TransactionCanceledException", CancellationReasons=CONTENDED), KeyTakenError),
    ],
)
def test_a_failed_write_says_whether_it_may_pass(error: Exception, raised: type[Exception]) -> None:
    store = DynamoIntakeStore(
        Recorded(None, error), orders="orders", idempotency="idempotency", author=Author("trail", "u", "r")
    )
    with pytest.raises(raised):
        store.add_once(new_order(FIRST), answered("key"))


def test_payment_terms_are_read_by_exactly_the_granted_attributes(
    dynamodb: Any, tables: dict[str, str], store: BothStores
) -> None:
    store.add(new_order(FIRST))
    client = Recorded(dynamodb)
    terms = read_payment_terms(FIRST, DynamoPaymentTermsStore(client, tables["orders"]))
    assert terms == PaymentTerms(FIRST, "customer-1", 3998, "EUR", "sandbox_approve", OrderStatus.PENDING)
    ((_, asked),) = client.calls
    assert set(asked["ExpressionAttributeNames"].values()) == {
        "orderId", "userId", "status", "total", "currency", "paymentToken",
    }  # fmt: skip
    assert "sandbox_approve" not in repr(terms)


def test_the_terms_of_an_order_that_is_not_there_are_a_named_error(dynamodb: Any, tables: dict[str, str]) -> None:
    with pytest.raises(OrderNotFoundError):
        read_payment_terms(FIRST, DynamoPaymentTermsStore(dynamodb, tables["orders"]))
