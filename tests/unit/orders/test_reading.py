"""Reading orders: yours only, newest first, and nothing that only processing may know."""

import json

import pytest

from orderflow.orders.errors import ForeignOrdersError, OrderNotFoundError
from orderflow.orders.order import HistoryEntry, StatusReason
from orderflow.orders.reading import as_json, get_order, list_orders
from orderflow.orders.status import OrderStatus
from orderflow.runtime.caller import Caller
from orderflow.runtime.errors import InvalidRequestError
from tests.support.orders import ADMIN, CUSTOMER, STRANGER, InMemoryOrders, new_order, order

FIRST, SECOND, THIRD = (f"01JFR0ZEN0000000000000000{n}" for n in (1, 2, 3))


@pytest.fixture
def store() -> InMemoryOrders:
    store = InMemoryOrders()
    for order_id in (FIRST, SECOND, THIRD):
        store.add(new_order(order_id))
    return store


def listed(store: InMemoryOrders, caller: Caller = CUSTOMER, **given):
    defaults = {"user_id": None, "status": None, "limit": 20, "token": None}
    orders, token = list_orders(caller, **{**defaults, **given}, store=store, cursor_key=lambda: b"key")
    return [each.order_id for each in orders], token


@pytest.mark.parametrize("caller", [CUSTOMER, ADMIN])
def test_the_owner_and_an_administrator_see_the_order(store: InMemoryOrders, caller: Caller) -> None:
    assert get_order(FIRST, caller, store).order_id == FIRST


@pytest.mark.parametrize("order_id", [FIRST, "01JFR0ZEN00000000000000009", "x", "", "../" * 50, FIRST.lower()])
def test_another_customers_order_and_one_that_is_not_there_are_the_same_404(
    store: InMemoryOrders, order_id: str
) -> None:
    with pytest.raises(OrderNotFoundError) as refused:
        get_order(order_id, STRANGER, store)
    assert (refused.value.code, refused.value.http_status) == ("ORDER_NOT_FOUND", 404)
    assert len(refused.value.message) < 120


def test_an_id_that_no_order_can_have_is_never_looked_up() -> None:
    with pytest.raises(OrderNotFoundError):
        get_order("no-ulid", CUSTOMER, store=None)  # type: ignore[arg-type] - touching it would fail


def test_a_list_is_the_callers_own_newest_first_page_by_page(store: InMemoryOrders) -> None:
    newest, token = listed(store, limit=2)
    assert (newest, listed(store, limit=2, token=token)) == ([THIRD, SECOND], ([FIRST], None))
    assert listed(store, STRANGER) == ([], None)


def test_only_an_administrator_lists_another_customers_orders(store: InMemoryOrders) -> None:
    assert listed(store, ADMIN, user_id=CUSTOMER.user_id)[0] == [THIRD, SECOND, FIRST]
    assert listed(store, CUSTOMER, user_id=CUSTOMER.user_id)[0] == [THIRD, SECOND, FIRST]
    with pytest.raises(ForeignOrdersError) as refused:
        listed(store, STRANGER, user_id=CUSTOMER.user_id)
    assert refused.value.http_status == 403


@pytest.mark.parametrize("changed", [{"status": OrderStatus.FAILED}, {"user_id": "customer-2"}])
def test_a_token_is_of_no_use_for_another_list(store: InMemoryOrders, changed: dict) -> None:
    _, token = listed(store, ADMIN, user_id=CUSTOMER.user_id, limit=1)
    with pytest.raises(InvalidRequestError):
        listed(store, ADMIN, **{"user_id": CUSTOMER.user_id, "token": token, **changed})


def test_an_order_is_shown_whole_and_in_the_contracts_words() -> None:
    failed = order(
        status=OrderStatus.FAILED,
        status_reason=StatusReason("TECHNICAL_FAILURE", "Something broke."),
        version=3,
        history=(
            HistoryEntry(OrderStatus.PENDING, "2026-01-02T03:04:05.678Z", "customer"),
            HistoryEntry(OrderStatus.FAILED, "2026-01-02T03:04:06.000Z", "workflow", "TECHNICAL_FAILURE"),
        ),
    )
    assert as_json(failed, CUSTOMER) == {
        "orderId": "01JFR0ZEN00000000000000001",
        "userId": "customer-1",
        "status": "FAILED",
        "statusReason": {"code": "TECHNICAL_FAILURE", "message": "Something broke."},
        "version": 3,
        "currency": "EUR",
        "items": [
            {
                "productId": "ITEM001",
                "productName": "The ITEM001",
                "quantity": 2,
                "unitPrice": 1999,
                "lineTotal": 3998,
                "discount": 0,
                "tax": 0,
                "shippedQuantity": 0,
                "returnedQuantity": 0,
            }
        ],
        "subtotal": 3998,
        "shipping": 0,
        "tax": 0,
        "discount": 0,
        "total": 3998,
        "refunded": 0,
        "shipments": [],
        "returns": [],
        "refunds": [],
        "shippingAddress": {"street": "456 Test Ave", "city": "CmdVille", "zipCode": "98765", "country": "DE"},
        "history": [
            {"status": "PENDING", "at": "2026-01-02T03:04:05.678Z", "by": "customer"},
            {"status": "FAILED", "at": "2026-01-02T03:04:06.000Z", "by": "workflow", "reason": "TECHNICAL_FAILURE"},
        ],
        "allowedActions": [],
        "createdAt": "2026-01-02T03:04:05.678Z",
        "updatedAt": "2026-01-02T03:04:05.678Z",
    }


def test_an_order_without_a_reason_shows_none() -> None:
    assert "statusReason" not in json.dumps(as_json(order(), CUSTOMER))
