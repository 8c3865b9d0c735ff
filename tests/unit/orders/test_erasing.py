"""What a finished order tells of its customer goes; what the books need stays, and so does an order on its way."""

from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft4Validator

from orderflow.catalog.stock import StockLine
from orderflow.orders.erasing import Traces
from orderflow.orders.erasure_records import ERASED, without_customer
from orderflow.orders.movement import Movement, MovementKind
from orderflow.orders.movement_records import to_record as movement_record
from orderflow.orders.order_records import from_record, to_record
from orderflow.orders.reading import as_json
from orderflow.orders.status import OrderStatus
from orderflow.runtime.idempotency.once import Once
from tests.support.contract_document import as_draft_4
from tests.support.orders import ADMIN, new_order

AT = "2026-01-02T03:04:05.678Z"
LINES = (StockLine("ITEM001", 2),)
WORDS = "Mrs Lovelace of Elm Street"


def told() -> dict[str, Any]:
    """Return the record of an order in which every place where people write names somebody."""
    address = {"street": WORDS, "city": "Lovelace", "zipCode": "LOVELACE 1", "country": "DE"}
    sent = Movement(
        "shp_01JFR0ZEN00000000000000002", MovementKind.SHIPMENT, OrderStatus.SHIPPED, AT, "c-1", lines=LINES
    )
    back = Movement("ret_01JFR0ZEN00000000000000003", MovementKind.RETURN, OrderStatus.RETURNED, AT, "c-2", lines=LINES)
    movements = [
        replace(sent, carrier="DHL", tracking_number="LOVELACE1"),
        replace(back, reason=WORDS, once=Once("1", "2")),
    ]
    return {
        **to_record(replace(new_order(status=OrderStatus.RETURNED), payment_token="card-of-lovelace")),
        "shippingAddress": address,
        "statusReason": {"code": "CANCELLED_BY_CUSTOMER", "message": WORDS},
        "history": [
            {"status": "PENDING", "at": AT, "by": "customer"},
            {"status": "PROCESSING", "at": AT, "by": "admin", "reason": {"code": "REVIEW_APPROVE", "message": WORDS}},
        ],
        "movements": [movement_record(movement) for movement in movements],
        "review": {"verdict": "APPROVE", "by": "admin-1", "at": AT, "reason": WORDS},
    }


def test_nothing_that_anybody_wrote_is_left_and_no_way_to_the_door() -> None:
    left = {**told(), **without_customer(told())}
    assert "lovelace" not in str(left).lower()


def test_what_the_books_need_stays() -> None:
    before, after = told(), {**told(), **without_customer(told())}
    kept = ("orderId", "userId", "items", "subtotal", "tax", "total", "currency", "refunded", "createdAt", "status")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert after["shippingAddress"]["country"] == "DE"
    assert (after["statusReason"]["code"], after["history"][1]["reason"]["code"]) == (
        "CANCELLED_BY_CUSTOMER",
        "REVIEW_APPROVE",
    )
    assert after["history"][0] == before["history"][0]
    assert after["movements"][0]["carrier"] == "DHL"
    assert after["movements"][1]["once"] == before["movements"][1]["once"]


def test_an_order_that_tells_nothing_has_nothing_to_erase() -> None:
    assert without_customer({**told(), **without_customer(told())}) == {}


def test_what_was_never_there_is_not_written() -> None:
    assert set(without_customer(to_record(new_order()))) == {"shippingAddress", "paymentToken"}


def test_an_order_without_its_customer_is_still_what_the_contract_says() -> None:
    left = from_record({**told(), **without_customer(told())})
    assert left.shipping_address.street == ERASED
    order = as_draft_4({"$ref": "#/components/schemas/Order"})
    assert [error.message for error in Draft4Validator(order).iter_errors(as_json(left, ADMIN))] == []


@pytest.mark.parametrize("status", OrderStatus)
def test_an_address_is_needed_until_the_goods_are_there_or_will_never_be(status: OrderStatus) -> None:
    on_their_way = {"PENDING", "PROCESSING", "REVIEW", "CONFIRMED", "SHIPPED"}
    assert Traces("o-1", "u-1", status, 1, has_work=False, without={}).is_needed == (status.value in on_their_way)


def test_an_order_with_work_left_is_needed_whatever_its_status() -> None:
    assert Traces("o-1", "u-1", OrderStatus.CANCELLED, 1, has_work=True, without={}).is_needed
