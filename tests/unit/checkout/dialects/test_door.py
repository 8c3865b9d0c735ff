"""What each mode takes from each version, and what the core gets of it."""

from decimal import Decimal
from typing import Any

import pytest

from orderflow.checkout.dialects.errors import QuantityNotInSchemaError
from orderflow.checkout.dialects.version import CURRENT, OLDER, Mode
from orderflow.checkout.protocol import wire_error
from orderflow.contract import SchemaError
from tests.support.dialects import Speaker, speaker


def speaking(version: str | None, mode: Mode = Mode.STANDARD) -> Speaker:
    return speaker(version, mode, default_currency="eur")


def new(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"line_items": list(items), "currency": "usd", "capabilities": {}, **more}


def refusal(call: Any, body: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises((SchemaError, QuantityNotInSchemaError)) as caught:
        call(body)
    return wire_error(caught.value)


# Defect 1: 2026-04-17 has no quantity on create and update.


def test_a_quantity_beside_the_id_is_taken_and_one_where_there_is_none() -> None:
    asked = speaking(CURRENT).create(new({"id": "shirt", "quantity": 3}, {"id": "mug"}))
    assert asked.body["line_items"] == [{"id": "shirt", "quantity": 3}, {"id": "mug", "quantity": 1}]
    assert speaking(CURRENT).update({"line_items": [{"id": "mug"}]}).body == {
        "line_items": [{"id": "mug", "quantity": 1}]
    }


def test_a_strict_server_refuses_the_quantity_that_the_schema_does_not_have() -> None:
    strict = speaking(CURRENT, Mode.STRICT)
    assert strict.create(new({"id": "shirt"})).body["line_items"] == [{"id": "shirt", "quantity": 1}]
    for call, body in (
        (strict.create, new({"id": "mug"}, {"id": "shirt", "quantity": 1})),
        (strict.update, {"line_items": [{"id": "mug"}, {"id": "shirt", "quantity": 1}]}),
    ):
        told = refusal(call, body)
        assert (told["type"], told["param"]) == ("invalid_request", "$.line_items[1].quantity")


@pytest.mark.parametrize("quantity", [0, -1, Decimal("1.5"), "2", True, None])
def test_a_quantity_of_the_current_version_is_a_whole_number_of_at_least_one(quantity: Any) -> None:
    told = refusal(speaking(CURRENT).create, new({"id": "shirt", "quantity": quantity}))
    assert told["param"] == "$.line_items[0].quantity"


def test_a_whole_number_with_a_point_is_whole_as_json_schema_has_it() -> None:
    asked = speaking(CURRENT).create(new({"id": "shirt", "quantity": Decimal("2.0")}))
    assert asked.body["line_items"] == [{"id": "shirt", "quantity": 2}]
    assert isinstance(asked.body["line_items"][0]["quantity"], int)
    assert speaking(OLDER).create({"items": [{"id": "shirt", "quantity": Decimal("3.0")}]}).notes == ()


# Defect 4: the older quantity is any number above 0.


@pytest.mark.parametrize(("quantity", "whole"), [(1, 1), (7, 7), (Decimal("2.5"), 2), (Decimal("0.2"), 1)])
def test_an_older_quantity_becomes_whole_pieces_never_more_than_asked_and_at_least_one(
    quantity: Any, whole: int
) -> None:
    asked = speaking(OLDER).create({"items": [{"id": "mug", "quantity": 1}, {"id": "tea", "quantity": quantity}]})
    assert asked.body["line_items"] == [{"id": "mug", "quantity": 1}, {"id": "tea", "quantity": whole}]


def test_a_fraction_that_was_rounded_is_told_in_the_answer_by_the_older_path() -> None:
    # Given
    older = speaking(OLDER)
    asked = older.create({"items": [{"id": "mug", "quantity": 1}, {"id": "tea", "quantity": Decimal("2.5")}]})
    # When
    told = older.session(SESSION, asked.notes)
    # Then
    assert told["messages"] == [
        {
            "type": "info",
            "param": "$.line_items[1].item.quantity",
            "content_type": "plain",
            "content": "Items are sold by the piece: 2.5 of tea became 2.",
        }
    ]
    assert older.session(SESSION)["messages"] == []


@pytest.mark.parametrize("quantity", [0, -1, "1", None])
def test_an_older_quantity_is_a_number_above_0(quantity: Any) -> None:
    told = refusal(speaking(OLDER).create, {"items": [{"id": "mug", "quantity": quantity}]})
    assert told["param"] == "$.items[0].quantity"


# Defect 6: the older gateway's own curl.

CURL = {"currency": "usd", "items": [{"id": "test_1", "quantity": 1}]}


@pytest.mark.parametrize("version", [None, CURRENT, OLDER])
def test_the_older_gateways_curl_works_where_the_mode_is_lenient(version: str | None) -> None:
    asked = speaking(version, Mode.LENIENT).create(dict(CURL))
    assert asked.body == {"currency": "eur", "capabilities": {}, "line_items": [{"id": "test_1", "quantity": 1}]}
    told = "This shop sells in eur; the session is not in the currency that was named."
    assert asked.notes == ({"type": "info", "param": "$.currency", "content_type": "plain", "content": told},)


@pytest.mark.parametrize("version", [None, CURRENT, OLDER])
def test_the_older_gateways_curl_in_the_shops_currency_needs_no_message(version: str | None) -> None:
    for named in ({"currency": "eur"}, {"currency": "EUR"}, {}):
        asked = speaking(version, Mode.LENIENT).create({"items": CURL["items"], **named})
        assert (asked.body["currency"].lower(), asked.notes) == ("eur", ())


def test_only_the_older_gateways_shape_gets_another_currency_than_it_names() -> None:
    body = {"currency": "usd", "line_items": [{"id": "test_1"}]}
    asked = speaking(CURRENT, Mode.LENIENT).create(body)
    assert (asked.body["currency"], asked.notes) == ("usd", ())


@pytest.mark.parametrize("mode", [Mode.STANDARD, Mode.STRICT])
@pytest.mark.parametrize(("version", "param"), [(CURRENT, "$.capabilities"), (OLDER, "$.currency")])
def test_the_older_gateways_curl_is_refused_elsewhere(version: str, param: str, mode: Mode) -> None:
    assert refusal(speaking(version, mode).create, dict(CURL))["param"] == param


def test_a_lenient_server_still_refuses_what_makes_no_sense() -> None:
    lenient = speaking(None, Mode.LENIENT)
    assert refusal(lenient.create, {"items": []})["param"] == "$.line_items"
    assert refusal(lenient.create, {"items": [{"quantity": 1}]})["param"] == "$.line_items[0].id"
    assert refusal(lenient.update, {"selected_fulfillment_options": ["fast"]})["param"] == (
        "$.selected_fulfillment_options[0]"
    )
    assert refusal(lenient.complete, {"payment_data": "spt_1"})["param"] == "$.payment_data"


# The older requests, in the core's words.


def test_an_older_create_names_no_currency_and_gets_the_shops() -> None:
    asked = speaking(OLDER).create(
        {"items": [{"id": "mug", "quantity": 1}], "buyer": BUYER, "fulfillment_address": HOME}
    )
    assert asked.body == {
        "currency": "eur",
        "capabilities": {},
        "line_items": [{"id": "mug", "quantity": 1}],
        "buyer": BUYER,
        "fulfillment_details": {"name": "Jo Doe", "address": HOME},
    }


def test_an_older_update_chooses_an_option_for_all_items() -> None:
    assert speaking(OLDER).update({"fulfillment_option_id": "express"}).body == {
        "selected_fulfillment_options": [{"type": "shipping", "option_id": "express", "item_ids": []}]
    }
    assert speaking(OLDER).update({}).body == {}


def test_an_older_complete_pays_by_the_shops_one_handler() -> None:
    paid = {"token": "spt_1", "provider": "stripe", "billing_address": HOME}
    assert speaking(OLDER).complete({"buyer": BUYER, "payment_data": paid}).body == {
        "buyer": BUYER,
        "payment_data": {
            "handler_id": "card",
            "instrument": {"type": "card", "credential": {"type": "spt", "token": "spt_1"}},
            "billing_address": HOME,
        },
    }


@pytest.mark.parametrize("version", [CURRENT, OLDER])
def test_a_cancel_may_say_why_and_needs_not(version: str) -> None:
    why = {"intent_trace": {"reason_code": "comparison", "metadata": {"shops": 3}}}
    assert speaking(version).cancel({}).body == {}
    assert speaking(version).cancel(why).body == why
    told = refusal(speaking(version).cancel, {"intent_trace": {"reason_code": 7}})
    assert told["param"] == "$.intent_trace.reason_code"


@pytest.mark.parametrize("version", [CURRENT, OLDER])
def test_a_cancel_may_say_a_reason_that_nobody_published(version: str) -> None:
    """The schema: servers SHOULD accept unrecognized values. What was said is kept as it was said."""
    why = {"intent_trace": {"reason_code": "bored"}}
    assert speaking(version).cancel(why).body == why


def test_a_conversion_leaves_what_it_was_given_as_it_was() -> None:
    body = {
        "items": [{"id": "mug", "quantity": Decimal("2.5")}],
        "buyer": dict(BUYER),
        "fulfillment_address": dict(HOME),
    }
    speaking(OLDER).create(body)
    assert body == {"items": [{"id": "mug", "quantity": Decimal("2.5")}], "buyer": BUYER, "fulfillment_address": HOME}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("version", [CURRENT, OLDER])
def test_a_field_that_a_version_does_not_know_is_named(version: str, mode: Mode) -> None:
    for call in (speaking(version, mode).create, speaking(version, mode).update, speaking(version, mode).complete):
        body = {
            "items": [{"id": "a", "quantity": 1}],
            "payment_data": {"token": "a", "provider": "stripe"},
            "zzz": 1,
        }
        told = refusal(call, body)
        assert told["param"].startswith("$.")


BUYER = {"first_name": "Jo", "last_name": "Doe", "email": "jo@shop.example", "phone_number": "1555"}
HOME = {
    "name": "Jo Doe",
    "line_one": "1 Main St",
    "city": "Springfield",
    "state": "IL",
    "country": "US",
    "postal_code": "62701",
}
SESSION: dict[str, Any] = {
    "id": "cs_1",
    "status": "ready_for_payment",
    "currency": "eur",
    "line_items": [],
    "totals": [],
    "fulfillment_options": [],
    "messages": [],
    "links": [],
    "capabilities": {},
}
