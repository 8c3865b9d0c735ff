"""A change that breaks a client is named where it breaks; one that only adds is let through."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tools.contract_diff.operations import contract_breaks
from tools.contract_diff.release import Contract, findings, least_version

Change = Callable[[dict[str, Any]], object]


def released() -> dict[str, Any]:
    """Return a small document with one of everything."""
    return {
        "info": {"version": "1.2.0"},
        "security": [{"cognito": []}],
        "paths": {
            "/things": {
                "post": {
                    "parameters": [{"$ref": "#/components/parameters/Trace"}],
                    "requestBody": {
                        "required": False,
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewThing"}}},
                    },
                    "responses": {
                        "201": {
                            "headers": {"X-Request-Id": {}},
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                        },
                        "409": {"content": {"application/json": {"schema": {"type": "object"}}}},
                    },
                },
            },
            "/things/{thingId}": {
                "parameters": [{"name": "thingId", "in": "path", "required": True, "schema": {"type": "string"}}],
                "get": {
                    "security": [],
                    "parameters": [
                        {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100, "default": 20}}
                    ],
                    "responses": {"200": {}},
                },
            },
        },
        "components": {
            "parameters": {"Trace": {"name": "X-Trace", "in": "header", "schema": {"type": "string"}}},
            "schemas": {
                "NewThing": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["name"],
                    "oneOf": [{"required": ["red"]}, {"required": ["blue"]}],
                    "properties": {
                        "name": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-z]+$"},
                        "kind": {"type": "string", "enum": ["a", "b"]},
                        "size": {"type": "number"},
                        "tags": {"type": "array", "maxItems": 5, "items": {"type": "string", "maxLength": 9}},
                        "red": {"type": "boolean"},
                        "blue": {"type": "boolean"},
                    },
                },
                "Thing": {
                    "allOf": [
                        {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
                        {
                            "type": "object",
                            "required": ["count"],
                            "properties": {
                                "count": {"type": "integer", "minimum": 0},
                                "kind": {"type": "string", "enum": ["a", "b"]},
                                "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                            },
                        },
                    ]
                },
            },
        },
    }


def changed(change: Change) -> dict[str, Any]:
    document = copy.deepcopy(released())
    change(document)
    return document


def post(document: dict[str, Any]) -> dict[str, Any]:
    return document["paths"]["/things"]["post"]


def get(document: dict[str, Any]) -> dict[str, Any]:
    return document["paths"]["/things/{thingId}"]["get"]


def asked(document: dict[str, Any]) -> dict[str, Any]:
    return document["components"]["schemas"]["NewThing"]


def told(document: dict[str, Any]) -> dict[str, Any]:
    return document["components"]["schemas"]["Thing"]["allOf"][1]


BODY, ANSWER, READ = "POST /things body", "POST /things 201", "GET /things/{thingId}"
BREAKS: dict[str, tuple[Change, str]] = {
    "a route is gone": (lambda d: d["paths"].pop("/things"), "/things: the route is gone"),
    "a method is gone": (lambda d: d["paths"]["/things"].pop("post"), "POST /things: the method is gone"),
    "an open operation asks who calls": (lambda d: get(d).pop("security"), f"{READ}: no identity is no longer enough"),
    "another identity is asked for": (
        lambda d: post(d).update(security=[{"cognito": [], "clientKey": []}]),
        "POST /things: cognito is no longer enough",
    ),
    "one scope more is asked for": (lambda d: d.update(security=[{"cognito": ["x"]}]), "POST /things: cognito is no"),
    "a parameter becomes required": (
        lambda d: d["components"]["parameters"]["Trace"].update(required=True),
        "POST /things header X-Trace: is required now",
    ),
    "a new parameter is required": (
        lambda d: get(d)["parameters"].append({"name": "q", "in": "query", "required": True, "schema": {}}),
        f"{READ} query q: is required now",
    ),
    "a parameter is gone": (lambda d: get(d)["parameters"].clear(), f"{READ} query limit: is gone"),
    "a parameter takes less": (
        lambda d: get(d)["parameters"][0]["schema"].update(maximum=50),
        f"{READ} query limit: maximum 100 became 50",
    ),
    "a default moves": (
        lambda d: get(d)["parameters"][0]["schema"].update(default=10),
        f"{READ} query limit: default 20 became 10",
    ),
    "a body becomes required": (lambda d: post(d)["requestBody"].update(required=True), f"{BODY}: is required now"),
    "a body is gone": (lambda d: post(d).pop("requestBody"), f"{BODY}: is gone"),
    "a body comes in another type": (
        lambda d: post(d)["requestBody"].update(content={"text/csv": {}}),
        f"{BODY}: application/json is gone",
    ),
    "a new field is required": (lambda d: asked(d)["required"].append("kind"), f"{BODY}.kind: is required now"),
    "a field is no longer taken": (lambda d: asked(d)["properties"].pop("kind"), f"{BODY}.kind: is gone"),
    "a text must be longer": (
        lambda d: asked(d)["properties"]["name"].update(minLength=2),
        f"{BODY}.name: minLength 1 became 2",
    ),
    "a text must be shorter": (
        lambda d: asked(d)["properties"]["name"].update(maxLength=63),
        f"{BODY}.name: maxLength 64 became 63",
    ),
    "a text gets a limit": (
        lambda d: asked(d)["properties"]["kind"].update(maxLength=9),
        f"{BODY}.kind: maxLength none became 9",
    ),
    "a pattern changes": (lambda d: asked(d)["properties"]["name"].update(pattern="^.$"), f"{BODY}.name: pattern"),
    "a value is no longer taken": (
        lambda d: asked(d)["properties"]["kind"].update(enum=["a"]),
        f"{BODY}.kind: b is no longer taken",
    ),
    "only listed values are taken": (
        lambda d: asked(d)["properties"]["size"].update(enum=[1]),
        f"{BODY}.size: only 1 are taken",
    ),
    "a type narrows": (
        lambda d: asked(d)["properties"]["size"].update(type="integer"),
        f"{BODY}.size: type integer or number became integer",
    ),
    "items of a list narrow": (
        lambda d: asked(d)["properties"]["tags"]["items"].update(maxLength=8),
        f"{BODY}.tags[]: maxLength 9 became 8",
    ),
    "a list must be shorter": (
        lambda d: asked(d)["properties"]["tags"].update(maxItems=4),
        f"{BODY}.tags: maxItems 5 became 4",
    ),
    "an alternative is gone": (
        lambda d: asked(d)["oneOf"].pop(),
        f"{BODY}: alternative 2 of oneOf fits none of the present ones",
    ),
    "a status is gone": (lambda d: post(d)["responses"].pop("409"), "POST /things 409: the answer is gone"),
    "a header is gone": (
        lambda d: post(d)["responses"]["201"].pop("headers"),
        f"{ANSWER}: the header X-Request-Id is gone",
    ),
    "an answered field is gone": (lambda d: told(d)["properties"].pop("kind"), f"{ANSWER}.kind: is gone"),
    "an answered field need not come": (lambda d: told(d)["required"].clear(), f"{ANSWER}.count: need not come"),
    "an answered number may be lower": (
        lambda d: told(d)["properties"]["count"].pop("minimum"),
        f"{ANSWER}.count: minimum 0 became none",
    ),
    "an answered type widens": (
        lambda d: told(d)["properties"]["count"].update(type="number"),
        f"{ANSWER}.count: type integer became integer or number",
    ),
    "an answered field may be null": (
        lambda d: told(d)["properties"]["count"].update(nullable=True),
        f"{ANSWER}.count: type integer became integer or null",
    ),
    "answered values are no longer listed": (
        lambda d: told(d)["properties"]["kind"].pop("enum"),
        f"{ANSWER}.kind: its list of values is gone",
    ),
}  # fmt: skip
ADDITIONS: dict[str, Change] = {
    "a route": lambda d: d["paths"].update({"/more": {"get": {"responses": {"200": {}}}}}),
    "a method": lambda d: d["paths"]["/things"].update({"get": {"responses": {"200": {}}}}),
    "a parameter that may be left out": lambda d: get(d)["parameters"].append(
        {"name": "q", "in": "query", "schema": {}}
    ),
    "a field that may be left out": lambda d: asked(d)["properties"].update({"extra": {"type": "string"}}),
    "a value that is taken": lambda d: asked(d)["properties"]["kind"]["enum"].append("c"),
    "a longer text": lambda d: asked(d)["properties"]["name"].update(maxLength=65),
    "a field that is answered": lambda d: told(d)["properties"].update({"extra": {"type": "string"}}),
    "a value that is answered": lambda d: told(d)["properties"]["kind"]["enum"].append("c"),
    "a status": lambda d: post(d)["responses"].update({"422": {}}),
    "a way to sign in": lambda d: d.update(security=[{"cognito": []}, {"clientKey": []}]),
    "an operation that is open now": lambda d: post(d).update(security=[]),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_named_where_it_happens(name: str) -> None:
    change, sentence = BREAKS[name]
    found = contract_breaks(released(), changed(change))
    assert any(line.startswith(sentence) for line in found), found


@pytest.mark.parametrize("name", ADDITIONS)
def test_what_only_adds_breaks_nothing(name: str) -> None:
    assert contract_breaks(released(), changed(ADDITIONS[name])) == []


def test_a_parameter_of_the_path_may_get_another_name() -> None:
    def rename(document: dict[str, Any]) -> None:
        item = document["paths"].pop("/things/{thingId}")
        item["parameters"][0]["name"] = "id"
        document["paths"]["/things/{id}"] = item

    assert contract_breaks(released(), changed(rename)) == []


def contract(version: str, change: Change = lambda _: None, **codes: list[int]) -> Contract:
    document = changed(change)
    document["info"]["version"] = version
    return Contract(document, codes or {"GONE": [404]})


@pytest.mark.parametrize(
    ("new", "least"),
    [
        (contract("1.2.0"), (1, 2, 0)),
        (contract("1.2.0", ADDITIONS["a route"]), (1, 3, 0)),
        (contract("1.2.0", GONE=[404], NEW=[409]), (1, 3, 0)),
        (contract("1.2.0", BREAKS["a route is gone"][0]), (2, 0, 0)),
        (contract("1.2.0", OTHER=[404]), (2, 0, 0)),
        (contract("1.2.0", GONE=[410]), (2, 0, 0)),
    ],
    ids=["nothing", "a new route", "a new code", "a lost route", "a lost code", "a code with another status"],
)
def test_the_version_moves_as_far_as_the_change_asks(new: Contract, least: tuple[int, int, int]) -> None:
    assert least_version(contract("1.2.0"), new) == least


def test_a_break_under_the_old_major_version_stops_the_build_and_says_why() -> None:
    change, sentence = BREAKS["a field is no longer taken"]
    stopped = findings(contract("1.2.0"), contract("1.9.9", change))
    assert stopped[0] == sentence
    assert "raise info.version to 2.0.0" in stopped[-1]
    assert findings(contract("1.2.0"), contract("2.0.0", change)) == []


def test_a_grown_contract_needs_a_new_minor_version() -> None:
    (finding,) = findings(contract("1.2.0"), contract("1.2.1", ADDITIONS["a route"]))
    assert "raise info.version to 1.3.0" in finding
