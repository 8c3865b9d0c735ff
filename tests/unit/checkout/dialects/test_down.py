"""What the newer version has no equal for becomes the nearest thing an older agent can act on."""

from typing import Any

import pytest

from orderflow.checkout.dialects import down
from orderflow.checkout.dialects.version import CURRENT, OLDER, Mode
from orderflow.contract import SchemaError
from tests.support.dialects import speaker


def session(**parts: Any) -> dict[str, Any]:
    return {
        "id": "cs_1",
        "status": "ready_for_payment",
        "currency": "usd",
        "line_items": [],
        "totals": [],
        "fulfillment_options": [],
        "messages": [],
        "links": [],
        "capabilities": {},
        **parts,
    }


def total(kind: str, amount: int) -> dict[str, Any]:
    return {"type": kind, "display_text": kind.title(), "amount": amount}


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("incomplete", "not_ready_for_payment"),
        ("not_ready_for_payment", "not_ready_for_payment"),
        ("requires_escalation", "not_ready_for_payment"),
        ("authentication_required", "not_ready_for_payment"),
        ("ready_for_payment", "ready_for_payment"),
        ("pending_approval", "in_progress"),
        ("complete_in_progress", "in_progress"),
        ("in_progress", "in_progress"),
        ("completed", "completed"),
        ("canceled", "canceled"),
        ("expired", "canceled"),
    ],
)
def test_a_status_becomes_the_one_an_older_agent_acts_on_in_the_same_way(status: str, told: str) -> None:
    assert down.session(session(status=status))["status"] == told


def test_a_line_tells_its_amounts_and_they_add_up() -> None:
    line = {
        "id": "li_1",
        "item": {"id": "shirt"},
        "quantity": 2,
        "unit_amount": 1000,
        "totals": [
            total("items_base_amount", 2000),
            total("items_discount", 300),
            total("subtotal", 1700),
            total("discount", 200),
            total("tax", 150),
            total("total", 1650),
        ],
    }
    assert down.session(session(line_items=[line]))["line_items"] == [
        {
            "id": "li_1",
            "item": {"id": "shirt", "quantity": 2},
            "base_amount": 2000,
            "discount": 500,
            "subtotal": 1500,
            "tax": 150,
            "total": 1650,
        }
    ]


def test_a_line_without_totals_costs_its_pieces() -> None:
    line = {"id": "li_1", "item": {"id": "shirt"}, "quantity": 3, "unit_amount": 1000, "totals": []}
    (told,) = down.session(session(line_items=[line]))["line_items"]
    assert (told["base_amount"], told["discount"], told["total"]) == (3000, 0, 3000)


def test_discounts_that_come_as_negative_amounts_are_taken_off_as_well() -> None:
    line = {
        "id": "li_1",
        "item": {"id": "a"},
        "quantity": 1,
        "totals": [total("items_base_amount", 900), total("items_discount", -100)],
    }
    (told,) = down.session(session(line_items=[line]))["line_items"]
    assert (told["discount"], told["subtotal"], told["total"]) == (100, 800, 800)


def test_what_is_wrapped_tipped_or_credited_goes_where_the_sum_stays_right() -> None:
    shown = down.session(
        session(
            totals=[
                total("subtotal", 1000),
                total("fee", 50),
                total("gift_wrap", 20),
                total("tip", 5),
                total("store_credit", 100),
                total("total", 975),
                total("amount_refunded", 10),
            ]
        )
    )["totals"]
    assert [(each["type"], each["display_text"], each["amount"]) for each in shown] == [
        ("subtotal", "Subtotal", 1000),
        ("fee", "Fee", 75),
        ("discount", "Store_Credit", 100),
        ("total", "Total", 975),
    ]


def test_an_option_tells_what_it_costs_before_and_after_tax() -> None:
    option = {"type": "shipping", "id": "post", "title": "Post", "description": "slow", "carrier": "DHL"}
    costs = [total("fulfillment", 500), total("tax", 95), total("total", 595)]
    told = down.session(
        session(
            fulfillment_options=[{**option, "totals": costs}],
            selected_fulfillment_options=[{"type": "shipping", "option_id": "post", "item_ids": []}],
        )
    )
    assert told["fulfillment_options"] == [
        {
            "type": "shipping",
            "id": "post",
            "title": "Post",
            "subtitle": "slow",
            "carrier": "DHL",
            "subtotal": 500,
            "tax": 95,
            "total": 595,
        }
    ]
    assert told["fulfillment_option_id"] == "post"


@pytest.mark.parametrize(
    ("buyer", "first", "last"),
    [
        ({"full_name": "Jo van Doe"}, "Jo van", "Doe"),
        ({"full_name": "Cher"}, "", "Cher"),
        ({"first_name": "Jo", "last_name": "Doe", "full_name": "Somebody Else"}, "Jo", "Doe"),
        ({}, "", ""),
    ],
)
def test_a_buyer_has_the_two_names_that_an_older_agent_requires(buyer: dict, first: str, last: str) -> None:
    told = down.session(session(buyer={**buyer, "email": "jo@shop.example"}))["buyer"]
    assert told == {"first_name": first, "last_name": last, "email": "jo@shop.example"}


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("payment_declined", "payment_declined"),
        ("low_stock", "out_of_stock"),
        ("quantity_exceeded", "out_of_stock"),
        ("intervention_required", "requires_3ds"),
        ("requires_3ds", "requires_3ds"),
        ("coupon_expired", "invalid"),
        ("a_code_of_tomorrow", "invalid"),
    ],
)
def test_an_error_message_keeps_a_code_that_an_older_agent_knows(code: str, told: str) -> None:
    message = {"type": "error", "code": code, "content_type": "plain", "content": "No."}
    assert down.session(session(messages=[message]))["messages"] == [{**message, "code": told}]


@pytest.mark.parametrize(
    ("param", "told"),
    [
        ("$.line_items[1].quantity", "$.line_items[1].item.quantity"),
        ("$.line_items[1]", "$.line_items[1]"),
        ("$.fulfillment_details.address.country", "$.fulfillment_address.country"),
        ("$.fulfillment_details", "$.fulfillment_address"),
        ("$.selected_fulfillment_options[0].option_id", "$.fulfillment_option_id"),
        ("$.buyer.email", "$.buyer.email"),
    ],
)
def test_a_message_points_at_the_older_field(param: str, told: str) -> None:
    message = {"type": "warning", "code": "low_stock", "param": param, "content_type": "plain", "content": "Few."}
    assert down.session(session(messages=[message]))["messages"] == [
        {"type": "info", "param": told, "content_type": "plain", "content": "Few."}
    ]


@pytest.mark.parametrize(
    ("param", "told"),
    [
        ("$.line_items[1].quantity", "$.items[1].quantity"),
        ("$.items[1].quantity", "$.items[1].quantity"),
        ("$.payment_data.instrument.credential.token", "$.payment_data.token"),
        ("$.payment_data.handler_id", "$.payment_data.token"),
        ("$.payment_data.billing_address.name", "$.payment_data.billing_address.name"),
    ],
)
def test_an_error_points_at_the_field_of_the_older_request(param: str, told: str) -> None:
    error = {"type": "invalid_request", "code": "invalid", "message": "No.", "param": param}
    assert down.error(error) == {**error, "param": told}


def test_a_key_that_was_used_for_another_body_has_its_own_type_in_the_older_version() -> None:
    error = {"type": "invalid_request", "code": "idempotency_conflict", "message": "No."}
    assert down.error(error) == {**error, "type": "request_not_idempotent"}


def test_an_error_reaches_each_agent_in_its_own_version() -> None:
    body = {"line_items": [{"id": "a", "quantity": 0}], "currency": "usd", "capabilities": {}}
    current = speaker(CURRENT, Mode.STANDARD, default_currency="usd")
    older = speaker(OLDER, Mode.STANDARD, default_currency="usd")
    with pytest.raises(SchemaError) as caught:
        current.create(body)
    assert current.error(caught.value)["param"] == "$.line_items[0].quantity"
    assert older.error(caught.value)["param"] == "$.items[0].quantity"


def test_links_become_the_three_that_the_older_version_has() -> None:
    kinds = ["terms_of_use", "privacy_policy", "return_policy", "shipping_policy", "contact_us", "faq"]
    links = [{"type": kind, "title": kind, "url": f"https://shop.example/{kind}"} for kind in kinds]
    assert down.session(session(links=links))["links"] == [
        {"type": "terms_of_use", "url": "https://shop.example/terms_of_use"},
        {"type": "privacy_policy", "url": "https://shop.example/privacy_policy"},
        {"type": "seller_shop_policies", "url": "https://shop.example/return_policy"},
        {"type": "seller_shop_policies", "url": "https://shop.example/shipping_policy"},
    ]


@pytest.mark.parametrize(("handlers", "told"), [([{"id": "card"}], True), ([], False)])
def test_a_provider_is_named_where_there_is_a_way_to_pay(handlers: list, told: bool) -> None:
    assert ("payment_provider" in down.session(session(capabilities={"payment": {"handlers": handlers}}))) is told


def adjustment(kind: str, status: str, amount: int | None) -> dict[str, Any]:
    given = {"id": "adj_1", "type": kind, "occurred_at": "2026-01-02T00:00:00Z", "status": status}
    return given if amount is None else {**given, "amount": amount}


def test_an_order_event_tells_the_refunds_that_were_paid() -> None:
    order = {
        "type": "order",
        "id": "ord_1",
        "checkout_session_id": "cs_1",
        "permalink_url": "https://shop.example/orders/1",
        "status": "shipped",
        "adjustments": [
            adjustment("refund", "completed", 500),
            adjustment("refund", "pending", 300),
            adjustment("credit", "completed", 200),
            adjustment("return", "completed", None),
            adjustment("refund", "completed", None),
        ],
    }
    assert down.webhook({"type": "order_update", "data": order}) == {
        "type": "order_update",
        "data": {
            "type": "order",
            "checkout_session_id": "cs_1",
            "permalink_url": "https://shop.example/orders/1",
            "status": "shipped",
            "refunds": [{"type": "original_payment", "amount": 500}, {"type": "store_credit", "amount": 200}],
        },
    }


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("created", "created"),
        ("manual_review", "manual_review"),
        ("confirmed", "confirmed"),
        ("processing", "confirmed"),
        ("shipped", "shipped"),
        ("completed", "fulfilled"),
        ("canceled", "canceled"),
        ("a_status_of_tomorrow", "confirmed"),
        (None, "created"),
    ],
)
def test_an_order_has_a_status_of_the_older_version(status: str | None, told: str) -> None:
    order = {"checkout_session_id": "cs_1", "permalink_url": "https://shop.example", "status": status}
    given = {key: value for key, value in order.items() if value is not None}
    assert down.webhook({"type": "order_create", "data": given})["data"]["status"] == told
