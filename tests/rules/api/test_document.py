"""What the OpenAPI document promises to clients, to API Gateway and to the generator."""

from pathlib import Path

import pytest
from jsonschema import Draft4Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

from tests.support.contract_document import (
    PROTOCOL_REQUESTS,
    ROOT,
    Operation,
    as_draft_4,
    camel_case,
    document,
    operations,
    parts,
    request_schemas,
    schemas,
)

every_operation = pytest.mark.parametrize("operation", [pytest.param(o, id=o.name) for o in operations()])
every_request = pytest.mark.parametrize("name", sorted(request_schemas()))

# Keywords that mean the same in an OpenAPI 3.0 schema and in JSON Schema draft 4.
SHARED_KEYWORDS = {
    "$ref", "additionalProperties", "allOf", "anyOf", "description", "enum", "exclusiveMinimum", "items", "maxItems",
    "maxLength", "maximum", "minItems", "minLength", "minProperties", "minimum", "not", "oneOf", "pattern",
    "properties", "required", "type", "uniqueItems",
}  # fmt: skip


# Shapes of the checkout protocol whose routes are still to come.
REQUESTS_WITHOUT_ROUTE: set[str] = set()

# Objects that a protocol leaves open, to any field or to an agent's own.
OPEN_BY_PROTOCOL = {
    "AcpAffiliateAttribution", "AcpAnything", "AcpLabels", "AcpPaymentData.instrument",
    "AcpPaymentData.instrument.credential", "Acp20260417CancelSessionRequest",
    "Acp20260417CancelSessionRequest.intent_trace", "McpCallRequest.params", "McpNoticeRequest.params",
}  # fmt: skip

# API Gateway does not check these: it would refuse a request without a body. The function does.
OPTIONAL_BODIES = {"POST /orders/{orderId}/cancel", "POST /checkout_sessions/{checkoutSessionId}/cancel"}


def test_the_document_is_openapi_3_0() -> None:
    assert [error.message for error in OpenAPIV30SpecValidator(document()).iter_errors()] == []
    assert document()["openapi"] == "3.0.3"


def test_no_unquoted_comma_cut_a_text_in_two() -> None:
    def empty(value: object, where: str) -> list[str]:
        if isinstance(value, dict):
            return [found for key, inner in value.items() for found in empty(inner, f"{where}/{key}")]
        if isinstance(value, list):
            return [found for i, inner in enumerate(value) for found in empty(inner, f"{where}/{i}")]
        return [where] if value is None else []

    assert empty(document(), "") == []


@every_operation
def test_an_operation_names_the_function_that_serves_it(operation: Operation) -> None:
    function, context = operation.facts["x-orderflow-function"], operation.facts["tags"]
    assert operation.facts.get("x-orderflow-alias-of", operation.facts["operationId"]) == camel_case(function)
    assert [Path(ROOT, "src/handlers", tag, f"{function}.py").is_file() for tag in context] == [True]


def test_each_function_serves_one_operation_besides_its_aliases() -> None:
    served = [o.facts["x-orderflow-function"] for o in operations() if "x-orderflow-alias-of" not in o.facts]
    assert sorted(served) == sorted(set(served))


@every_operation
def test_a_body_is_a_named_request_schema_of_json(operation: Operation) -> None:
    if operation.method in ("get", "delete"):
        assert "requestBody" not in operation.facts
        return
    assert list(operation.facts["requestBody"]["content"]) == ["application/json"]
    assert operation.facts["requestBody"]["required"] is (operation.name not in OPTIONAL_BODIES)
    assert operation.signed_by or (operation.bodies and set(operation.bodies) <= set(request_schemas()))


def test_a_body_that_its_sender_signed_reaches_the_function_as_it_was_sent() -> None:
    signed = {operation.name: operation for operation in operations() if operation.signed_by}
    assert list(signed) == ["POST /webhooks/stripe"]
    for operation in signed.values():
        # Without a named schema there is no model at the edge; without a signature the edge lets nothing through.
        (media,) = operation.facts["requestBody"]["content"].values()
        assert set(media["schema"]) == {"type", "description"}
        headers = [each for each in operation.facts["parameters"] if each.get("in") == "header"]
        assert [(each["name"], each["required"]) for each in headers] == [(operation.signed_by, True)]
        assert operation.is_open


def test_no_request_schema_is_left_over() -> None:
    used = {body for operation in operations() for body in operation.bodies}
    assert used | REQUESTS_WITHOUT_ROUTE == set(request_schemas())
    assert used & REQUESTS_WITHOUT_ROUTE == set(), "these have their routes now: delete their rows"


def test_only_operations_of_the_protocol_take_its_requests() -> None:
    for operation in operations():
        assert bool(PROTOCOL_REQUESTS & {*operation.bodies}) == bool(operation.protocol and operation.bodies)


@every_request
def test_a_request_schema_is_valid_draft_4_in_the_words_it_shares_with_openapi(name: str) -> None:
    schema = request_schemas()[name]
    Draft4Validator.check_schema(schema)
    foreign = {
        where: sorted(set(part) - SHARED_KEYWORDS - {"$schema", "definitions"})
        for where, part in parts(schema, name)
        if set(part) - SHARED_KEYWORDS - {"$schema", "definitions"}
    }
    assert foreign == {}


@every_request
def test_a_request_refuses_unknown_fields_at_every_depth(name: str) -> None:
    lax = [
        where
        for where, part in parts(request_schemas()[name], name)
        if part.get("type") == "object"
        and part.get("additionalProperties") is not False
        and where not in OPEN_BY_PROTOCOL
    ]
    assert lax == []


@every_request
def test_everything_in_a_request_has_a_limit(name: str) -> None:
    limits = {
        "string": {"maxLength"},
        "integer": {"minimum", "maximum"},
        "number": {"minimum", "maximum"},
        "array": {"maxItems"},
    }
    fixed_length = {"Currency", "PhoneNumber", "Address.country", "OrderId"}
    limitless = [
        where
        for where, part in parts(request_schemas()[name], name)
        if not limits.get(part.get("type"), set()) <= set(part) and "enum" not in part and where not in fixed_length
    ]
    assert limitless == []


@every_request
def test_text_in_a_request_takes_no_control_characters(name: str) -> None:
    for where, part in parts(request_schemas()[name], name):
        if part.get("type") == "string" and "enum" not in part:
            refused = ["a\0b", "a\x1fb", "a\x7fb"]
            assert [Draft4Validator(part).is_valid(text) for text in refused] == [False] * 3, where


@every_operation
def test_every_answer_that_can_happen_is_described(operation: Operation) -> None:
    expected = {"429", "500", "502", "504"}
    if not operation.is_open:
        expected |= {"401", "403"}
    if operation.body:
        expected |= {"400", "413", "415"}
    if operation.signed_by:
        expected |= {"400", "413"}
    if "{" in operation.path:
        expected |= {"404"}
    assert expected <= set(operation.responses())
    assert [status for status in operation.responses() if status.startswith("2")]


@every_operation
def test_every_refusal_has_the_error_shape_and_every_answer_its_request_id(operation: Operation) -> None:
    for status, answer in operation.responses().items():
        assert {"X-Request-Id", "X-Correlation-Id"} <= set(answer["headers"]), status
        if status == "204":
            assert "content" not in answer
        elif status >= "400" and operation.path != "/health":
            error = "CheckoutError" if operation.protocol else "Error"
            if operation.path == "/mcp" and status in ("400", "404"):
                error = "McpAnswer"  # what is no message is told so in JSON-RPC's words
            assert answer["content"]["application/json"]["schema"] == {"$ref": f"#/components/schemas/{error}"}, status


def test_whoever_must_wait_is_told_how_long() -> None:
    waiting = {
        o.name: answer["headers"] for o in operations() for status, answer in o.responses().items() if status == "429"
    }
    assert [name for name, headers in waiting.items() if "Retry-After" not in headers] == []


@every_operation
def test_every_example_fits_its_schema(operation: Operation) -> None:
    examples = list(operation.examples())
    bodies = [where for where, _, _ in examples if where.endswith("body")]
    assert bool(bodies) == bool(operation.body)
    for where, schema, value in examples:
        assert [error.message for error in Draft4Validator(as_draft_4(schema)).iter_errors(value)] == [], where


def test_an_order_holds_every_word_that_clients_rely_on() -> None:
    assert set(schemas()["Order"]["properties"]) == {
        "orderId", "userId", "status", "statusReason", "version", "currency", "items", "subtotal", "shipping", "tax",
        "discount", "total", "refunded", "shippingAddress", "history", "allowedActions", "createdAt", "updatedAt",
        "shipments", "returns", "refunds", "checkoutSessionId",
    }  # fmt: skip
    assert set(schemas()["Order"]["properties"]) - set(schemas()["Order"]["required"]) == {
        "statusReason",
        "checkoutSessionId",
    }
    assert set(schemas()["Product"]["properties"]) - set(schemas()["Product"]["required"]) == {"rating"}


def test_money_is_an_integer_except_in_the_older_price() -> None:
    decimals = [
        where for name in schemas() for where, part in parts(schemas()[name], name) if part.get("type") == "number"
    ]
    # The older checkout protocol sells in numbers, such as 2.5 pieces.
    assert sorted(decimals) == ["Acp20250929Item.quantity", "NewOrderLine.price", "ProductRating.average"]
