"""The tools of AI assistants are what the OpenAPI document says of the checkout's routes, in the binding's words."""

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orderflow.checkout.assistants.tools import catalogue
from tests.support.acp import CURRENT, published
from tests.support.contract_document import document
from tools import assistant_tools

TOOLS = catalogue()[1]

every_tool = pytest.mark.parametrize("name", sorted(TOOLS))


def schema_of(name: str) -> dict[str, Any]:
    return dict(TOOLS[name].told["inputSchema"])


def test_the_file_is_what_the_document_says() -> None:
    assert assistant_tools.FILE.read_text(encoding="utf-8") == assistant_tools.text(document()), "run `make contract`"


@every_tool
def test_a_tool_can_be_read_alone(name: str) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    # Every reference leads to a definition that comes with the tool, and each that comes is led to.
    text = json.dumps(schema)
    definitions = schema.get("$defs", {})
    led_to = {reference for reference in definitions if f'"#/$defs/{reference}"' in text}
    assert text.count('"#/$defs/') == sum(text.count(f'"#/$defs/{reference}"') for reference in definitions)
    assert led_to == set(definitions)


@every_tool
def test_a_model_is_told_to_name_what_the_route_requires(name: str) -> None:
    meta = schema_of(name)["properties"]["meta"]
    assert meta["properties"]["api_version"]["enum"] == [CURRENT]
    changes = TOOLS[name].method == "POST"
    assert set(meta["required"]) == {"api_version", *(("idempotency_key",) if changes else ())}
    assert TOOLS[name].scope == ("checkout:write" if changes else "checkout:read")
    assert TOOLS[name].told["annotations"]["readOnlyHint"] is not changes


def test_what_may_be_called_without_asking_pays_for_nothing() -> None:
    asked = {name for name, tool in TOOLS.items() if tool.told["annotations"]["destructiveHint"]}
    assert asked == {"complete_checkout_session", "cancel_checkout_session"}


def test_a_description_says_nothing_of_keys() -> None:
    assert [name for name, tool in TOOLS.items() if "client key" in tool.told["description"]] == []


@published
def test_names_and_arguments_are_those_of_the_published_binding() -> None:
    file = Path(os.environ["ORDERFLOW_ACP_SPEC"]) / CURRENT / "openrpc" / "openrpc.agentic_checkout.json"
    binding = json.loads(file.read_text(encoding="utf-8"))
    wanted = {
        each["name"]: {param["name"]: param["required"] for param in each["params"]} for each in binding["methods"]
    }
    ours = {
        name: {argument: argument in schema_of(name)["required"] for argument in schema_of(name)["properties"]}
        for name in TOOLS
    }
    assert ours == wanted
    known = set(binding["components"]["schemas"]["meta"]["properties"])
    assert {argument for name in TOOLS for argument in schema_of(name)["properties"]["meta"]["properties"]} <= known


def test_a_body_whose_first_schema_is_not_the_newest_versions_is_refused() -> None:
    turned = copy.deepcopy(document())
    body = turned["paths"]["/checkout_sessions"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    body["oneOf"].reverse()
    with pytest.raises(ValueError, match="createCheckoutSession"):
        assistant_tools.text(turned)


def test_words_that_mean_something_else_in_json_schema_2020_12_are_refused() -> None:
    turned = copy.deepcopy(document())
    turned["components"]["schemas"]["AcpBuyer"]["nullable"] = True
    with pytest.raises(ValueError, match="2020-12"):
        assistant_tools.text(turned)
