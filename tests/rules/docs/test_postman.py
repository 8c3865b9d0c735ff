"""The Postman collection is one that Postman takes: format 2.1, every variable known, every request whole.

Postman's own schema of the format is in no package; these are the parts of it that the collection uses.
"""

import json
import re
from typing import Any

import jsonschema
import pytest

from tests.support.contract_document import document
from tools.apidocs.calls import calls, variables
from tools.apidocs.files import FOLDER
from tools.apidocs.postman import collection

COLLECTION = json.loads((FOLDER / "orderflow.postman_collection.json").read_text(encoding="utf-8"))
CALLS = calls(document())
ITEMS = [item for folder in COLLECTION["item"] for item in folder["item"]]

PAIR = {
    "type": "object",
    "additionalProperties": False,
    "required": ["key", "value"],
    "properties": {
        "key": {"type": "string"}, "value": {"type": "string"}, "description": {"type": "string"},
        "disabled": {"type": "boolean"},
    },
}  # fmt: skip
ITEM = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "request", "response", "event"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "response": {"type": "array"},
        "event": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["listen", "script"],
                "properties": {
                    "listen": {"enum": ["test", "prerequest"]},
                    "script": {
                        "type": "object",
                        "required": ["type", "exec"],
                        "properties": {
                            "type": {"enum": ["text/javascript"]},
                            "exec": {"type": "array", "items": {"type": "string"}},
                        },
                    },
                },
            },
        },
        "request": {
            "type": "object",
            "additionalProperties": False,
            "required": ["method", "header", "url"],
            "properties": {
                "method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"]},
                "description": {"type": "string"},
                "header": {"type": "array", "items": PAIR},
                "body": {
                    "type": "object",
                    "required": ["mode", "raw"],
                    "properties": {"mode": {"enum": ["raw"]}, "raw": {"type": "string"}},
                },
                "url": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["raw", "host", "path"],
                    "properties": {
                        "raw": {"type": "string"},
                        "host": {"type": "array", "items": {"type": "string"}},
                        "path": {"type": "array", "items": {"type": "string", "minLength": 1}},
                        "query": {"type": "array", "items": PAIR},
                    },
                },
            },
        },
    },
}
FORMAT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["info", "item", "variable"],
    "properties": {
        "info": {
            "type": "object",
            "additionalProperties": False,
            "required": ["_postman_id", "name", "schema"],
            "properties": {
                "_postman_id": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
                "name": {"type": "string", "minLength": 1},
                "description": {"type": "string"},
                "schema": {"enum": ["https://schema.getpostman.com/json/collection/v2.1.0/collection.json"]},
            },
        },
        "item": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "item"],
                "properties": {"name": {"type": "string"}, "item": {"type": "array", "items": ITEM}},
            },
        },
        "variable": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["key", "value", "type"],
                "properties": {
                    "key": {"type": "string"}, "value": {"type": "string"},
                    "type": {"enum": ["string", "boolean", "any", "number"]},
                },
            },
        },
    },
}  # fmt: skip


def test_the_collection_has_the_form_of_format_2_1() -> None:
    jsonschema.Draft7Validator(FORMAT).validate(COLLECTION)


def test_the_collection_is_in_the_journeys_order() -> None:
    assert [item["name"] for item in ITEMS] == [call.title for call in CALLS]
    assert [folder["name"] for folder in COLLECTION["item"]] == list(dict.fromkeys(call.chapter for call in CALLS))


@pytest.mark.parametrize(
    ("item", "call"), list(zip(ITEMS, CALLS, strict=True)), ids=lambda each: getattr(each, "name", "")
)
def test_a_request_of_the_collection_is_the_call(item: dict[str, Any], call: Any) -> None:
    request = item["request"]
    assert (request["method"], request["url"]["raw"]) == (call.method, f"{{{{baseUrl}}}}{call.target}")
    sent = [pair for pair in request["url"].get("query", []) if not pair.get("disabled")]
    assert "/".join([*request["url"]["host"], *request["url"]["path"]]) == f"{{{{baseUrl}}}}{call.path}"
    assert {pair["key"]: pair["value"] for pair in sent} == call.query
    assert [pair["key"] for pair in request["header"]] == list(call.headers)
    assert (json.loads(request["body"]["raw"]) if "body" in request else None) == call.body
    scripts = {event["listen"]: "\n".join(event["script"]["exec"]) for event in item["event"]}
    script = scripts.pop("test")
    assert scripts == (
        {"prerequest": f'if (pm.variables.get("{call.needs}") === "not-set") pm.execution.skipRequest();'}
        if call.needs
        else {}
    )
    assert f"to.have.status({call.status})" in script
    assert dict(re.findall(r'collectionVariables\.set\("(\w+)", pm\.response\.json\(\)\.(\w+)\)', script)) == call.keep
    assert bool(call.until) == ("setNextRequest" in script)
    assert call.until in script


def test_every_variable_is_declared_and_none_holds_a_token() -> None:
    declared = {variable["key"]: variable for variable in COLLECTION["variable"]}
    used = set(re.findall(r"\{\{(\w+)\}\}", json.dumps([item["request"] for item in ITEMS])))
    optional = {pair["value"].strip("{}") for item in ITEMS for pair in item["request"]["url"].get("query", [])}
    assert used - optional <= declared.keys()
    assert declared.keys() == variables(CALLS).keys()
    assert {variable["value"] for name, variable in declared.items() if name.endswith("Token")} == {"", "not-set"}


def test_a_new_version_replaces_the_imported_one() -> None:
    later = json.loads(collection(COLLECTION["info"]["name"], "another description", CALLS[:1]))
    assert later["info"]["_postman_id"] == COLLECTION["info"]["_postman_id"]
