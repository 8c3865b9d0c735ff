"""The bodies that the API takes and refuses, by the validators that the handlers call."""

import copy
import importlib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from orderflow.contract import (
    SchemaError,
    adjust_stock_request,
    authenticate_customer_request,
    create_product_request,
    place_order_request,
    register_customer_request,
    update_product_request,
)
from tests.support.contract_document import operations, request_schemas
from tools.contract import snake_case

ADDRESS = {"street": "456 Test Ave", "city": "CmdVille", "zipCode": "98765", "country": "DE"}
LINE = {"productId": "ITEM001", "quantity": 1}
ORDER = {"items": [LINE], "shippingAddress": ADDRESS}
PERSON = {"email": "ada@example.com", "password": "CmdP@$$wOrd123!", "firstName": "Ada", "lastName": "Lovelace"}
PRODUCT = {"productId": "MUG-01", "name": "Blue mug", "category": "kitchen", "price": 1250}

EXAMPLES = [
    pytest.param(o.body, value, id=f"{o.body}-{i}")
    for o in operations()
    if o.body
    for i, (where, _, value) in enumerate(o.examples())
    if where.endswith("body")
]


def finding(module: Any, body: Any) -> str | None:
    """Return the field that a body is refused for, None when it is taken. The body travels as JSON, as in a handler."""
    try:
        module.validate(json.loads(json.dumps(body), parse_float=Decimal))
    except SchemaError as error:
        return error.field
    return None


def with_line(**changes: Any) -> dict[str, Any]:
    return {**ORDER, "items": [{**LINE, **changes}]}


@pytest.mark.parametrize(("name", "body"), EXAMPLES)
def test_what_the_document_shows_is_taken(name: str, body: Any) -> None:
    assert finding(importlib.import_module(f"orderflow.contract.{snake_case(name)}"), body) is None


def test_the_older_clients_order_is_taken() -> None:
    body = {
        "userId": "4f1c2d3e-0000-4000-8000-1234567890ab",
        "items": [
            {"productId": "ITEM001", "productName": "Test Item Alpha", "quantity": 1, "price": 19.99},
            {"productId": "ITEM002", "productName": "Test Item Beta", "quantity": 2, "price": 7.50},
        ],
        "shippingAddress": ADDRESS,
    }
    assert finding(place_order_request, body) is None
    assert finding(register_customer_request, {**PERSON, "phoneNumber": "+11234567890"}) is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "items"),
        ({"items": [LINE]}, "shippingAddress"),
        ({**ORDER, "items": []}, "items"),
        ({**ORDER, "items": [LINE] * 51}, "items"),
        ({**ORDER, "items": {}}, "items"),
        (with_line(quantity=0), "items[0].quantity"),
        (with_line(quantity=1000), "items[0].quantity"),
        (with_line(quantity=1.0), "items[0].quantity"),
        (with_line(quantity=True), "items[0].quantity"),
        (with_line(quantity=None), "items[0].quantity"),
        (with_line(productId=""), "items[0].productId"),
        (with_line(productId="a/b"), "items[0].productId"),
        (with_line(productId="a" * 65), "items[0].productId"),
        (with_line(unitPrice=19.99), "items[0].unitPrice"),
        (with_line(unitPrice=-1), "items[0].unitPrice"),
        (with_line(price="19.99"), "items[0].price"),
        (with_line(productName="a\0b"), "items[0].productName"),
        (with_line(color="red"), "items[0].color"),
        ({**ORDER, "shippingAddress": {**ADDRESS, "country": "de"}}, "shippingAddress.country"),
        ({**ORDER, "shippingAddress": {**ADDRESS, "country": "DEU"}}, "shippingAddress.country"),
        ({**ORDER, "shippingAddress": {**ADDRESS, "street": " "}}, "shippingAddress.street"),
        ({**ORDER, "shippingAddress": {**ADDRESS, "city": "a\nb"}}, "shippingAddress.city"),
        ({**ORDER, "shippingAddress": {**ADDRESS, "zipCode": "1" * 17}}, "shippingAddress.zipCode"),
        ({**ORDER, "paymentMethod": {}}, "paymentMethod.token"),
        ({**ORDER, "paymentMethod": {"token": "4242 4242"}}, "paymentMethod.token"),
        ({**ORDER, "paymentMethod": {"token": "t", "cardNumber": "4242"}}, "paymentMethod.cardNumber"),
        ({**ORDER, "total": 1}, "total"),
        ([], "body"),
        (None, "body"),
    ],
)
def test_an_order_that_breaks_the_contract_is_refused_for_the_field_at_fault(body: Any, field: str) -> None:
    assert finding(place_order_request, body) == field


def test_limits_are_taken_at_their_edges() -> None:
    assert finding(place_order_request, {**ORDER, "items": [{**LINE, "quantity": 999}] * 50}) is None
    assert finding(place_order_request, with_line(productId="a" * 64, price=0, unitPrice=1_000_000_000)) is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"change": 5, "reason": "delivery"}, None),
        ({"change": -5, "reason": "breakage"}, None),
        ({"set": 0, "reason": "count"}, None),
        ({"change": 1}, "reason"),
        ({"reason": "nothing"}, "body"),
        ({"change": 1, "set": 1, "reason": "both"}, "body"),
        ({"change": 0, "reason": "nothing"}, "change"),
        ({"set": -1, "reason": "below"}, "set"),
        ({"change": 1.5, "reason": "half"}, "change"),
        ({"change": 1, "reason": " "}, "reason"),
    ],
)
def test_stock_is_either_changed_or_set_and_always_for_a_reason(body: Any, field: str | None) -> None:
    assert finding(adjust_stock_request, body) == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, None),
        ({"description": "two\nlines\tand a tab", "imageKeys": ["products/MUG-01/1.png"], "stock": 0}, None),
        ({"productId": "upload"}, "productId"),
        ({"price": 0}, "price"),
        ({"price": 12.5}, "price"),
        ({"currency": "euro"}, "currency"),
        ({"stock": -1}, "stock"),
        ({"name": "a" * 151}, "name"),
        ({"imageKeys": ["other/1.png"]}, "imageKeys[0]"),
        ({"imageKeys": ["products/1.png"] * 2}, "imageKeys"),
        ({"available": 5}, "available"),
    ],
)
def test_a_product_is_taken_only_whole_and_within_its_limits(changes: dict, field: str | None) -> None:
    assert finding(create_product_request, {**PRODUCT, **changes}) == field


def test_a_change_of_a_product_names_its_version_and_changes_something() -> None:
    assert finding(update_product_request, {"version": 1, "price": 5}) is None
    assert finding(update_product_request, {"price": 5, "name": "x"}) == "version"
    assert finding(update_product_request, {"version": 1}) == "body"
    assert finding(update_product_request, {"version": 0, "price": 5}) == "version"
    assert finding(update_product_request, {"version": 1, "stock": 5}) == "stock"


NO_ADDRESSES = [
    "",
    "ada",
    "@example.com",
    "ada@",
    "ada@localhost",
    "a da@b.com",
    "ada@b c.com",
    "a" * 120 + "@example.com",
]


@pytest.mark.parametrize("email", NO_ADDRESSES)
def test_what_is_no_e_mail_address_is_refused(email: str) -> None:
    assert finding(register_customer_request, {**PERSON, "email": email}) == "email"


def test_a_weak_password_is_for_the_user_pool_to_refuse_but_not_an_endless_one() -> None:
    assert finding(register_customer_request, {**PERSON, "password": "short"}) is None
    assert finding(register_customer_request, {**PERSON, "password": "a" * 257}) == "password"


def test_the_one_door_knows_its_actions_only() -> None:
    assert finding(authenticate_customer_request, {"action": "login"}) is None
    assert finding(authenticate_customer_request, {"action": "delete"}) == "action"
    assert finding(authenticate_customer_request, {}) == "action"


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 1001), st.floats(allow_nan=False, allow_infinity=False),
    st.just([]), st.just({}),
    # Without a line break at the end: there Python's `$` alone is laxer than ECMA's, which ours follows.
    st.text(max_size=300).filter(lambda text: not text.endswith("\n")),
)  # fmt: skip


def places(body: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) of a body."""
    keys = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    return [found for key, value in keys for found in [(body, key), *places(value)]]


@given(data=st.data())
@pytest.mark.parametrize(("name", "body"), EXAMPLES)
def test_the_validators_decide_as_an_independent_implementation_of_draft_4(
    name: str, body: Any, data: st.DataObject
) -> None:
    changed = copy.deepcopy(body)
    container, key = data.draw(st.sampled_from(places(changed)))
    if data.draw(st.booleans()) and isinstance(container, dict):
        container[data.draw(st.text(max_size=3))] = data.draw(JUNK)
    elif data.draw(st.booleans()):
        del container[key]
    else:
        container[key] = data.draw(JUNK)
    module = importlib.import_module(f"orderflow.contract.{snake_case(name)}")
    try:
        module.validate(changed)
        taken = True
    except SchemaError:
        taken = False
    assert taken == Draft4Validator(request_schemas()[name]).is_valid(changed)
