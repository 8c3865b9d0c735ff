"""The generator turns schemas into strict checks whose findings name the field, and refuses what it cannot word."""

import sys
from types import ModuleType
from typing import Any

import pytest

from orderflow.contract import SchemaError
from tools.contract import ContractError, snake_case, standalone, validators


def compiled(schema: dict[str, Any], **others: dict[str, Any]) -> ModuleType:
    """Return the validator module of a body schema."""
    document = {"components": {"schemas": {"TryThingRequest": schema, **others}}}
    module = ModuleType("try_thing_request")
    exec(validators(document)["try_thing_request.py"], module.__dict__)  # noqa: S102 - the generator's own text
    return module


def finding(schema: dict[str, Any], body: Any, **others: dict[str, Any]) -> tuple[str, str] | None:
    try:
        assert compiled(schema, **others).validate(body) is body
    except SchemaError as error:
        return error.field, error.issue
    return None


def closed(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**schema, "required": list(required)} if required else schema


@pytest.mark.parametrize(
    ("schema", "good", "bad", "issue"),
    [
        ({"type": "integer"}, 1, True, "must be a whole number"),
        ({"type": "integer"}, 1, 1.0, "must be a whole number"),
        ({"type": "integer"}, 1, "1", "must be a whole number"),
        ({"type": "number"}, 1.5, False, "must be a number"),
        ({"type": "string"}, "", None, "must be a string"),
        ({"type": "boolean"}, True, 1, "must be true or false"),
        ({"type": "array"}, [], {}, "must be an array"),
        ({"type": "object"}, {}, [], "must be an object"),
        ({"type": "string", "enum": ["a", "b"]}, "a", "c", "must be one of a, b"),
        ({"type": "integer", "minimum": 1}, 1, 0, "must be at least 1"),
        ({"type": "integer", "maximum": 9}, 9, 10, "must be at most 9"),
        ({"type": "string", "minLength": 1}, "a", "", "must have at least 1 character"),
        ({"type": "string", "maxLength": 2}, "ab", "abc", "must have at most 2 characters"),
        ({"type": "array", "minItems": 1}, [1], [], "must have at least 1 item"),
        ({"type": "array", "maxItems": 2}, [1, 2], [1, 2, 3], "must have at most 2 items"),
        ({"type": "array", "uniqueItems": True}, ["a", "b"], ["a", "a"], "must not repeat an item"),
        ({"type": "object", "minProperties": 2}, {"a": 1, "b": 1}, {"a": 1}, "must have at least 2 fields"),
        ({"type": "string", "pattern": "^[a-z]+$", "description": "a word"}, "ab", "a1", "must be a word"),
        ({"type": "integer", "not": {"enum": [0]}, "description": "other than 0"}, -1, 0, "must be other than 0"),
    ],
)
def test_a_finding_says_in_words_what_the_field_must_be(schema: dict, good: Any, bad: Any, issue: str) -> None:
    assert finding(closed(x=schema), {"x": good}) is None
    assert finding(closed(x=schema), {"x": bad}) == ("x", issue)


def test_what_two_requests_of_the_protocol_share_is_written_once_and_refuses_as_before() -> None:
    text = {"type": "string", "pattern": "^[a-z]+$", "description": "a word"}
    place = closed(("name",), name={"$ref": "#/components/schemas/AcpText"})
    schemas = {
        "AcpText": text,
        "AcpPlace": place,
        "AcpOneRequest": closed(place={"$ref": "#/components/schemas/AcpPlace"}, own={"type": "string"}),
        "AcpTwoRequest": closed(places={"type": "array", "items": {"$ref": "#/components/schemas/AcpPlace"}}),
        "TryThingRequest": closed(place={"$ref": "#/components/schemas/AcpPlace"}),
    }
    modules = validators({"components": {"schemas": schemas}})
    assert [name for name in modules if "must be a word" in modules[name]] == ["try_thing_request.py", "acp_words.py"]
    # When they are loaded as a zip has them
    words = ModuleType("orderflow.contract.acp_words")
    exec(modules["acp_words.py"], words.__dict__)  # noqa: S102 - the generator's own text
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, "orderflow.contract.acp_words", words)
        one, two = (ModuleType(name) for name in ("one", "two"))
        exec(modules["acp_one_request.py"], one.__dict__)  # noqa: S102 - runs what the generator under test wrote
        exec(modules["acp_two_request.py"], two.__dict__)  # noqa: S102 - runs what the generator under test wrote
    # Then
    assert one.validate({"place": {"name": "home"}, "own": "1"})
    with pytest.raises(SchemaError) as caught:
        two.validate({"places": [{"name": "home"}, {"name": "7"}]})
    assert (caught.value.field, caught.value.issue) == ("places[1].name", "must be a word")


def test_a_line_break_at_the_end_does_not_pass_a_pattern() -> None:
    schema = closed(country={"type": "string", "pattern": "^[A-Z]{2}$", "description": "a country code"})
    assert finding(schema, {"country": "DE"}) is None
    assert finding(schema, {"country": "DE\n"}) == ("country", "must be a country code")


def test_a_field_deep_inside_is_named_by_its_path() -> None:
    line = closed(("quantity",), quantity={"type": "integer", "minimum": 1})
    schema = closed(items={"type": "array", "items": {"$ref": "#/components/schemas/Line"}})
    assert finding(schema, {"items": [{"quantity": 1}, {"quantity": 0}]}, Line=line) == (
        "items[1].quantity",
        "must be at least 1",
    )
    assert finding(schema, {"items": [{}]}, Line=line) == ("items[0].quantity", "is required")
    assert finding(schema, {"items": [{"quantity": 1, "color": "red"}]}, Line=line) == (
        "items[0].color",
        "is not expected here",
    )
    assert finding(schema, {"items": [{"quantity": 1}, None]}, Line=line) == ("items[1]", "must be an object")


def test_an_object_described_inside_another_names_what_it_lacks_and_what_it_has_too_much_of() -> None:
    schema = closed(("outer",), outer=closed(("b", "a"), a={}, b={}))
    assert finding(schema, {"outer": {}}) == ("outer.a", "is required")
    assert finding(schema, {"outer": {"a": 1, "b": 1, "z": 1}}) == ("outer.z", "is not expected here")


def test_any_of_several_shapes_is_told_in_the_schemas_own_words() -> None:
    schema = {**closed(a={}, b={}), "anyOf": [{"required": ["a"]}, {"required": ["b"]}], "description": "a or b"}
    assert finding(schema, {"a": 1}) is finding(schema, {"a": 1, "b": 1}) is None
    assert finding(schema, {}) == ("body", "must be a or b")


def test_a_limit_that_is_itself_too_small_is_told_as_more_than() -> None:
    schema = closed(x={"type": "number", "minimum": 0, "exclusiveMinimum": True})
    assert finding(schema, {"x": 0.1}) is None
    assert finding(schema, {"x": 0}) == ("x", "must be more than 0")


def test_of_several_missing_or_unexpected_fields_the_first_by_name_is_told() -> None:
    assert finding(closed(("b", "a"), a={}, b={}), {}) == ("a", "is required")
    assert finding(closed(a={}), {"z": 1, "y": 1}) == ("y", "is not expected here")


def test_a_body_that_is_no_object_is_called_body() -> None:
    assert finding(closed(a={}), []) == ("body", "must be an object")


def test_exactly_one_of_two_fields_is_held_and_told_in_the_schemas_own_words() -> None:
    schema = {
        **closed(a={}, b={}),
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
        "description": "a or b, not both",
    }
    assert finding(schema, {"a": 1}) is None
    assert finding(schema, {}) == finding(schema, {"a": 1, "b": 1}) == ("body", "must be a or b, not both")


def test_the_clients_own_field_name_is_shortened_before_it_is_told() -> None:
    assert finding(closed(a={}), {"x" * 1000: 1}) == ("x" * 64, "is not expected here")


def test_a_default_is_not_written_into_the_body() -> None:
    body: dict[str, Any] = {}
    assert finding(closed(a={"type": "string", "default": "b"}), body) is None
    assert body == {}


def test_a_finding_is_the_api_s_400_with_the_field_in_its_details() -> None:
    with pytest.raises(SchemaError) as caught:
        compiled(closed(a={"type": "string"})).validate({"a": 1})
    assert (caught.value.http_status, caught.value.code) == (400, "INVALID_REQUEST")
    assert caught.value.message == "a must be a string"
    assert caught.value.details == ({"field": "a", "issue": "must be a string"},)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^a$"},
        {"not": {"enum": [0]}},
        {"oneOf": [{"enum": [1]}, {"enum": [2]}]},
        {"anyOf": [{"enum": [1]}, {"enum": [2]}]},
    ],
    ids=["pattern", "not", "oneOf", "anyOf"],
)
def test_a_check_that_nobody_could_understand_needs_a_description(schema: dict) -> None:
    with pytest.raises(ContractError, match="needs a description"):
        compiled(closed(a=schema))


def test_a_keyword_without_words_is_refused_with_its_name() -> None:
    with pytest.raises(ContractError, match="no words for the keyword multipleOf"):
        compiled(closed(a={"type": "integer", "multipleOf": 5}))


def test_a_reference_to_nothing_is_refused_with_its_name() -> None:
    with pytest.raises(ContractError, match="the schema Nowhere"):
        standalone("A", {"A": {"$ref": "#/components/schemas/Nowhere"}})


def test_a_schema_takes_along_what_it_reaches_and_nothing_else() -> None:
    schemas = {
        "A": {"properties": {"b": {"$ref": "#/components/schemas/B"}}},
        "B": {"items": {"$ref": "#/components/schemas/C"}},
        "C": {"properties": {"b": {"$ref": "#/components/schemas/B"}}},
        "D": {},
    }
    assert standalone("A", schemas) == {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "properties": {"b": {"$ref": "#/definitions/B"}},
        "definitions": {
            "B": {"items": {"$ref": "#/definitions/C"}},
            "C": {"properties": {"b": {"$ref": "#/definitions/B"}}},
        },
    }


def test_only_request_schemas_become_validators() -> None:
    document = {"components": {"schemas": {"Order": {}, "PlaceOrderRequest": {"type": "object"}}}}
    assert list(validators(document)) == ["place_order_request.py"]


@pytest.mark.parametrize(("name", "snake"), [("PlaceOrderRequest", "place_order_request"), ("Order", "order")])
def test_names_become_snake_case(name: str, snake: str) -> None:
    assert snake_case(name) == snake
